//! TikTok: direct posts and drafts.

mod analytics;
mod auth;
mod chunks;
mod endpoints;
mod errors;
mod flow;
mod open;
mod post_info;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use social_core::domain::{Account, Metrics, TimeSpan, TokenSet};
use social_core::flow::{CommitTrace, FlowContext, FlowState, Step};
use social_core::ports::{
    AccountAuth, AccountInfo, Callback, Capabilities, Clock, PlatformApi, Response, SignInCode,
    SignInRequest, SignedIn, Transport,
};
use social_core::rules::{Rules, tiktok};
use social_core::{ErrorKind, PlatformError};
use url::Url;

use crate::callbacks;
use crate::config::{Config, TikTokEndpoints};
use crate::endpoint::{Endpoint, call};
use flow::Flow;
use open::Open;

/// The client of TikTok.
///
/// Clips are sent; pictures are fetched by TikTok from addresses verified with the app.
#[derive(Debug)]
pub struct TikTok {
    config: Config<TikTokEndpoints>,
    rules: Rules,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
}

impl TikTok {
    /// A client that sends through `transport`.
    #[must_use]
    pub fn new(
        config: Config<TikTokEndpoints>,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let rules = config.rules.clone().unwrap_or_else(tiktok);
        Self { config, rules, transport, clock }
    }

    fn open<'a>(&'a self, token: &'a SecretString) -> Open<'a> {
        Open { platform: &self.rules.platform, hosts: &self.config.endpoints, token }
    }

    async fn call<'a, E>(
        &'a self,
        auth: &'a AccountAuth,
        endpoint: &E,
    ) -> Result<E::Output, PlatformError>
    where
        E: Endpoint<Open<'a>> + Sync,
    {
        call(&*self.transport, &self.rules.platform, &self.open(&auth.token), endpoint).await
    }

    fn flow(&self, state: &FlowState) -> Result<Flow, PlatformError> {
        state.to(&self.rules.platform)
    }

    fn kept(&self, flow: &Flow) -> Result<FlowState, PlatformError> {
        FlowState::of(&self.rules.platform, flow)
    }
}

#[async_trait]
impl PlatformApi for TikTok {
    fn rules(&self) -> &Rules {
        &self.rules
    }

    fn capabilities(&self) -> Capabilities {
        let mut can = Capabilities::NONE;
        (can.analytics, can.refresh, can.fetches_images) = (true, true, true);
        can
    }

    fn transport(&self) -> &Arc<dyn Transport> {
        &self.transport
    }

    fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    fn sign_in_url(&self, request: &SignInRequest) -> Result<Url, PlatformError> {
        Ok(self.authorize(request))
    }

    async fn authenticate(&self, code: &SignInCode) -> Result<SignedIn, PlatformError> {
        self.enter(code).await
    }

    async fn refresh(&self, tokens: &TokenSet) -> Result<TokenSet, PlatformError> {
        self.renew(tokens).await
    }

    /// TikTok has no introspection: asking for the user is the proof.
    async fn validate(&self, tokens: &TokenSet) -> Result<bool, PlatformError> {
        let open = self.open(&tokens.access);
        let endpoint = auth::UserInfo { scopes: &[] };
        match call(&*self.transport, open.platform, &open, &endpoint).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind == ErrorKind::Auth => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn revoke(&self, tokens: &TokenSet) -> Result<(), PlatformError> {
        self.give_back(tokens).await
    }

    async fn account_info(&self, auth: &AccountAuth) -> Result<AccountInfo, PlatformError> {
        let user = self.call(auth, &auth::UserInfo { scopes: &auth.scopes }).await?;
        Ok(AccountInfo {
            handle: user.handle(),
            name: user.display_name,
            picture: user.avatar_url,
            followers: user.follower_count,
            posts_left: None,
        })
    }

    async fn post_analytics(
        &self,
        auth: &AccountAuth,
        remote_id: &str,
    ) -> Result<Metrics, PlatformError> {
        let all = self.posts_analytics(auth, &[remote_id]).await?;
        Ok(all.into_iter().next().unwrap_or_default())
    }

    fn analytics_batch(&self, _: &Account) -> usize {
        analytics::BATCH
    }

    async fn posts_analytics(
        &self,
        auth: &AccountAuth,
        remote_ids: &[&str],
    ) -> Result<Vec<Metrics>, PlatformError> {
        self.call(auth, &analytics::ReadNumbers { ids: remote_ids }).await
    }

    async fn account_analytics(
        &self,
        auth: &AccountAuth,
        _: TimeSpan,
    ) -> Result<Metrics, PlatformError> {
        self.call(auth, &analytics::ReadStats).await
    }

    async fn permalink(
        &self,
        auth: &AccountAuth,
        remote_id: &str,
    ) -> Result<Option<Url>, PlatformError> {
        self.call(auth, &endpoints::ReadVideo { id: remote_id }).await
    }

    async fn delete_post(&self, _: &AccountAuth, _: &str) -> Result<(), PlatformError> {
        let detail = "TikTok lets no program delete a post";
        let kind = ErrorKind::Unsupported;
        Err(PlatformError::new(self.rules.platform.clone(), kind, detail)
            .action("Delete it in the TikTok app."))
    }

    fn callback(&self, headers: &http::HeaderMap, body: &[u8]) -> Result<Callback, PlatformError> {
        let (platform, now) = (&self.rules.platform, self.clock.now());
        callbacks::tiktok(platform, &self.config.app, headers, body, now)
    }

    fn needed_scopes(&self, _: &Account, _: bool) -> Vec<String> {
        auth::NEEDED.iter().map(|&scope| scope.to_owned()).collect()
    }

    fn begin(&self, cx: &FlowContext<'_>) -> Result<FlowState, PlatformError> {
        self.kept(&Flow::begin(&self.rules.platform, cx.content)?)
    }

    fn next(&self, cx: &FlowContext<'_>, state: &FlowState) -> Result<Step, PlatformError> {
        self.flow(state)?.next(&self.open(&cx.auth.token), cx)
    }

    fn advance(
        &self,
        cx: &FlowContext<'_>,
        state: &FlowState,
        response: &Response,
    ) -> Result<FlowState, PlatformError> {
        let open = self.open(&cx.auth.token);
        self.kept(&self.flow(state)?.on_response(&open, cx, response)?)
    }

    fn reconcile(
        &self,
        cx: &FlowContext<'_>,
        state: &FlowState,
        trace: &CommitTrace,
    ) -> Result<FlowState, PlatformError> {
        self.kept(&self.flow(state)?.reconcile(cx, trace))
    }
}
