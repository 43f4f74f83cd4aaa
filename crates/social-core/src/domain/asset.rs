//! Uploaded files and what was made of them.

use serde::{Deserialize, Serialize};

use super::media::MediaProbe;
use super::{AssetId, WorkspaceId};
use crate::Timestamp;
use crate::ports::BlobKey;

/// An uploaded file, stored once by its content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asset {
    /// Its id.
    pub id: AssetId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// SHA-256 of its bytes, in lower-case hex.
    pub hash: String,
    /// Where its bytes are.
    pub key: BlobKey,
    /// Its media type, by its bytes.
    pub mime: String,
    /// What it is.
    pub probe: MediaProbe,
    /// The name it was uploaded under, for people only.
    pub name: Option<String>,
    /// When it was uploaded.
    pub created_at: Timestamp,
}

/// An asset made fit for one plan; made once and used again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rendition {
    /// The hash of the asset it was made of.
    pub source: String,
    /// SHA-256 of the plan and the pipeline's version.
    pub plan: String,
    /// Where its bytes are.
    pub key: BlobKey,
    /// Its media type.
    pub mime: String,
    /// What it is.
    pub probe: MediaProbe,
}
