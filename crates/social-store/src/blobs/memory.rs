//! Blobs in memory.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use social_core::Timestamp;
use social_core::ports::{BlobError, BlobKey, BlobStore, Clock};
use url::Url;

use super::{CHUNK, PublicLinks, cut, failed};

/// Blobs in memory, for tests and simulations.
#[derive(Default)]
pub struct MemoryBlobs {
    blobs: Mutex<BTreeMap<BlobKey, Bytes>>,
    links: Option<PublicLinks>,
}

impl MemoryBlobs {
    /// An empty store without public addresses.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with public addresses below `base`.
    #[must_use]
    pub fn with_public_base(
        mut self,
        base: Url,
        signing_key: &[u8],
        clock: Arc<dyn Clock>,
    ) -> Self {
        self.links = Some(PublicLinks::new(base, signing_key, clock));
        self
    }

    /// Whether a public address of this store is genuine and still good at `now`.
    #[must_use]
    pub fn verify_public(&self, key: &BlobKey, expires: i64, sig: &str, now: Timestamp) -> bool {
        self.links.as_ref().is_some_and(|links| links.verify(key, expires, sig, now))
    }

    fn blobs(&self) -> MutexGuard<'_, BTreeMap<BlobKey, Bytes>> {
        self.blobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryBlobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryBlobs({} blobs)", self.blobs().len())
    }
}

#[async_trait]
impl BlobStore for MemoryBlobs {
    async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<(), BlobError> {
        self.blobs().insert(key.clone(), bytes);
        Ok(())
    }

    async fn put_file(&self, key: &BlobKey, path: &Path) -> Result<(), BlobError> {
        let bytes = tokio::fs::read(path).await.map_err(failed)?;
        self.put(key, bytes.into()).await
    }

    async fn len(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        Ok(self.blobs().get(key).map(|blob| blob.len() as u64))
    }

    async fn read(
        &self,
        key: &BlobKey,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, BlobError>>, BlobError> {
        let blob = self.blobs().get(key).cloned();
        let blob = blob.ok_or_else(|| BlobError::NotFound(key.clone()))?;
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let range = cut(&range, blob.len() as u64);
        let blob = blob.slice(place(range.start)..place(range.end));
        let chunks = (0..blob.len())
            .step_by(place(CHUNK))
            .map(move |start| Ok(blob.slice(start..blob.len().min(start + place(CHUNK)))));
        Ok(stream::iter(chunks).boxed())
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        self.blobs().remove(key);
        Ok(())
    }

    async fn public_url(&self, key: &BlobKey, ttl: Duration) -> Result<Option<Url>, BlobError> {
        self.links.as_ref().map(|links| links.url(key, ttl)).transpose()
    }

    fn allows(&self, key: &BlobKey, query: &str) -> bool {
        self.links.as_ref().is_some_and(|links| links.allows(key, query))
    }
}
