//! Accounts that wait for somebody to choose.

use async_trait::async_trait;

use super::{Sealed, StoreError};
use crate::Timestamp;
use crate::domain::{ChoiceOption, Platform, WorkspaceId};

/// What a sign-in brought, until somebody says which of it is to be connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// SHA-256 of the token that the person was given, in lower-case hex.
    pub hash: String,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// At which network.
    pub platform: Platform,
    /// What can be chosen.
    pub options: Vec<ChoiceOption>,
    /// Tokens and all, sealed for `choice/{hash}`.
    pub secret: Sealed,
    /// Until when it can be made.
    pub expires_at: Timestamp,
}

/// Accounts that wait for somebody to choose.
#[async_trait]
pub trait ChoiceRepo: Send {
    /// Keeps one, in the place of any that the workspace has of the same network.
    async fn put(&mut self, choice: &Choice) -> Result<(), StoreError>;
    /// The one of this token, of whatever workspace, where it is good at `now`.
    async fn get(&mut self, hash: &str, now: Timestamp) -> Result<Option<Choice>, StoreError>;
    /// That of a network, where it is good at `now`.
    async fn pending(
        &mut self,
        workspace: WorkspaceId,
        platform: &Platform,
        now: Timestamp,
    ) -> Result<Option<Choice>, StoreError>;
    /// Takes one out, so that it is made once. Whether it was there.
    async fn take(&mut self, workspace: WorkspaceId, hash: &str) -> Result<bool, StoreError>;
    /// Forgets those of all workspaces that were good until before `now`. Returns how many.
    async fn expire(&mut self, now: Timestamp) -> Result<u64, StoreError>;
}
