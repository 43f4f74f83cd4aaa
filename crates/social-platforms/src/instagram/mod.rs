//! Instagram, professional accounts, by way of Facebook Login or Instagram Login.

mod analytics;
mod auth;
mod endpoints;
mod errors;
mod fields;
mod flow;
mod login;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use social_core::domain::{Account, Metrics, Platform, TimeSpan, TokenSet};
use social_core::flow::{CommitTrace, FlowContext, FlowState, Step};
use social_core::ports::{
    AccountAuth, AccountInfo, Callback, Capabilities, Clock, Left, PlatformApi, Response,
    SignInCode, SignInRequest, SignedIn, Transport, Usage,
};
use social_core::rules::{Rules, instagram};
use social_core::{ErrorKind, PlatformError};
use url::Url;

use crate::callbacks;
use crate::config::{AppCredentials, Config, MetaEndpoints};
use crate::endpoint::call;
use crate::meta::auth::{Login, sign_in_url};
use crate::meta::comments::{Comment, HasComment};
use crate::meta::endpoints::Delete;
use crate::meta::errors::usage;
use crate::meta::graph::{Graph, Host};
use crate::meta::insights::{AccountInsights, Insights};
use crate::versions::Versions;
#[cfg(test)]
pub(crate) use errors::TABLE as ERRORS;
use flow::Flow;
use login::InstagramLogin;

/// The client of Instagram.
///
/// Pictures are fetched by Instagram, so they need a public address; clips are sent, but for
/// accounts of Instagram Login, whose clips are fetched too.
/// People sign in by Facebook, or by Instagram where [`instagram_login`](Self::instagram_login) is
/// set; accounts of either login work beside each other.
#[derive(Debug)]
pub struct Instagram {
    config: Config<MetaEndpoints>,
    rules: Rules,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    versions: Versions,
    instagram_app: Option<AppCredentials>,
}

impl Instagram {
    /// A client that sends through `transport`.
    #[must_use]
    pub fn new(
        config: Config<MetaEndpoints>,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let rules = config.rules.clone().unwrap_or_else(instagram);
        let versions = Versions::new(&config.endpoints.versions);
        Self { config, rules, transport, clock, versions, instagram_app: None }
    }

    /// Has people sign in by Instagram Login, with this Instagram app: not the Facebook app that
    /// the configuration names, which goes on serving accounts of Facebook Login.
    #[must_use]
    pub fn instagram_login(mut self, app: AppCredentials) -> Self {
        self.instagram_app = Some(app);
        self
    }

    fn by_instagram(&self) -> Option<InstagramLogin<'_>> {
        let app = self.instagram_app.as_ref()?;
        let (platform, hosts) = (&self.rules.platform, &self.config.endpoints);
        let (versions, transport) = (&self.versions, &*self.transport);
        Some(InstagramLogin { platform, hosts, versions, app, transport })
    }

    /// The login that gave these tokens, where it is Instagram's.
    fn login_of(&self, tokens: &TokenSet) -> Result<Option<InstagramLogin<'_>>, PlatformError> {
        if !tokens.scopes.iter().any(|scope| scope == login::BASIC) {
            return Ok(None);
        }
        self.by_instagram().map(Some).ok_or_else(|| {
            let detail = "the account came by Instagram Login, whose app is not configured";
            PlatformError::new(self.rules.platform.clone(), ErrorKind::Unsupported, detail)
                .action("Configure the Instagram app, or connect the account by Facebook Login.")
        })
    }

    fn graph<'a>(&'a self, auth: &'a AccountAuth) -> Graph<'a> {
        Graph {
            platform: &self.rules.platform,
            hosts: &self.config.endpoints,
            app: &self.config.app,
            token: &auth.token,
            host: if is_of_instagram(auth) { Host::Instagram } else { Host::Facebook },
            versions: &self.versions,
            table: errors::TABLE,
        }
    }

    fn login(&self) -> Login<'_> {
        Login {
            platform: &self.rules.platform,
            config: &self.config,
            versions: &self.versions,
            table: errors::TABLE,
            transport: &*self.transport,
        }
    }

    async fn call<'a, E>(
        &'a self,
        auth: &'a AccountAuth,
        endpoint: &E,
    ) -> Result<E::Output, PlatformError>
    where
        E: crate::endpoint::Endpoint<Graph<'a>> + Sync,
    {
        call(&*self.transport, self.platform(), &self.graph(auth), endpoint).await
    }

    fn flow(&self, state: &FlowState) -> Result<Flow, PlatformError> {
        state.to(self.platform())
    }

    fn kept(&self, flow: &Flow) -> Result<FlowState, PlatformError> {
        FlowState::of(self.platform(), flow)
    }

    fn platform(&self) -> &Platform {
        &self.rules.platform
    }
}

/// Whether the account came by Instagram Login.
fn is_of_instagram(auth: &AccountAuth) -> bool {
    auth.attributes.get(login::LOGIN).is_some_and(|login| login == login::INSTAGRAM)
}

#[async_trait]
impl PlatformApi for Instagram {
    fn rules(&self) -> &Rules {
        &self.rules
    }

    fn capabilities(&self) -> Capabilities {
        let mut can = Capabilities::NONE;
        (can.analytics, can.delete, can.refresh, can.fetches_images) = (true, true, true, true);
        can
    }

    fn transport(&self) -> &Arc<dyn Transport> {
        &self.transport
    }

    fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    fn sign_in_url(&self, request: &SignInRequest) -> Result<Url, PlatformError> {
        if let Some(login) = self.by_instagram() {
            return Ok(login.sign_in_url(&self.config.scopes_or(login::SCOPES), request));
        }
        Ok(sign_in_url(
            &self.config,
            self.versions.name(),
            &self.config.scopes_or(auth::SCOPES),
            request,
        ))
    }

    async fn authenticate(&self, code: &SignInCode) -> Result<SignedIn, PlatformError> {
        if let Some(login) = self.by_instagram() {
            return login.enter(code, self.clock.now()).await;
        }
        self.login().enter(code, self.clock.now()).await.map(auth::signed_in)
    }

    async fn refresh(&self, tokens: &TokenSet) -> Result<TokenSet, PlatformError> {
        match self.login_of(tokens)? {
            Some(login) => login.refresh(tokens, self.clock.now()).await,
            None => self.login().refresh(tokens, self.clock.now()).await,
        }
    }

    async fn validate(&self, tokens: &TokenSet) -> Result<bool, PlatformError> {
        match self.login_of(tokens)? {
            Some(login) => login.validate(tokens).await,
            None => self.login().validate(tokens).await,
        }
    }

    async fn revoke(&self, tokens: &TokenSet) -> Result<(), PlatformError> {
        match self.login_of(tokens)? {
            Some(login) => Err(login.revoke()),
            None => self.login().revoke(tokens).await,
        }
    }

    async fn account_info(&self, auth: &AccountAuth) -> Result<AccountInfo, PlatformError> {
        let account = auth.remote_id.as_str();
        let read = self.call(auth, &endpoints::ReadAccount { account }).await?;
        // Worth less than the rest, so its failure is no failure.
        let posts_left = self.call(auth, &endpoints::ReadQuota { account }).await.ok().flatten();
        let handle = format!("@{}", read.username);
        Ok(AccountInfo {
            name: read.name.unwrap_or(read.username),
            handle: Some(handle),
            picture: read.profile_picture_url,
            followers: read.followers_count,
            posts_left,
        })
    }

    async fn post_analytics(
        &self,
        auth: &AccountAuth,
        remote_id: &str,
    ) -> Result<Metrics, PlatformError> {
        let endpoint = Insights { id: remote_id, metrics: analytics::METRICS, period: None };
        self.call(auth, &endpoint).await.map(|rows| analytics::metrics(&rows))
    }

    async fn account_analytics(
        &self,
        auth: &AccountAuth,
        span: TimeSpan,
    ) -> Result<Metrics, PlatformError> {
        let id = auth.remote_id.as_str();
        let account = self.call(auth, &endpoints::ReadAccount { account: id }).await?;
        let mut parts = Vec::new();
        for span in span.parts(analytics::MOST) {
            let (metrics, period) = (analytics::OF_ACCOUNT, "day");
            let endpoint = AccountInsights { id, metrics, period, total: true, span };
            parts.push(self.call(auth, &endpoint).await?);
        }
        Ok(analytics::of_account(&parts, account.followers_count))
    }

    async fn permalink(
        &self,
        auth: &AccountAuth,
        remote_id: &str,
    ) -> Result<Option<Url>, PlatformError> {
        self.call(auth, &endpoints::Permalink { media: remote_id }).await
    }

    async fn delete_post(&self, auth: &AccountAuth, remote_id: &str) -> Result<(), PlatformError> {
        if is_of_instagram(auth) {
            let detail = "Instagram Login lets no program delete a post";
            let kind = ErrorKind::Unsupported;
            return Err(PlatformError::new(self.rules.platform.clone(), kind, detail)
                .action("Delete it in the Instagram app."));
        }
        self.call(auth, &Delete { id: remote_id }).await.map(drop)
    }

    fn usage(&self, response: &Response) -> Vec<Usage> {
        usage(response)
    }

    async fn left(&self, auth: &AccountAuth) -> Result<Option<Left>, PlatformError> {
        let account = auth.remote_id.as_str();
        let calls = self.call(auth, &endpoints::ReadQuota { account }).await?;
        Ok(calls.map(|calls| Left { operation: "instagram.media_publish", calls }))
    }

    fn version_ends(&self) -> Option<(String, social_core::Timestamp)> {
        self.versions.ends()
    }

    fn callback(&self, _: &http::HeaderMap, body: &[u8]) -> Result<Callback, PlatformError> {
        let (platform, facebook) = (&self.rules.platform, &self.config.app);
        let told = callbacks::meta(platform, facebook, body);
        // Each of the two apps signs with its own secret.
        match &self.instagram_app {
            Some(app) => told.or_else(|_| callbacks::meta(platform, app, body)),
            None => told,
        }
    }

    fn needed_scopes(&self, account: &Account, comments: bool) -> Vec<String> {
        let by_instagram = account.attributes.contains_key(login::LOGIN);
        let (needed, comment) = match by_instagram {
            true => (login::NEEDED, login::COMMENTS),
            false => (auth::NEEDED, auth::COMMENTS),
        };
        let mut needed = needed.to_vec();
        needed.extend(comments.then_some(comment));
        needed.into_iter().map(str::to_owned).collect()
    }

    async fn comment(
        &self,
        auth: &AccountAuth,
        remote_id: &str,
        text: &str,
    ) -> Result<(), PlatformError> {
        self.call(auth, &Comment { object: remote_id, text }).await.map(drop)
    }

    async fn has_comment(
        &self,
        auth: &AccountAuth,
        remote_id: &str,
        text: &str,
    ) -> Result<Option<bool>, PlatformError> {
        self.call(auth, &HasComment { object: remote_id, text, field: "text" }).await.map(Some)
    }

    fn begin(&self, cx: &FlowContext<'_>) -> Result<FlowState, PlatformError> {
        self.kept(&Flow::begin(cx.content))
    }

    fn next(&self, cx: &FlowContext<'_>, state: &FlowState) -> Result<Step, PlatformError> {
        self.flow(state)?.next(&self.graph(cx.auth), cx)
    }

    fn advance(
        &self,
        cx: &FlowContext<'_>,
        state: &FlowState,
        response: &Response,
    ) -> Result<FlowState, PlatformError> {
        let graph = self.graph(cx.auth);
        self.kept(&self.flow(state)?.on_response(&graph, cx, response)?)
    }

    fn reconcile(
        &self,
        cx: &FlowContext<'_>,
        state: &FlowState,
        trace: &CommitTrace,
    ) -> Result<FlowState, PlatformError> {
        self.kept(&self.flow(state)?.reconcile(cx.now, trace))
    }
}
