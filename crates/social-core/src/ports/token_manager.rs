//! The life of tokens.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::domain::{AccountId, GrantId, GrantStatus, Platform, TokenSet, WorkspaceId};
use crate::engine::Error;
use crate::ports::AccountAuth;

/// A grant to be kept.
#[derive(Debug, Clone)]
pub struct NewGrant {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// The network that gave it.
    pub platform: Platform,
    /// The network's id of the person who signed in.
    pub subject: String,
    /// The tokens, in the clear.
    pub tokens: TokenSet,
}

/// Keeps, renews and gives back tokens.
///
/// Contract: tokens are sealed before they reach a store. Of many who want a token renewed, one
/// renews it and the others get its result. A failure that passes never disconnects: only the
/// network's own word that a grant is over makes it [`GrantStatus::NeedsReauth`]. An empty refresh
/// token never replaces one.
#[async_trait]
pub trait TokenManager: Debug + Send + Sync + 'static {
    /// Keeps a grant: a new one, or in place of the same person's earlier one.
    async fn store_token(&self, grant: NewGrant) -> Result<GrantId, Error>;

    /// Renews a grant's tokens now, whatever is left of them.
    async fn refresh_token(&self, workspace: WorkspaceId, grant: GrantId) -> Result<(), Error>;

    /// Gives a grant back to the network and forgets its tokens.
    async fn revoke_token(&self, workspace: WorkspaceId, grant: GrantId) -> Result<(), Error>;

    /// Asks the network whether it still takes the grant.
    async fn validate_token(
        &self,
        workspace: WorkspaceId,
        grant: GrantId,
    ) -> Result<GrantStatus, Error>;

    /// What is needed to act for an account, with a token that is good for a while: renewed first
    /// where it is about to end.
    async fn account_auth(
        &self,
        workspace: WorkspaceId,
        account: AccountId,
    ) -> Result<AccountAuth, Error>;
}
