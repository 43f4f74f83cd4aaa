//! API keys, the record of who did what, and confirmations in memory.

use std::ops::Bound;

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{ApiKey, AuditEntry, Confirmation, KeyId, WorkspaceId};
use social_core::ports::{AuditRepo, ConfirmationRepo, KeyRepo, StoreError};

use super::unit::MemoryUnit;

type Result<T> = std::result::Result<T, StoreError>;

impl MemoryUnit {
    /// Writes a key anew that must be there.
    fn change_key(
        &mut self,
        workspace: WorkspaceId,
        id: KeyId,
        change: impl FnOnce(&mut ApiKey),
    ) -> Result<()> {
        let Some(mut key) = self.state.keys.get(&(workspace, id)).cloned() else {
            return Err(StoreError::NotFound(id.to_string()));
        };
        change(&mut key);
        self.put(|s| &mut s.keys, (workspace, id), key);
        Ok(())
    }
}

#[async_trait]
impl KeyRepo for MemoryUnit {
    async fn insert(&mut self, key: &ApiKey) -> Result<()> {
        let row = (key.workspace_id, key.id);
        self.put_new(|s| &mut s.keys_by_hash, key.hash.clone(), row, key.id)?;
        self.put_new(|s| &mut s.keys, row, key.clone(), key.id)
    }

    async fn by_hash(&mut self, hash: &str) -> Result<Option<ApiKey>> {
        let row = self.state.keys_by_hash.get(hash);
        Ok(row.and_then(|row| self.state.keys.get(row)).cloned())
    }

    async fn list(&mut self, workspace: WorkspaceId) -> Result<Vec<ApiKey>> {
        let keys = self.state.keys.values();
        Ok(keys.filter(|key| key.workspace_id == workspace).cloned().collect())
    }

    async fn revoke(&mut self, workspace: WorkspaceId, id: KeyId, at: Timestamp) -> Result<()> {
        self.change_key(workspace, id, |key| key.revoked_at = key.revoked_at.or(Some(at)))
    }

    async fn touch(&mut self, workspace: WorkspaceId, id: KeyId, at: Timestamp) -> Result<()> {
        self.change_key(workspace, id, |key| key.last_used_at = key.last_used_at.max(Some(at)))
    }
}

#[async_trait]
impl AuditRepo for MemoryUnit {
    async fn append(&mut self, entry: &AuditEntry) -> Result<()> {
        let key = (entry.workspace_id, self.next_place());
        self.put(|s| &mut s.audit, key, entry.clone());
        Ok(())
    }

    async fn latest(
        &mut self,
        workspace: WorkspaceId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, AuditEntry)>> {
        let end = (workspace, before.unwrap_or(u64::MAX));
        let rows = self.state.audit.range((workspace, 0)..end).rev();
        Ok(rows.take(limit as usize).map(placed).collect())
    }

    async fn onward(
        &mut self,
        workspace: WorkspaceId,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, AuditEntry)>> {
        let from = Bound::Excluded((workspace, after.unwrap_or(0)));
        let rows = self.state.audit.range((from, Bound::Included((workspace, u64::MAX))));
        Ok(rows.take(limit as usize).map(placed).collect())
    }
}

fn placed(row: (&(WorkspaceId, u64), &AuditEntry)) -> (u64, AuditEntry) {
    (row.0.1, row.1.clone())
}

#[async_trait]
impl ConfirmationRepo for MemoryUnit {
    async fn insert(&mut self, confirmation: &Confirmation) -> Result<()> {
        let key = (confirmation.workspace_id, confirmation.hash.clone());
        self.put_new(|s| &mut s.confirmations, key, confirmation.clone(), "the confirmation")
    }

    async fn take(
        &mut self,
        workspace: WorkspaceId,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<Confirmation>> {
        let rows = self.state.confirmations.iter();
        let expired: Vec<_> = rows
            .filter(|((ws, _), row)| *ws == workspace && row.expires_at < now)
            .map(|(key, _)| key.clone())
            .collect();
        for key in expired {
            MemoryUnit::take(self, |s| &mut s.confirmations, key);
        }
        Ok(MemoryUnit::take(self, |s| &mut s.confirmations, (workspace, hash.to_owned())))
    }
}
