//! API keys, the record of who did what, and confirmations in SQLite.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{ApiKey, AuditEntry, Confirmation, KeyId, WorkspaceId};
use social_core::ports::{AuditRepo, ConfirmationRepo, KeyRepo, StoreError};

use super::columns::{Columns, doc, json, millis};
use super::sql::identity as sql;
use super::statement::statement;
use super::unit::SqliteUnit;
use crate::shared::place;

type Result<T> = std::result::Result<T, StoreError>;

fn placed(row: &Columns<'_>) -> Result<(u64, AuditEntry)> {
    Ok((row.count("seq")?, doc(row)?))
}

fn api_key(row: &Columns<'_>) -> Result<ApiKey> {
    Ok(ApiKey {
        hash: row.get("hash")?,
        revoked_at: row.maybe_time("revoked_at")?,
        last_used_at: row.maybe_time("last_used_at")?,
        ..doc(row)?
    })
}

fn confirmation(row: &Columns<'_>) -> Result<Confirmation> {
    Ok(Confirmation {
        hash: row.get("hash")?,
        workspace_id: row.id("workspace_id", WorkspaceId::from_uuid)?,
        actor: row.get("actor")?,
        payload: row.get("payload")?,
        expires_at: row.time("expires_at")?,
    })
}

#[async_trait]
impl KeyRepo for SqliteUnit {
    async fn insert(&mut self, key: &ApiKey) -> Result<()> {
        let insert = statement(sql::API_KEY_INSERT)
            .bind(key.workspace_id.as_uuid())
            .bind(key.id.as_uuid())
            .bind(&key.hash)
            .bind(millis(key.revoked_at))
            .bind(millis(key.last_used_at))
            .bind(json(key)?);
        self.run(insert, &key.id).await.map(drop)
    }

    async fn by_hash(&mut self, hash: &str) -> Result<Option<ApiKey>> {
        self.one(statement(sql::API_KEY_BY_HASH).bind(hash), "api_key", api_key).await
    }

    async fn list(&mut self, workspace: WorkspaceId) -> Result<Vec<ApiKey>> {
        self.all(statement(sql::API_KEY_LIST).bind(workspace.as_uuid()), "api_key", api_key).await
    }

    async fn revoke(&mut self, workspace: WorkspaceId, id: KeyId, at: Timestamp) -> Result<()> {
        let revoke = statement(sql::API_KEY_REVOKE)
            .bind(workspace.as_uuid())
            .bind(id.as_uuid())
            .bind(at.as_millis());
        self.change(revoke, &id).await
    }

    async fn touch(&mut self, workspace: WorkspaceId, id: KeyId, at: Timestamp) -> Result<()> {
        let touch = statement(sql::API_KEY_TOUCH)
            .bind(workspace.as_uuid())
            .bind(id.as_uuid())
            .bind(at.as_millis());
        self.change(touch, &id).await
    }
}

#[async_trait]
impl AuditRepo for SqliteUnit {
    async fn append(&mut self, entry: &AuditEntry) -> Result<()> {
        let append =
            statement(sql::AUDIT_APPEND).bind(entry.workspace_id.as_uuid()).bind(json(entry)?);
        self.run(append, &"the record").await.map(drop)
    }

    async fn latest(
        &mut self,
        workspace: WorkspaceId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, AuditEntry)>> {
        let latest = statement(sql::AUDIT_LATEST)
            .bind(workspace.as_uuid())
            .bind(place(before.unwrap_or(u64::MAX)))
            .bind(limit);
        self.all(latest, "audit", placed).await
    }

    async fn onward(
        &mut self,
        workspace: WorkspaceId,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, AuditEntry)>> {
        let onward = statement(sql::AUDIT_ONWARD)
            .bind(workspace.as_uuid())
            .bind(place(after.unwrap_or(0)))
            .bind(limit);
        self.all(onward, "audit", placed).await
    }
}

#[async_trait]
impl ConfirmationRepo for SqliteUnit {
    async fn insert(&mut self, confirmation: &Confirmation) -> Result<()> {
        let insert = statement(sql::CONFIRMATION_INSERT)
            .bind(confirmation.workspace_id.as_uuid())
            .bind(&confirmation.hash)
            .bind(&confirmation.actor)
            .bind(&confirmation.payload)
            .bind(confirmation.expires_at.as_millis());
        self.run(insert, &"the confirmation").await.map(drop)
    }

    async fn take(
        &mut self,
        workspace: WorkspaceId,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<Confirmation>> {
        let expire =
            statement(sql::CONFIRMATION_EXPIRE).bind(workspace.as_uuid()).bind(now.as_millis());
        self.run(expire, &"the confirmation").await?;
        let take = statement(sql::CONFIRMATION_TAKE).bind(workspace.as_uuid()).bind(hash);
        self.one(take, "confirmation", confirmation).await
    }
}
