//! The endpoints of Facebook Login, and those that have one shape on both networks.
//!
//! Meta, "Manually build a login flow", "Long-lived access tokens", "Permissions".

use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use social_core::PlatformError;
use social_core::flow::Effect;
use social_core::ports::{Request, Response};
use url::Url;

use super::graph::Graph;
use crate::endpoint::Endpoint;

/// An id, however it is written.
pub(crate) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Text(String),
        Number(u64),
    }
    Ok(match Id::deserialize(deserializer)? {
        Id::Text(text) => text,
        Id::Number(number) => number.to_string(),
    })
}

/// The answer that names what was made.
#[derive(Debug, Deserialize)]
pub(crate) struct Created {
    #[serde(deserialize_with = "id")]
    pub(crate) id: String,
}

/// The answer of what makes nothing.
#[derive(Debug, Deserialize)]
pub(crate) struct Success {
    pub(crate) success: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct List<T> {
    pub(crate) data: Vec<T>,
    pub(crate) paging: Option<Paging>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Paging {
    pub(crate) cursors: Option<Cursors>,
    pub(crate) next: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Cursors {
    pub(crate) after: Option<String>,
}

impl<T> List<T> {
    /// The cursor of the next page, where there is one.
    pub(crate) fn after(&self) -> Option<String> {
        let paging = self.paging.as_ref()?;
        paging.next.as_ref()?;
        paging.cursors.as_ref()?.after.clone()
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Token {
    pub(crate) access_token: SecretString,
    pub(crate) expires_in: Option<u64>,
}

/// `GET /oauth/access_token` with a code.
#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    pub(crate) code: &'a SecretString,
    pub(crate) redirect_uri: &'a Url,
}

impl Endpoint<Graph<'_>> for Exchange<'_> {
    type Output = Token;
    const OPERATION: &'static str = "facebook.oauth_token";

    fn effect(&self) -> Effect {
        Effect::Prepare
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        graph
            .bare("oauth/access_token")
            .query("client_id", &graph.app.client_id)
            .query("redirect_uri", self.redirect_uri.as_str())
            .query("client_secret", graph.app.client_secret.expose_secret())
            .query("code", self.code.expose_secret())
            .finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Token, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// `GET /oauth/access_token` with a token: a new one that lives for about sixty days.
#[derive(Debug)]
pub(crate) struct Extend;

impl Endpoint<Graph<'_>> for Extend {
    type Output = Token;
    const OPERATION: &'static str = "facebook.oauth_token";

    fn effect(&self) -> Effect {
        Effect::Prepare
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        graph
            .bare("oauth/access_token")
            .query("grant_type", "fb_exchange_token")
            .query("client_id", &graph.app.client_id)
            .query("client_secret", graph.app.client_secret.expose_secret())
            .query("fb_exchange_token", graph.token.expose_secret())
            .finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Token, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// `GET /debug_token`: whether a token works. The graph's token must be the app's own.
#[derive(Debug)]
pub(crate) struct Inspect<'a> {
    pub(crate) input: &'a SecretString,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Inspected {
    pub(crate) data: Inspection,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Inspection {
    #[serde(default)]
    pub(crate) is_valid: bool,
}

impl Endpoint<Graph<'_>> for Inspect<'_> {
    type Output = bool;
    const OPERATION: &'static str = "facebook.debug_token";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        graph
            .bare("debug_token")
            .query("input_token", self.input.expose_secret())
            .query("access_token", graph.token.expose_secret())
            .finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<bool, PlatformError> {
        graph.read::<Inspected>(self.effect(), response).map(|inspected| inspected.data.is_valid)
    }
}

/// `GET /me`.
#[derive(Debug)]
pub(crate) struct Me;

impl Endpoint<Graph<'_>> for Me {
    type Output = Created;
    const OPERATION: &'static str = "facebook.me";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        graph.get("me", "id,name").finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Created, PlatformError> {
        graph.read(self.effect(), response)
    }
}

#[derive(Debug, Deserialize)]
struct Permission {
    permission: String,
    status: String,
}

/// `GET /me/permissions`: the scopes that were granted.
#[derive(Debug)]
pub(crate) struct Permissions;

impl Endpoint<Graph<'_>> for Permissions {
    type Output = Vec<String>;
    const OPERATION: &'static str = "facebook.permissions";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        graph.build(Method::GET, "me/permissions").finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Vec<String>, PlatformError> {
        let list: List<Permission> = graph.read(self.effect(), response)?;
        let granted = list.data.into_iter().filter(|row| row.status == "granted");
        Ok(granted.map(|row| row.permission).collect())
    }
}

/// `DELETE /me/permissions`: all of the grant.
#[derive(Debug)]
pub(crate) struct Revoke;

impl Endpoint<Graph<'_>> for Revoke {
    type Output = Success;
    const OPERATION: &'static str = "facebook.revoke";

    fn effect(&self) -> Effect {
        // Twice does no harm.
        Effect::Upload
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        graph.build(Method::DELETE, "me/permissions").finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Success, PlatformError> {
        graph.read(self.effect(), response)
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    #[serde(deserialize_with = "id")]
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) access_token: Option<SecretString>,
    #[serde(default)]
    pub(crate) tasks: Vec<String>,
    pub(crate) instagram_business_account: Option<InstagramAccount>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct InstagramAccount {
    #[serde(deserialize_with = "id")]
    pub(crate) id: String,
    pub(crate) username: Option<String>,
    pub(crate) name: Option<String>,
}

/// `GET /me/accounts`: one page of the Pages with their tokens.
#[derive(Debug)]
pub(crate) struct Pages<'a> {
    pub(crate) after: Option<&'a str>,
}

impl Endpoint<Graph<'_>> for Pages<'_> {
    type Output = List<Page>;
    const OPERATION: &'static str = "facebook.accounts";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        let fields = "id,name,access_token,tasks,instagram_business_account{id,username,name}";
        let mut build = graph.get("me/accounts", fields).query("limit", "100");
        if let Some(after) = self.after {
            build = build.query("after", after);
        }
        build.finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<List<Page>, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// `DELETE /{id}`.
#[derive(Debug)]
pub(crate) struct Delete<'a> {
    pub(crate) id: &'a str,
}

impl Endpoint<Graph<'_>> for Delete<'_> {
    type Output = Success;
    const OPERATION: &'static str = "meta.delete";

    fn effect(&self) -> Effect {
        // Twice does no harm.
        Effect::Upload
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        graph.build(Method::DELETE, self.id).finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Success, PlatformError> {
        graph.read(self.effect(), response)
    }
}
