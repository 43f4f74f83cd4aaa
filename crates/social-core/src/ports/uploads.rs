//! Files that come in pieces.

use async_trait::async_trait;

use super::StoreError;
use crate::Timestamp;
use crate::domain::{Upload, UploadId, WorkspaceId};

/// Files that come in pieces. The pieces themselves are blobs.
#[async_trait]
pub trait UploadRepo: Send {
    /// A new one.
    async fn insert(&mut self, upload: &Upload) -> Result<(), StoreError>;
    /// One of them.
    async fn get(
        &mut self,
        workspace: WorkspaceId,
        id: UploadId,
    ) -> Result<Option<Upload>, StoreError>;
    /// Compare-and-swap on the version.
    async fn update(&mut self, upload: &mut Upload) -> Result<(), StoreError>;
    /// Forgets one, if it is there.
    async fn remove(&mut self, workspace: WorkspaceId, id: UploadId) -> Result<(), StoreError>;
    /// How many bytes those have in all that did not become an asset yet, once all of them came.
    async fn reserved(&mut self, workspace: WorkspaceId) -> Result<u64, StoreError>;
    /// Those of all workspaces that expired before `now`, the longest ago first.
    async fn expired(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Upload>, StoreError>;
}
