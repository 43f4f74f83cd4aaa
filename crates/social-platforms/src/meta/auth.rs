//! Facebook Login, for Pages and for the Instagram accounts behind them.
//!
//! Meta, "Manually build a login flow" and "Get long-lived access tokens".

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use social_core::domain::{Platform, TokenSet};
use social_core::ports::{SignInCode, SignInRequest, Transport};
use social_core::{PlatformError, Timestamp};
use url::Url;

use super::endpoints::{Exchange, Extend, Inspect, Me, Page, Pages, Permissions, Revoke, Token};
use super::errors::Row;
use super::graph::{Graph, Host};
use crate::config::{Config, MetaEndpoints, at};
use crate::endpoint::call;
use crate::versions::Versions;

/// How long a token lives whose answer does not say it, as the documentation has it.
const LONG_LIFE: Duration = Duration::from_secs(60 * 24 * 3600);

/// The most pages of Pages that are read.
const MOST: usize = 20;

/// Who signs in, at which network.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Login<'a> {
    pub(crate) platform: &'a Platform,
    pub(crate) config: &'a Config<MetaEndpoints>,
    pub(crate) versions: &'a Versions,
    pub(crate) table: &'a [Row],
    pub(crate) transport: &'a dyn Transport,
}

/// What a sign-in gave, before the network's own accounts are made of the Pages.
pub(crate) struct Entered {
    pub(crate) subject: String,
    pub(crate) tokens: TokenSet,
    pub(crate) pages: Vec<Page>,
}

/// Where a person goes to sign in.
pub(crate) fn sign_in_url(
    config: &Config<MetaEndpoints>,
    version: &str,
    scopes: &[String],
    request: &SignInRequest,
) -> Url {
    let hosts = &config.endpoints;
    let mut url = at(&hosts.facebook_dialog, &format!("{version}/dialog/oauth"));
    url.query_pairs_mut()
        .append_pair("client_id", &config.app.client_id)
        .append_pair("redirect_uri", request.redirect_uri.as_str())
        .append_pair("state", &request.state)
        .append_pair("response_type", "code")
        .append_pair("scope", &scopes.join(","));
    url
}

impl Login<'_> {
    fn graph<'b>(&'b self, token: &'b SecretString) -> Graph<'b> {
        Graph {
            platform: self.platform,
            hosts: &self.config.endpoints,
            app: &self.config.app,
            token,
            host: Host::Facebook,
            versions: self.versions,
            table: self.table,
        }
    }

    /// A code becomes a token of sixty days; then who it is, what is granted, which Pages.
    pub(crate) async fn enter(
        &self,
        code: &SignInCode,
        now: Timestamp,
    ) -> Result<Entered, PlatformError> {
        let (transport, platform) = (self.transport, self.platform);
        let none = SecretString::from("");
        let exchange = Exchange { code: &code.code, redirect_uri: &code.redirect_uri };
        let short = call(transport, platform, &self.graph(&none), &exchange).await?;
        let long = call(transport, platform, &self.graph(&short.access_token), &Extend).await?;
        let graph = self.graph(&long.access_token);
        let me = call(transport, platform, &graph, &Me).await?;
        let scopes = call(transport, platform, &graph, &Permissions).await?;
        // Without this scope the question itself is refused; the answer tells what is missing.
        let may_list = scopes.iter().any(|scope| scope == "pages_show_list");
        let pages = if may_list { self.pages(&graph).await? } else { Vec::new() };
        Ok(Entered { subject: me.id, tokens: tokens(&long, scopes, now), pages })
    }

    async fn pages(&self, graph: &Graph<'_>) -> Result<Vec<Page>, PlatformError> {
        let mut pages = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..MOST {
            let endpoint = Pages { after: after.as_deref() };
            let list = call(self.transport, self.platform, graph, &endpoint).await?;
            after = list.after();
            pages.extend(list.data);
            if after.is_none() {
                break;
            }
        }
        Ok(pages)
    }

    /// There is no refresh token: a token that still works is exchanged for a fresh one.
    pub(crate) async fn refresh(
        &self,
        old: &TokenSet,
        now: Timestamp,
    ) -> Result<TokenSet, PlatformError> {
        let fresh = call(self.transport, self.platform, &self.graph(&old.access), &Extend).await?;
        Ok(tokens(&fresh, old.scopes.clone(), now))
    }

    pub(crate) async fn validate(&self, tokens: &TokenSet) -> Result<bool, PlatformError> {
        let app = &self.config.app;
        let own: SecretString =
            format!("{}|{}", app.client_id, app.client_secret.expose_secret()).into();
        let endpoint = Inspect { input: &tokens.access };
        call(self.transport, self.platform, &self.graph(&own), &endpoint).await
    }

    pub(crate) async fn revoke(&self, tokens: &TokenSet) -> Result<(), PlatformError> {
        call(self.transport, self.platform, &self.graph(&tokens.access), &Revoke).await.map(drop)
    }
}

fn tokens(token: &Token, scopes: Vec<String>, now: Timestamp) -> TokenSet {
    TokenSet {
        access: token.access_token.clone(),
        refresh: None,
        expires_at: Some(now + token.expires_in.map_or(LONG_LIFE, Duration::from_secs)),
        refresh_expires_at: None,
        scopes,
    }
}
