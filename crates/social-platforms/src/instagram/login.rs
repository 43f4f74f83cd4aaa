//! Instagram Login: accounts without a Page behind them.
//!
//! Meta, "Business Login for Instagram". Its tokens are the person's own, live sixty days, and are
//! renewed from their second day on; there is no endpoint that gives them back.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use social_core::domain::{Platform, TokenSet};
use social_core::flow::Effect;
use social_core::ports::{
    FoundAccount, Request, Response, SignInCode, SignInRequest, SignedIn, Transport,
};
use social_core::{ErrorKind, PlatformError, Timestamp};
use url::Url;

use super::errors;
use crate::config::{AppCredentials, MetaEndpoints, at};
use crate::endpoint::{Endpoint, call};
use crate::http::{Build, json, redact};
use crate::meta::endpoints::{Token, id};
use crate::meta::graph::{Graph, Host};
use crate::oauth::{SIGN_IN, missing};
use crate::versions::Versions;

/// The attribute of an account that says by which login it came.
pub(super) const LOGIN: &str = "login";
/// Its value for Instagram Login.
pub(super) const INSTAGRAM: &str = "instagram";
/// The attribute of an account whose clips the network fetches.
const CLIPS_BY_URL: &str = "clips_by_url";

/// The scope that every token of this login has.
pub(super) const BASIC: &str = "instagram_business_basic";

/// What publishing needs.
pub(super) const NEEDED: &[&str] = &[BASIC, "instagram_business_content_publish"];

/// What commenting needs.
pub(super) const COMMENTS: &str = "instagram_business_manage_comments";

/// All that the operations here use.
pub(super) const SCOPES: &[&str] =
    &[BASIC, "instagram_business_content_publish", COMMENTS, "instagram_business_manage_insights"];

const LONG_LIFE: Duration = Duration::from_secs(60 * 24 * 3600);

/// Who signs in by Instagram Login.
#[derive(Debug, Clone, Copy)]
pub(super) struct InstagramLogin<'a> {
    pub(super) platform: &'a Platform,
    pub(super) hosts: &'a MetaEndpoints,
    pub(super) versions: &'a Versions,
    pub(super) app: &'a AppCredentials,
    pub(super) transport: &'a dyn Transport,
}

impl InstagramLogin<'_> {
    pub(super) fn sign_in_url(&self, scopes: &[String], request: &SignInRequest) -> Url {
        let mut url = at(&self.hosts.instagram_dialog, "oauth/authorize");
        url.query_pairs_mut()
            .append_pair("client_id", &self.app.client_id)
            .append_pair("redirect_uri", request.redirect_uri.as_str())
            .append_pair("response_type", "code")
            .append_pair("scope", &scopes.join(","))
            .append_pair("state", &request.state);
        url
    }

    fn graph<'b>(&'b self, token: &'b SecretString) -> Graph<'b> {
        Graph {
            platform: self.platform,
            hosts: self.hosts,
            versions: self.versions,
            app: self.app,
            token,
            host: Host::Instagram,
            table: errors::TABLE,
        }
    }

    /// A code becomes a token of an hour, and that one of sixty days.
    pub(super) async fn enter(
        &self,
        code: &SignInCode,
        now: Timestamp,
    ) -> Result<SignedIn, PlatformError> {
        let (transport, platform) = (self.transport, self.platform);
        let none = SecretString::from("");
        let short = call(transport, platform, &self.graph(&none), &Exchange { code }).await?;
        let renew = Renew::Exchange;
        let long = call(transport, platform, &self.graph(&short.access_token), &renew).await?;
        let me = call(transport, platform, &self.graph(&long.access_token), &Me).await?;
        let tokens = set(&long, short.permissions.clone(), now);
        let handle = format!("@{}", me.username);
        let account = FoundAccount {
            remote_id: me.user_id.clone(),
            name: me.name.unwrap_or_else(|| handle.clone()),
            handle: Some(handle),
            kind: "business".to_owned(),
            token: None,
            attributes: BTreeMap::from([
                (LOGIN.to_owned(), INSTAGRAM.to_owned()),
                (CLIPS_BY_URL.to_owned(), "true".to_owned()),
            ]),
        };
        let missing_scopes = missing(NEEDED, &tokens.scopes);
        Ok(SignedIn { subject: me.user_id, tokens, accounts: vec![account], missing_scopes })
    }

    pub(super) async fn refresh(
        &self,
        old: &TokenSet,
        now: Timestamp,
    ) -> Result<TokenSet, PlatformError> {
        let graph = self.graph(&old.access);
        let fresh = call(self.transport, self.platform, &graph, &Renew::Refresh).await?;
        Ok(set(&fresh, old.scopes.clone(), now))
    }

    /// There is no introspection: asking who it is is the proof.
    pub(super) async fn validate(&self, tokens: &TokenSet) -> Result<bool, PlatformError> {
        match call(self.transport, self.platform, &self.graph(&tokens.access), &Me).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind == ErrorKind::Auth => Ok(false),
            Err(error) => Err(error),
        }
    }

    pub(super) fn revoke(&self) -> PlatformError {
        let detail = "Instagram Login has no way to give a token back";
        PlatformError::new(self.platform.clone(), ErrorKind::Unsupported, detail)
            .action("Remove the app in the Instagram app, under website permissions.")
    }
}

fn set(token: &Token, scopes: Vec<String>, now: Timestamp) -> TokenSet {
    TokenSet {
        access: token.access_token.clone(),
        refresh: None,
        expires_at: Some(now + token.expires_in.map_or(LONG_LIFE, Duration::from_secs)),
        refresh_expires_at: None,
        scopes,
    }
}

/// `POST https://api.instagram.com/oauth/access_token`.
#[derive(Debug)]
struct Exchange<'a> {
    code: &'a SignInCode,
}

#[derive(Debug, Deserialize)]
struct Short {
    access_token: SecretString,
    #[serde(default, deserialize_with = "permissions")]
    permissions: Vec<String>,
}

/// The documentation nests it in a list; it was seen flat.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Shape {
    Nested { data: Vec<Short> },
    Flat(Short),
}

/// With commas in one text, or a list.
fn permissions<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Names {
        Text(String),
        List(Vec<String>),
    }
    Ok(match Names::deserialize(deserializer)? {
        Names::Text(text) => crate::oauth::split_scopes(&text),
        Names::List(names) => names,
    })
}

/// How this host tells errors.
#[derive(Debug, Deserialize)]
struct Refusal {
    #[serde(default)]
    error_type: String,
    error_message: String,
}

impl Endpoint<Graph<'_>> for Exchange<'_> {
    type Output = Short;
    const OPERATION: &'static str = "instagram.oauth_token";

    fn effect(&self) -> Effect {
        Effect::Prepare
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        Build::post(at(&graph.hosts.instagram_oauth, "oauth/access_token"))
            .form(&[
                ("client_id", &graph.app.client_id),
                ("client_secret", graph.app.client_secret.expose_secret()),
                ("grant_type", "authorization_code"),
                ("redirect_uri", self.code.redirect_uri.as_str()),
                ("code", self.code.code.expose_secret().trim_end_matches("#_")),
            ])
            .finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Short, PlatformError> {
        if let Ok(refusal) = serde_json::from_slice::<Refusal>(response.body()) {
            let detail = redact(&refusal.error_message);
            return Err(PlatformError::new(graph.platform.clone(), ErrorKind::Auth, detail)
                .code(refusal.error_type, None::<&str>)
                .action(SIGN_IN));
        }
        if !response.status().is_success() {
            return graph.read(self.effect(), response);
        }
        let short = match json::<Shape>(graph.platform, response)? {
            Shape::Flat(short) => Some(short),
            Shape::Nested { data } => data.into_iter().next(),
        };
        short.ok_or_else(|| {
            let detail = "Instagram answered without a token";
            PlatformError::new(graph.platform.clone(), ErrorKind::Malformed, detail)
        })
    }
}

/// `GET /access_token` and `GET /refresh_access_token`: a token of sixty days.
#[derive(Debug, Clone, Copy)]
enum Renew {
    /// For one of an hour.
    Exchange,
    /// For one of sixty days that is at least a day old.
    Refresh,
}

impl Endpoint<Graph<'_>> for Renew {
    type Output = Token;
    const OPERATION: &'static str = "instagram.access_token";

    fn effect(&self) -> Effect {
        Effect::Prepare
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        let host = &graph.hosts.instagram_graph;
        let token = graph.token.expose_secret();
        match self {
            Self::Exchange => Build::get(at(host, "access_token"))
                .query("grant_type", "ig_exchange_token")
                .query("client_secret", graph.app.client_secret.expose_secret())
                .query("access_token", token),
            Self::Refresh => Build::get(at(host, "refresh_access_token"))
                .query("grant_type", "ig_refresh_token")
                .query("access_token", token),
        }
        .finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Token, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// `GET /me`.
#[derive(Debug)]
pub(super) struct Me;

#[derive(Debug, Deserialize)]
pub(super) struct Person {
    // `id` is the app's own number for the account; this one stands in paths.
    #[serde(deserialize_with = "id")]
    user_id: String,
    username: String,
    name: Option<String>,
}

impl Endpoint<Graph<'_>> for Me {
    type Output = Person;
    const OPERATION: &'static str = "instagram.me";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        graph.get("me", "user_id,username,name").finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Person, PlatformError> {
        graph.read(self.effect(), response)
    }
}
