//! Quotas shared by all workers, and a cache.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::StoreError;
use crate::Timestamp;

/// Knows when a network may be asked again.
///
/// Contract: a bucket is named by what is limited, such as `instagram/account/1784…`. Asking does
/// not wait: a worker gives its job back until the time it is told. Buckets are shared by all who
/// share the limiter.
#[async_trait]
pub trait RateLimiter: Debug + Send + Sync + 'static {
    /// Whether `bucket` may be used at `now`: `None`, or the instant from which it may.
    async fn blocked(&self, bucket: &str, now: Timestamp) -> Result<Option<Timestamp>, StoreError>;

    /// The network said to leave `bucket` alone until `until`. A later instant wins.
    async fn block(&self, bucket: &str, until: Timestamp) -> Result<(), StoreError>;
}

/// Keeps what can be had again.
///
/// Contract: a value is gone after its time, and may be gone earlier.
#[async_trait]
pub trait Cache: Debug + Send + Sync + 'static {
    /// The value of `key`, if it is still there.
    async fn get(&self, key: &str, now: Timestamp) -> Result<Option<Bytes>, StoreError>;

    /// Keeps a value for at most `ttl`.
    async fn put(
        &self,
        key: &str,
        value: Bytes,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<(), StoreError>;

    /// Forgets a value.
    async fn remove(&self, key: &str) -> Result<(), StoreError>;
}
