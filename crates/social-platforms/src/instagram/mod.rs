//! Instagram, professional accounts, by way of Facebook Login.

mod analytics;
mod auth;
mod endpoints;
mod errors;
mod flow;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use social_core::PlatformError;
use social_core::domain::{Platform, PostMetrics, TokenSet};
use social_core::flow::{CommitTrace, FlowContext, FlowState, Step};
use social_core::ports::{
    AccountAuth, AccountInfo, Capabilities, Clock, PlatformApi, Response, SignInCode,
    SignInRequest, SignedIn, Transport,
};
use social_core::rules::{Rules, instagram};
use url::Url;

use crate::config::{Config, MetaEndpoints};
use crate::endpoint::call;
use crate::meta::auth::{Login, sign_in_url};
use crate::meta::endpoints::Delete;
use crate::meta::graph::Graph;
use crate::meta::insights::Insights;
use flow::Flow;

/// The client of Instagram.
///
/// Pictures are fetched by Instagram, so they need a public address; clips are sent.
#[derive(Debug)]
pub struct Instagram {
    config: Config<MetaEndpoints>,
    rules: Rules,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
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
        Self { config, rules, transport, clock }
    }

    fn graph<'a>(&'a self, token: &'a SecretString) -> Graph<'a> {
        Graph {
            platform: &self.rules.platform,
            hosts: &self.config.endpoints,
            app: &self.config.app,
            token,
            table: errors::TABLE,
        }
    }

    fn login(&self) -> Login<'_> {
        Login {
            platform: &self.rules.platform,
            config: &self.config,
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
        call(&*self.transport, self.platform(), &self.graph(&auth.token), endpoint).await
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
        Ok(sign_in_url(&self.config, &self.config.scopes_or(auth::SCOPES), request))
    }

    async fn authenticate(&self, code: &SignInCode) -> Result<SignedIn, PlatformError> {
        self.login().enter(code, self.clock.now()).await.map(auth::signed_in)
    }

    async fn refresh(&self, tokens: &TokenSet) -> Result<TokenSet, PlatformError> {
        self.login().refresh(tokens, self.clock.now()).await
    }

    async fn validate(&self, tokens: &TokenSet) -> Result<bool, PlatformError> {
        self.login().validate(tokens).await
    }

    async fn revoke(&self, tokens: &TokenSet) -> Result<(), PlatformError> {
        self.login().revoke(tokens).await
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
    ) -> Result<PostMetrics, PlatformError> {
        let endpoint = Insights { id: remote_id, metrics: analytics::METRICS, period: None };
        self.call(auth, &endpoint).await.map(|rows| analytics::metrics(&rows))
    }

    async fn permalink(
        &self,
        auth: &AccountAuth,
        remote_id: &str,
    ) -> Result<Option<Url>, PlatformError> {
        self.call(auth, &endpoints::Permalink { media: remote_id }).await
    }

    async fn delete_post(&self, auth: &AccountAuth, remote_id: &str) -> Result<(), PlatformError> {
        self.call(auth, &Delete { id: remote_id }).await.map(drop)
    }

    fn begin(&self, cx: &FlowContext<'_>) -> Result<FlowState, PlatformError> {
        self.kept(&Flow::begin(cx.content))
    }

    fn next(&self, cx: &FlowContext<'_>, state: &FlowState) -> Result<Step, PlatformError> {
        self.flow(state)?.next(&self.graph(&cx.auth.token), cx)
    }

    fn advance(
        &self,
        cx: &FlowContext<'_>,
        state: &FlowState,
        response: &Response,
    ) -> Result<FlowState, PlatformError> {
        let graph = self.graph(&cx.auth.token);
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
