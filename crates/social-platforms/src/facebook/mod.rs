//! Facebook Pages.

mod analytics;
mod auth;
mod endpoints;
mod errors;
mod flow;
mod short;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use social_core::domain::{Account, Metrics, Platform, TimeSpan, TokenSet};
use social_core::flow::{CommitTrace, FlowContext, FlowState, Step};
use social_core::ports::{
    AccountAuth, AccountInfo, Callback, Capabilities, Clock, PlatformApi, Response, SignInCode,
    SignInRequest, SignedIn, Transport, Usage,
};
use social_core::rules::{Rules, facebook};
use social_core::{ErrorKind, PlatformError, Retry};
use url::Url;

use crate::callbacks;
use crate::config::{Config, MetaEndpoints};
use crate::endpoint::call;
use crate::meta::auth::{Login, sign_in_url};
use crate::meta::comments::{Comment, HasComment};
use crate::meta::endpoints::Delete;
use crate::meta::errors::usage;
use crate::meta::graph::{Graph, Host};
use crate::meta::insights::{AccountInsights, Insights, Row};
use crate::versions::Versions;
#[cfg(test)]
pub(crate) use errors::TABLE as ERRORS;
use flow::Flow;

/// The client of Facebook Pages.
///
/// Nothing of a post can be seen before its last request; pictures and clips are sent.
#[derive(Debug)]
pub struct Facebook {
    config: Config<MetaEndpoints>,
    rules: Rules,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    versions: Versions,
}

impl Facebook {
    /// A client that sends through `transport`.
    #[must_use]
    pub fn new(
        config: Config<MetaEndpoints>,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let rules = config.rules.clone().unwrap_or_else(facebook);
        let versions = Versions::new(&config.endpoints.versions);
        Self { config, rules, transport, clock, versions }
    }

    fn graph<'a>(&'a self, token: &'a SecretString) -> Graph<'a> {
        Graph {
            platform: &self.rules.platform,
            hosts: &self.config.endpoints,
            app: &self.config.app,
            token,
            host: Host::Facebook,
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
        call(&*self.transport, self.platform(), &self.graph(&auth.token), endpoint).await
    }

    /// The post that a clip became, or the post itself.
    async fn post_of(&self, auth: &AccountAuth, remote_id: &str) -> Result<String, PlatformError> {
        if is_post(remote_id) {
            return Ok(remote_id.to_owned());
        }
        let video = self.call(auth, &endpoints::ReadVideo { video: remote_id }).await?;
        Ok(match video.post_id {
            Some(id) if is_post(&id) => id,
            Some(id) => format!("{}_{id}", auth.remote_id),
            None => remote_id.to_owned(),
        })
    }

    /// What a Page counted by the day, and how many people it reached where that can be said.
    async fn page_insights(
        &self,
        auth: &AccountAuth,
        span: TimeSpan,
    ) -> Result<(Vec<Row>, Vec<Row>), PlatformError> {
        let id = auth.remote_id.as_str();
        let mut rows = Vec::new();
        for span in span.parts(analytics::MOST) {
            let (metrics, period) = (analytics::OF_PAGE, "day");
            let endpoint = AccountInsights { id, metrics, period, total: false, span };
            rows.extend(self.call(auth, &endpoint).await?);
        }
        let Some(period) = analytics::period_of(span) else { return Ok((rows, Vec::new())) };
        let metrics = analytics::REACH;
        let endpoint = AccountInsights { id, metrics, period, total: false, span };
        Ok((rows, self.call(auth, &endpoint).await?))
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
impl PlatformApi for Facebook {
    fn rules(&self) -> &Rules {
        &self.rules
    }

    fn capabilities(&self) -> Capabilities {
        let mut can = Capabilities::NONE;
        (can.analytics, can.delete, can.refresh, can.fetches_images) = (true, true, true, false);
        can
    }

    fn transport(&self) -> &Arc<dyn Transport> {
        &self.transport
    }

    fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    fn sign_in_url(&self, request: &SignInRequest) -> Result<Url, PlatformError> {
        Ok(sign_in_url(
            &self.config,
            self.versions.name(),
            &self.config.scopes_or(auth::SCOPES),
            request,
        ))
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
        let page = self.call(auth, &endpoints::ReadPage { page: &auth.remote_id }).await?;
        Ok(AccountInfo {
            name: page.name,
            handle: page.username.map(|name| format!("@{name}")),
            picture: page.picture.and_then(|picture| picture.data.url),
            followers: page.followers_count,
            posts_left: None,
        })
    }

    async fn post_analytics(
        &self,
        auth: &AccountAuth,
        remote_id: &str,
    ) -> Result<Metrics, PlatformError> {
        let post = self.post_of(auth, remote_id).await?;
        let counts = self.call(auth, &analytics::ReadCounts { post: &post }).await?;
        let endpoint =
            Insights { id: &post, metrics: analytics::METRICS, period: Some("lifetime") };
        // Small Pages have counts and no insights.
        match self.call(auth, &endpoint).await {
            Ok(rows) => Ok(analytics::metrics(&counts, &rows, None)),
            Err(error) if error.retry == Retry::Never && error.kind != ErrorKind::Auth => {
                let why = format!("Facebook gives no insights for this post: {}", error.detail);
                Ok(analytics::metrics(&counts, &[], Some(&why)))
            }
            Err(error) => Err(error),
        }
    }

    async fn account_analytics(
        &self,
        auth: &AccountAuth,
        span: TimeSpan,
    ) -> Result<Metrics, PlatformError> {
        let id = auth.remote_id.as_str();
        let followers = self.call(auth, &endpoints::ReadPage { page: id }).await?.followers_count;
        match self.page_insights(auth, span).await {
            Ok((rows, reach)) => Ok(analytics::of_page(&rows, reach.first(), followers, None)),
            Err(error) if error.retry == Retry::Never && error.kind != ErrorKind::Auth => {
                let why = format!("Facebook gives no insights for this Page: {}", error.detail);
                Ok(analytics::of_page(&[], None, followers, Some(&why)))
            }
            Err(error) => Err(error),
        }
    }

    async fn permalink(
        &self,
        auth: &AccountAuth,
        remote_id: &str,
    ) -> Result<Option<Url>, PlatformError> {
        let link = if is_post(remote_id) {
            self.call(auth, &endpoints::ReadPost { post: remote_id }).await?.permalink_url
        } else {
            self.call(auth, &endpoints::ReadVideo { video: remote_id }).await?.permalink_url
        };
        // Of clips only the path is given.
        let dialog = &self.config.endpoints.facebook_dialog;
        Ok(link.and_then(|link| dialog.join(&link).ok()))
    }

    async fn delete_post(&self, auth: &AccountAuth, remote_id: &str) -> Result<(), PlatformError> {
        self.call(auth, &Delete { id: remote_id }).await.map(drop)
    }

    fn usage(&self, response: &Response) -> Vec<Usage> {
        usage(response)
    }

    fn version_ends(&self) -> Option<(String, social_core::Timestamp)> {
        self.versions.ends()
    }

    fn callback(&self, _: &http::HeaderMap, body: &[u8]) -> Result<Callback, PlatformError> {
        callbacks::meta(&self.rules.platform, &self.config.app, body)
    }

    fn needed_scopes(&self, _: &Account, comments: bool) -> Vec<String> {
        let mut needed = auth::NEEDED.to_vec();
        needed.extend(comments.then_some(auth::COMMENTS));
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
        self.call(auth, &HasComment { object: remote_id, text, field: "message" }).await.map(Some)
    }

    fn begin(&self, cx: &FlowContext<'_>) -> Result<FlowState, PlatformError> {
        self.kept(&Flow::begin(cx))
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

/// Ids of posts are `{page}_{post}`; those of clips are one number.
fn is_post(id: &str) -> bool {
    id.contains('_')
}
