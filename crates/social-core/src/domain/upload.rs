//! Files that come in pieces.

use serde::{Deserialize, Serialize};

use super::{AssetId, UploadId, WorkspaceId};
use crate::Timestamp;
use crate::ports::BlobKey;

/// A file that comes in pieces, over as many connections as it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// What the file is called, for people only.
    pub name: Option<String>,
    /// How many bytes it will have.
    pub length: u64,
    /// What came so far, in order.
    pub pieces: Vec<Piece>,
    /// What is being written and does not count yet. Found by another, it was left behind.
    pub writing: Vec<Piece>,
    /// What it became once all of it came.
    pub asset: Option<AssetId>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it goes unless somebody goes on with it.
    pub expires_at: Timestamp,
    /// Rises with each change; a write with an old one is refused.
    pub version: i64,
}

/// A piece of a file, in a blob of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Where it is.
    pub key: BlobKey,
    /// How many bytes it has.
    pub bytes: u64,
}

impl Upload {
    /// How many bytes came so far.
    #[must_use]
    pub fn offset(&self) -> u64 {
        match self.asset {
            Some(_) => self.length,
            None => self.pieces.iter().map(|piece| piece.bytes).sum(),
        }
    }
}
