//! LinkedIn, members and organisations.

mod analytics;
mod auth;
mod body;
mod endpoints;
mod errors;
mod flow;
mod little_text;
mod rest;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use social_core::domain::{Account, Metric, Metrics, Platform, TimeSpan, TokenSet};
use social_core::flow::{CommitTrace, FlowContext, FlowState, Step};
use social_core::ports::{
    AccountAuth, AccountInfo, Capabilities, Clock, PlatformApi, Response, SignInCode,
    SignInRequest, SignedIn, Transport,
};
use social_core::rules::{Rules, linkedin};
use social_core::{ErrorKind, PlatformError};
use url::Url;

use crate::config::{Config, LinkedInEndpoints, at};
use crate::endpoint::{Endpoint, call};
use crate::versions::Versions;
use analytics::Of;
use flow::Flow;
use rest::Rest;

/// The client of LinkedIn.
///
/// An account's remote id is its URN; its kind is `member` or `organization`.
#[derive(Debug)]
pub struct LinkedIn {
    config: Config<LinkedInEndpoints>,
    rules: Rules,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    versions: Versions,
}

impl LinkedIn {
    /// A client that sends through `transport`.
    #[must_use]
    pub fn new(
        config: Config<LinkedInEndpoints>,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let rules = config.rules.clone().unwrap_or_else(linkedin);
        let versions = Versions::new(&config.endpoints.versions);
        Self { config, rules, transport, clock, versions }
    }

    fn rest<'a>(&'a self, token: &'a SecretString) -> Rest<'a> {
        let version = self.versions.name();
        Rest { platform: &self.rules.platform, hosts: &self.config.endpoints, token, version }
    }

    async fn call<'a, E>(
        &'a self,
        auth: &'a AccountAuth,
        endpoint: &E,
    ) -> Result<E::Output, PlatformError>
    where
        E: Endpoint<Rest<'a>> + Sync,
    {
        self.ask(&auth.token, endpoint).await
    }

    /// Asks, in the next known version where the network says that one has ended.
    async fn ask<'a, E>(
        &'a self,
        token: &'a SecretString,
        endpoint: &E,
    ) -> Result<E::Output, PlatformError>
    where
        E: Endpoint<Rest<'a>> + Sync,
    {
        loop {
            let rest = self.rest(token);
            match call(&*self.transport, &self.rules.platform, &rest, endpoint).await {
                // It was refused before anything was looked at.
                Err(error) if self.stepped(rest.version, &error) => {}
                other => return other,
            }
        }
    }

    /// Whether the error says that the version has ended, and there is a later one.
    fn stepped(&self, version: &str, error: &PlatformError) -> bool {
        error.code.as_deref() == Some("NONEXISTENT_VERSION") && self.versions.step_from(version)
    }

    /// The numbers of a member, of which each is asked for by itself, and why some are not told.
    async fn member_numbers(
        &self,
        auth: &AccountAuth,
        of: Of<'_>,
    ) -> Result<(Metrics, Option<&'static str>), PlatformError> {
        let mut metrics = Metrics::default();
        for &(query, metric) in analytics::QUERIES {
            match self.call(auth, &analytics::MemberNumber { of, query }).await {
                Ok(Some(number)) => {
                    metrics.raw.insert(query.to_owned(), number.into());
                    metrics.values.insert(metric, number);
                }
                Ok(None) => {}
                // Without the scope none of them comes.
                Err(error) if error.kind == ErrorKind::Permission => {
                    let why = "LinkedIn gives a member's numbers only with r_member_postAnalytics";
                    return Ok((metrics, Some(why)));
                }
                // Newer versions count more than older ones.
                Err(error) if error.kind == ErrorKind::Rejected => {
                    let why = format!("LinkedIn does not count it: {}", error.detail);
                    metrics.missing.insert(metric, why);
                }
                Err(error) => return Err(error),
            }
        }
        Ok((metrics, None))
    }

    fn flow(&self, state: &FlowState) -> Result<Flow, PlatformError> {
        state.to(&self.rules.platform)
    }

    fn kept(&self, flow: &Flow) -> Result<FlowState, PlatformError> {
        FlowState::of(&self.rules.platform, flow)
    }
}

/// Where people see a post: on the host that also has the sign-in page.
fn permalink(host: &Url, urn: &str) -> Url {
    at(host, &format!("feed/update/{urn}/"))
}

#[async_trait]
impl PlatformApi for LinkedIn {
    fn rules(&self) -> &Rules {
        &self.rules
    }

    fn capabilities(&self) -> Capabilities {
        let mut can = Capabilities::NONE;
        (can.analytics, can.delete, can.refresh) = (true, true, true);
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

    async fn validate(&self, tokens: &TokenSet) -> Result<bool, PlatformError> {
        self.introspect(tokens).await
    }

    async fn revoke(&self, tokens: &TokenSet) -> Result<(), PlatformError> {
        self.give_back(tokens).await
    }

    async fn account_info(&self, auth: &AccountAuth) -> Result<AccountInfo, PlatformError> {
        if auth.kind == auth::MEMBER {
            let member = self.call(auth, &auth::UserInfo).await?;
            return Ok(AccountInfo {
                name: member.name,
                picture: member.picture,
                ..AccountInfo::default()
            });
        }
        let urn = auth.remote_id.as_str();
        let read = self.call(auth, &auth::ReadOrganization { urn }).await?;
        // Worth less than the rest, so its failure is no failure.
        let followers = self.call(auth, &analytics::NetworkSize { organization: urn }).await.ok();
        Ok(AccountInfo {
            name: read.localized_name,
            handle: read.vanity_name,
            followers,
            ..AccountInfo::default()
        })
    }

    async fn post_analytics(
        &self,
        auth: &AccountAuth,
        remote_id: &str,
    ) -> Result<Metrics, PlatformError> {
        let of = Of::Post(remote_id);
        if auth.kind == auth::MEMBER {
            let (metrics, refused) = self.member_numbers(auth, of).await?;
            return Ok(analytics::explain(metrics, refused));
        }
        let organization = &auth.remote_id;
        let metrics = self.call(auth, &analytics::ShareStatistics { organization, of }).await?;
        Ok(analytics::explain(metrics, None))
    }

    fn analytics_batch(&self, account: &Account) -> usize {
        if account.kind == auth::MEMBER { 1 } else { analytics::BATCH }
    }

    async fn posts_analytics(
        &self,
        auth: &AccountAuth,
        remote_ids: &[&str],
    ) -> Result<Vec<Metrics>, PlatformError> {
        if auth.kind == auth::MEMBER {
            let mut all = Vec::new();
            for remote_id in remote_ids {
                all.push(self.post_analytics(auth, remote_id).await?);
            }
            return Ok(all);
        }
        let question =
            analytics::PostsStatistics { organization: &auth.remote_id, posts: remote_ids };
        let all = self.call(auth, &question).await?;
        Ok(all.into_iter().map(|metrics| analytics::explain(metrics, None)).collect())
    }

    async fn account_analytics(
        &self,
        auth: &AccountAuth,
        span: TimeSpan,
    ) -> Result<Metrics, PlatformError> {
        let (of, organization) = (Of::All(span), auth.remote_id.as_str());
        let (mut metrics, refused, followers) = if auth.kind == auth::MEMBER {
            let (mut metrics, refused) = self.member_numbers(auth, of).await?;
            // Of a post it is those it gained; of an account, those it has.
            metrics.values.remove(&Metric::Followers);
            (metrics, refused, self.call(auth, &analytics::MemberFollowers).await)
        } else {
            let metrics = self.call(auth, &analytics::ShareStatistics { organization, of }).await?;
            (
                metrics,
                None,
                self.call(auth, &analytics::NetworkSize { organization }).await.map(Some),
            )
        };
        match followers {
            Ok(Some(followers)) => {
                metrics.raw.insert("followers".to_owned(), followers.into());
                metrics.values.insert(Metric::Followers, followers);
            }
            Ok(None) => {}
            Err(error) if error.kind == ErrorKind::Permission => {
                let why = "LinkedIn tells a member's followers only with r_member_profileAnalytics";
                metrics.missing.insert(Metric::Followers, why.to_owned());
            }
            Err(error) => return Err(error),
        }
        Ok(analytics::explain_account(metrics, refused))
    }

    fn analytics_calls(&self, account: &Account) -> u32 {
        match account.kind.as_str() {
            auth::MEMBER => analytics::QUERIES.len() as u32,
            _ => 1,
        }
    }

    async fn permalink(
        &self,
        _: &AccountAuth,
        remote_id: &str,
    ) -> Result<Option<Url>, PlatformError> {
        Ok(Some(permalink(&self.config.endpoints.oauth, remote_id)))
    }

    async fn delete_post(&self, auth: &AccountAuth, remote_id: &str) -> Result<(), PlatformError> {
        self.call(auth, &endpoints::DeletePost { post: remote_id }).await
    }

    fn version_ends(&self) -> Option<(String, social_core::Timestamp)> {
        self.versions.ends()
    }

    fn needed_scopes(&self, account: &Account, _: bool) -> Vec<String> {
        let scope = match account.kind.as_str() {
            auth::MEMBER => "w_member_social",
            _ => "w_organization_social",
        };
        vec![scope.to_owned()]
    }

    async fn comment(
        &self,
        auth: &AccountAuth,
        remote_id: &str,
        text: &str,
    ) -> Result<(), PlatformError> {
        let actor = &auth.remote_id;
        self.call(auth, &endpoints::CreateComment { actor, post: remote_id, text }).await
    }

    async fn has_comment(
        &self,
        auth: &AccountAuth,
        remote_id: &str,
        text: &str,
    ) -> Result<Option<bool>, PlatformError> {
        match self.call(auth, &endpoints::HasComment { post: remote_id, text }).await {
            Ok(found) => Ok(Some(found)),
            // Members may not read comments.
            Err(error) if error.kind == ErrorKind::Permission => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn begin(&self, cx: &FlowContext<'_>) -> Result<FlowState, PlatformError> {
        self.kept(&Flow::begin(cx.content, cx.now))
    }

    fn next(&self, cx: &FlowContext<'_>, state: &FlowState) -> Result<Step, PlatformError> {
        self.flow(state)?.next(&self.rest(&cx.auth.token), cx)
    }

    fn advance(
        &self,
        cx: &FlowContext<'_>,
        state: &FlowState,
        response: &Response,
    ) -> Result<FlowState, PlatformError> {
        let rest = self.rest(&cx.auth.token);
        match self.flow(state)?.on_response(&rest, cx, response) {
            Ok(next) => self.kept(&next),
            // The same is asked again, in the version that is spoken from now on.
            Err(error) if self.stepped(rest.version, &error) => Err(error.again_at_once()),
            Err(error) => Err(error),
        }
    }

    fn reconcile(
        &self,
        cx: &FlowContext<'_>,
        state: &FlowState,
        trace: &CommitTrace,
    ) -> Result<FlowState, PlatformError> {
        self.kept(&self.flow(state)?.reconcile(cx, trace))
    }

    fn platform(&self) -> &Platform {
        &self.rules.platform
    }
}
