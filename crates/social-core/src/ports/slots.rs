//! The hours of the week at which accounts like to post.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{AccountId, SlotPlan, WorkspaceId};

/// The hours of the week at which accounts like to post: one plan an account.
#[async_trait]
pub trait SlotRepo: Send {
    /// Keeps a plan in place of the one that the account had.
    async fn put(&mut self, plan: &SlotPlan) -> Result<(), StoreError>;
    /// The plan of an account.
    async fn get(
        &mut self,
        workspace: WorkspaceId,
        account: AccountId,
    ) -> Result<Option<SlotPlan>, StoreError>;
    /// Forgets the plan of an account, if it has one.
    async fn remove(
        &mut self,
        workspace: WorkspaceId,
        account: AccountId,
    ) -> Result<(), StoreError>;
}
