//! One network.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Clock, Transport};
use crate::Timestamp;
use crate::domain::{Account, Metrics, Platform, Published, TimeSpan, TokenSet};
use crate::error::{ErrorKind, PlatformError};
use crate::flow::{CommitTrace, Content, FlowContext, FlowState, Step};
use crate::rules::{QuotaScope, Rules};

/// What a network can do beyond publishing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Capabilities {
    /// Numbers of posts can be read.
    pub analytics: bool,
    /// A post can be deleted.
    pub delete: bool,
    /// Tokens can be renewed without a person.
    pub refresh: bool,
    /// Whether pictures are fetched by the network from a public address.
    pub fetches_images: bool,
}

impl Capabilities {
    /// Nothing beyond publishing.
    pub const NONE: Self =
        Self { analytics: false, delete: false, refresh: false, fetches_images: false };
}

/// An account with what is needed to act for it, in the clear and only in memory.
#[derive(Debug, Clone)]
pub struct AccountAuth {
    /// The network's own id of the account.
    pub remote_id: String,
    /// What it is there: `page`, `organization`, `member`, …
    pub kind: String,
    /// What else the client needs to know of it.
    pub attributes: BTreeMap<String, String>,
    /// The token: the account's own where it has one, else the grant's.
    pub token: SecretString,
    /// What the grant allows.
    pub scopes: Vec<String>,
}

/// The start of a sign-in.
#[derive(Debug, Clone)]
pub struct SignInRequest {
    /// Where the network sends the person back to.
    pub redirect_uri: Url,
    /// A fresh secret that comes back with the person.
    pub state: String,
    /// A fresh secret that proves, at the exchange, who began (RFC 7636).
    pub verifier: SecretString,
}

/// The end of a sign-in: what came back.
#[derive(Debug, Clone)]
pub struct SignInCode {
    /// The code to be exchanged.
    pub code: SecretString,
    /// The same address as at the start.
    pub redirect_uri: Url,
    /// The same secret as at the start.
    pub verifier: SecretString,
}

/// What a sign-in gave.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The network's id of the person.
    pub subject: String,
    /// The tokens.
    pub tokens: TokenSet,
    /// The accounts behind it. Empty: the person has none that can be published to.
    pub accounts: Vec<FoundAccount>,
    /// Scopes that publishing needs and the person did not grant.
    pub missing_scopes: Vec<String>,
}

/// An account that came with a sign-in.
#[derive(Debug, Clone)]
pub struct FoundAccount {
    /// The network's own id of it.
    pub remote_id: String,
    /// Its name for people.
    pub name: String,
    /// Its handle, where it has one.
    pub handle: Option<String>,
    /// What it is there.
    pub kind: String,
    /// A token of its own, as pages have.
    pub token: Option<SecretString>,
    /// What else the client needs to know of it.
    pub attributes: BTreeMap<String, String>,
}

/// What a network says of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountInfo {
    /// Its name for people.
    pub name: String,
    /// Its handle, where it has one.
    pub handle: Option<String>,
    /// Its picture.
    pub picture: Option<Url>,
    /// How many follow it, where the network tells.
    pub followers: Option<u64>,
    /// How many posts the network still takes today, where it tells.
    pub posts_left: Option<u32>,
}

/// How much of what a network allows is used up, as its headers tell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usage {
    /// Who shares it.
    pub scope: QuotaScope,
    /// How much, as a share of 1.
    pub used: f64,
    /// In how long calls are taken again, where they are not now.
    pub regained_in: Option<Duration>,
}

/// What is left of a quota of an account, as the network tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Of which operation.
    pub operation: &'static str,
    /// How many are left.
    pub calls: u32,
}

/// What a network tells by itself, proved by its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Callback {
    /// A person took the grant back.
    Deauthorized {
        /// The network's id of the person.
        subject: String,
    },
    /// Something happened to what was published.
    Publish {
        /// The network's id of the publish.
        id: String,
        /// What, in the network's words.
        event: String,
    },
    /// Something that needs nothing done.
    Other {
        /// What, in the network's words.
        event: String,
    },
}

/// One network's client.
///
/// Contract: publishing is stepwise and pure (see [`flow`](crate::flow)): `begin`, `next`, `advance`
/// and `reconcile` do nothing but compute, and the engine sends. `next` gives the same step for the
/// same state and context (a request may differ by the token alone). `advance` gives the next state
/// where the network took the request and an error where it did not, whose
/// [`Retry`](crate::Retry) is `ReconcileFirst` unless the answer is a definite no. All else goes through
/// the transport, maps every answer by the network's table of errors, and is safe to repeat,
/// except `refresh`, which the engine runs one at a time.
#[async_trait]
pub trait PlatformApi: Debug + Send + Sync + 'static {
    /// Its limits; `rules().platform` is its name.
    fn rules(&self) -> &Rules;

    /// What it can do beyond publishing.
    fn capabilities(&self) -> Capabilities;

    /// The way to the network.
    fn transport(&self) -> &Arc<dyn Transport>;

    /// The time.
    fn clock(&self) -> &Arc<dyn Clock>;

    /// Where a person goes to sign in.
    fn sign_in_url(&self, request: &SignInRequest) -> Result<Url, PlatformError>;

    /// Exchanges what a sign-in brought back for tokens, and finds the accounts behind it.
    async fn authenticate(&self, code: &SignInCode) -> Result<SignedIn, PlatformError>;

    /// Renews the tokens. Where the network gives no new refresh token, the old one is returned.
    async fn refresh(&self, tokens: &TokenSet) -> Result<TokenSet, PlatformError>;

    /// Whether the network still takes the token.
    async fn validate(&self, tokens: &TokenSet) -> Result<bool, PlatformError>;

    /// Gives the grant back.
    async fn revoke(&self, tokens: &TokenSet) -> Result<(), PlatformError>;

    /// What the network says of the account.
    async fn account_info(&self, auth: &AccountAuth) -> Result<AccountInfo, PlatformError>;

    /// The numbers of a post.
    async fn post_analytics(
        &self,
        auth: &AccountAuth,
        remote_id: &str,
    ) -> Result<Metrics, PlatformError>;

    /// How many posts of this account one reading of numbers takes at most. Default: one.
    fn analytics_batch(&self, account: &Account) -> usize {
        let _ = account;
        1
    }

    /// The numbers of several posts of the account by one reading, in their order: at most
    /// [`analytics_batch`](Self::analytics_batch). Default: one by one.
    async fn posts_analytics(
        &self,
        auth: &AccountAuth,
        remote_ids: &[&str],
    ) -> Result<Vec<Metrics>, PlatformError> {
        let mut all = Vec::with_capacity(remote_ids.len());
        for remote_id in remote_ids {
            all.push(self.post_analytics(auth, remote_id).await?);
        }
        Ok(all)
    }

    /// The numbers of the account over a time. `Unsupported` where the network gives none.
    async fn account_analytics(
        &self,
        auth: &AccountAuth,
        span: TimeSpan,
    ) -> Result<Metrics, PlatformError> {
        let _ = (auth, span);
        let detail = "this network gives no numbers of accounts to programs";
        Err(PlatformError::new(self.platform().clone(), ErrorKind::Unsupported, detail))
    }

    /// How many requests one reading of numbers of posts of this account takes. Default: one.
    fn analytics_calls(&self, account: &Account) -> u32 {
        let _ = account;
        1
    }

    /// Where people see a post, if the network says so by now.
    async fn permalink(
        &self,
        auth: &AccountAuth,
        remote_id: &str,
    ) -> Result<Option<Url>, PlatformError>;

    /// Takes a post away.
    async fn delete_post(&self, auth: &AccountAuth, remote_id: &str) -> Result<(), PlatformError>;

    /// What an answer's headers say of how much is used up. Default: nothing.
    fn usage(&self, response: &super::Response) -> Vec<Usage> {
        let _ = response;
        Vec::new()
    }

    /// What is left of a quota, where the network has an address that tells. The engine asks before
    /// it begins to publish. Default: nothing is known.
    async fn left(&self, auth: &AccountAuth) -> Result<Option<Left>, PlatformError> {
        let _ = auth;
        Ok(None)
    }

    /// Until when the network takes the version of its API that is spoken, where that is known.
    fn version_ends(&self) -> Option<(String, Timestamp)> {
        None
    }

    /// Reads what the network calls us with, once its signature is proved.
    ///
    /// # Errors
    /// `Rejected` where it was not signed by the app's secret, `Unsupported` where the network
    /// never calls.
    fn callback(&self, headers: &http::HeaderMap, body: &[u8]) -> Result<Callback, PlatformError> {
        let _ = (headers, body);
        let detail = "this network calls nobody";
        Err(PlatformError::new(self.platform().clone(), ErrorKind::Unsupported, detail))
    }

    /// The scopes without which such a post cannot be published, or its first comment not made.
    /// Preflight compares them with what was granted. Default: none.
    fn needed_scopes(&self, account: &Account, comments: bool) -> Vec<String> {
        let _ = (account, comments);
        Vec::new()
    }

    /// Comments on a post, as the account. `NotReady` where the network does not know the post
    /// yet. Not safe to repeat: [`has_comment`](Self::has_comment) tells whether it is there.
    async fn comment(
        &self,
        auth: &AccountAuth,
        remote_id: &str,
        text: &str,
    ) -> Result<(), PlatformError> {
        let _ = (auth, remote_id, text);
        let detail = "this network takes no comments from programs";
        Err(PlatformError::new(self.platform().clone(), ErrorKind::Unsupported, detail))
    }

    /// Whether a comment of this text stands under a post; `None` where nobody can tell.
    async fn has_comment(
        &self,
        auth: &AccountAuth,
        remote_id: &str,
        text: &str,
    ) -> Result<Option<bool>, PlatformError> {
        let _ = (auth, remote_id, text);
        Ok(None)
    }

    /// The first state of publishing this content.
    fn begin(&self, cx: &FlowContext<'_>) -> Result<FlowState, PlatformError>;

    /// What to do next.
    fn next(&self, cx: &FlowContext<'_>, state: &FlowState) -> Result<Step, PlatformError>;

    /// Takes the answer to the request that `next` gave for `state`.
    fn advance(
        &self,
        cx: &FlowContext<'_>,
        state: &FlowState,
        response: &super::Response,
    ) -> Result<FlowState, PlatformError>;

    /// The first state of finding out whether the Commit that stood at `state` had its effect.
    fn reconcile(
        &self,
        cx: &FlowContext<'_>,
        state: &FlowState,
        trace: &CommitTrace,
    ) -> Result<FlowState, PlatformError>;

    /// Publishes in one call, for an app that keeps no store. It waits while the network works,
    /// and gives up with `OutcomeUnknown` where the engine would reconcile: then look before you
    /// call again.
    async fn post_content(
        &self,
        auth: &AccountAuth,
        content: &Content,
    ) -> Result<Published, PlatformError> {
        crate::engine::drive(self, auth, content).await
    }

    /// Its name.
    fn platform(&self) -> &Platform {
        &self.rules().platform
    }
}
