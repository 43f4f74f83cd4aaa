//! Where the bytes of media live.

use std::fmt::{self, Debug};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};
use url::Url;

/// The name of a blob: lower-case letters, digits, `-`, `_`, `.`, and `/` between parts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BlobKey(String);

impl BlobKey {
    /// Checks a name.
    ///
    /// # Errors
    /// [`BlobError::BadKey`] for an empty name, another character, or a part that is empty or
    /// starts with a dot: a key can never leave the folder it is resolved in.
    pub fn new(name: impl Into<String>) -> Result<Self, BlobError> {
        let name = name.into();
        let good = !name.is_empty()
            && name.split('/').all(|part| {
                !part.is_empty()
                    && !part.starts_with('.')
                    && part.bytes().all(|b| {
                        b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b)
                    })
            });
        if good { Ok(Self(name)) } else { Err(BlobError::BadKey(name)) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for BlobKey {
    type Error = BlobError;
    fn try_from(name: String) -> Result<Self, BlobError> {
        Self::new(name)
    }
}

impl From<BlobKey> for String {
    fn from(key: BlobKey) -> Self {
        key.0
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Debug for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a blob could not be had or kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlobError {
    /// No such blob.
    #[error("the file `{0}` is not in the blob store")]
    NotFound(BlobKey),
    /// A name that no blob can have.
    #[error("`{0}` is no name for a blob")]
    BadKey(String),
    /// No room left.
    #[error("the disk that holds the media is full: free some space or move the data folder")]
    Full,
    /// Anything else of the storage behind.
    #[error("the blob store failed: {0}")]
    Io(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Keeps bytes by name.
///
/// Contract: a `put` is atomic, so a reader sees the whole blob or none, and a broken one leaves
/// nothing behind; putting the same key again replaces it; deleting what is not there is no error.
#[async_trait]
pub trait BlobStore: Debug + Send + Sync + 'static {
    /// Stores `bytes` under `key`.
    async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<(), BlobError>;

    /// Stores a copy of the file at `path` under `key`, without holding it in memory.
    async fn put_file(&self, key: &BlobKey, path: &Path) -> Result<(), BlobError>;

    /// How many bytes the blob has, or `None` where there is no such blob.
    async fn len(&self, key: &BlobKey) -> Result<Option<u64>, BlobError>;

    /// The bytes in `range`, in chunks. A range past the end is cut to it.
    async fn read(
        &self,
        key: &BlobKey,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, BlobError>>, BlobError>;

    /// Forgets the blob.
    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError>;

    /// How many bytes there is still room for, where that is known: a bucket has no end.
    async fn room(&self) -> Result<Option<u64>, BlobError> {
        Ok(None)
    }

    /// Where the blob lies on this machine, for stores that are a folder.
    fn local_path(&self, key: &BlobKey) -> Option<PathBuf> {
        let _ = key;
        None
    }

    /// An address that anyone can read the blob at for `ttl`, or `None` where this store has none:
    /// a network that fetches media by URL then gets no such post.
    async fn public_url(&self, key: &BlobKey, ttl: Duration) -> Result<Option<Url>, BlobError>;

    /// Whether `query` is of an address that [`BlobStore::public_url`] handed out for `key` and
    /// that still works. For whoever serves those addresses; a bucket that serves them itself
    /// knows none.
    fn allows(&self, key: &BlobKey, query: &str) -> bool {
        let _ = (key, query);
        false
    }

    /// The whole blob. For small ones: a video belongs in [`BlobStore::read`].
    async fn get(&self, key: &BlobKey) -> Result<Bytes, BlobError> {
        use futures::TryStreamExt as _;
        let chunks: Vec<Bytes> = self.read(key, 0..u64::MAX).await?.try_collect().await?;
        Ok(match <[Bytes; 1]>::try_from(chunks) {
            Ok([whole]) => whole,
            Err(chunks) => chunks.concat().into(),
        })
    }
}
