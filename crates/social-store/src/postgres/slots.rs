//! The hours at which accounts like to post, in PostgreSQL.

use async_trait::async_trait;
use social_core::domain::{AccountId, SlotPlan, WorkspaceId};
use social_core::ports::{SlotRepo, StoreError};
use sqlx::query;

use super::columns::{doc, json};
use super::sql::content as sql;
use super::unit::PostgresUnit;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl SlotRepo for PostgresUnit {
    async fn put(&mut self, plan: &SlotPlan) -> Result<()> {
        let put = query(sql::SLOT_PUT)
            .bind(plan.workspace_id.as_uuid())
            .bind(plan.account_id.as_uuid())
            .bind(json(plan)?);
        self.run(put, &plan.account_id).await.map(drop)
    }

    async fn get(
        &mut self,
        workspace: WorkspaceId,
        account: AccountId,
    ) -> Result<Option<SlotPlan>> {
        let get = query(sql::SLOT_GET).bind(workspace.as_uuid()).bind(account.as_uuid());
        self.one(get, "slot_plan", doc).await
    }

    async fn remove(&mut self, workspace: WorkspaceId, account: AccountId) -> Result<()> {
        let remove = query(sql::SLOT_REMOVE).bind(workspace.as_uuid()).bind(account.as_uuid());
        self.run(remove, &account).await.map(drop)
    }
}
