//! The hours at which accounts like to post, in memory.

use async_trait::async_trait;
use social_core::domain::{AccountId, SlotPlan, WorkspaceId};
use social_core::ports::{SlotRepo, StoreError};

use super::unit::MemoryUnit;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl SlotRepo for MemoryUnit {
    async fn put(&mut self, plan: &SlotPlan) -> Result<()> {
        let key = (plan.workspace_id, plan.account_id);
        MemoryUnit::put(self, |s| &mut s.slots, key, plan.clone());
        Ok(())
    }

    async fn get(
        &mut self,
        workspace: WorkspaceId,
        account: AccountId,
    ) -> Result<Option<SlotPlan>> {
        Ok(self.state.slots.get(&(workspace, account)).cloned())
    }

    async fn remove(&mut self, workspace: WorkspaceId, account: AccountId) -> Result<()> {
        self.take(|s| &mut s.slots, (workspace, account));
        Ok(())
    }
}
