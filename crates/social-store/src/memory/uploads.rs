//! Files that come in pieces, in memory.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{Upload, UploadId, WorkspaceId};
use social_core::ports::{StoreError, UploadRepo};

use super::unit::MemoryUnit;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl UploadRepo for MemoryUnit {
    async fn insert(&mut self, upload: &Upload) -> Result<()> {
        let key = (upload.workspace_id, upload.id);
        self.put_new(|s| &mut s.uploads, key, upload.clone(), upload.id)
    }

    async fn get(&mut self, workspace: WorkspaceId, id: UploadId) -> Result<Option<Upload>> {
        Ok(self.state.uploads.get(&(workspace, id)).cloned())
    }

    async fn update(&mut self, upload: &mut Upload) -> Result<()> {
        let key = (upload.workspace_id, upload.id);
        if self.state.uploads.get(&key).is_none_or(|row| row.version != upload.version) {
            return self.conflict(upload.id);
        }
        upload.version += 1;
        self.put(|s| &mut s.uploads, key, upload.clone());
        Ok(())
    }

    async fn remove(&mut self, workspace: WorkspaceId, id: UploadId) -> Result<()> {
        self.take(|s| &mut s.uploads, (workspace, id));
        Ok(())
    }

    async fn reserved(&mut self, workspace: WorkspaceId) -> Result<u64> {
        let rows = self.state.uploads.values();
        let open = rows.filter(|row| row.workspace_id == workspace && row.asset.is_none());
        Ok(open.map(|row| row.length).sum())
    }

    async fn expired(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Upload>> {
        let rows = self.state.uploads.values();
        let mut expired: Vec<_> = rows.filter(|row| row.expires_at < now).cloned().collect();
        expired.sort_by_key(|row| row.expires_at);
        expired.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(expired)
    }
}
