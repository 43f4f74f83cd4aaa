//! Quotas shared by all workers, and a cache.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::Timestamp;

/// So many calls in such a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// How many.
    pub calls: u32,
    /// In how long.
    pub per: Duration,
}

impl Quota {
    /// The time in which one call comes back; of no calls, all of it.
    #[must_use]
    pub fn each(self) -> Duration {
        self.per / self.calls.max(1)
    }

    /// How far ahead the instant at which all calls are back may be for one more to be taken,
    /// leaving `keep` of them to others; `None` where there is none at all.
    #[must_use]
    pub fn room(self, keep: u32) -> Option<Duration> {
        Some(self.each() * self.calls.checked_sub(1)?.saturating_sub(keep))
    }

    /// How many calls there will be at `at`, where all are back at `full_at`.
    #[must_use]
    pub fn left(self, full_at: Option<Timestamp>, at: Timestamp) -> u32 {
        let back = full_at.map_or(Duration::ZERO, |full_at| full_at.since(at)).as_millis();
        let used = back.div_ceil(self.each().as_millis().max(1));
        self.calls.saturating_sub(u32::try_from(used).unwrap_or(u32::MAX))
    }

    /// The bucket of the calls in `bucket`, which is not that of pauses.
    #[must_use]
    pub fn bucket(bucket: &str) -> String {
        format!("{bucket}#calls")
    }
}

/// Knows when a network may be asked again.
///
/// Contract: a bucket is named by what is limited, such as `instagram/account/1784…`. Asking does
/// not wait: a worker gives its job back until the time it is told. Buckets are shared by all who
/// share the limiter.
#[async_trait]
pub trait RateLimiter: Debug + Send + Sync + 'static {
    /// Whether `bucket` may be used at `now`: `None`, or the instant from which it may.
    async fn blocked(&self, bucket: &str, now: Timestamp) -> Result<Option<Timestamp>, StoreError>;

    /// The same of several buckets, in their order.
    async fn blocked_each(
        &self,
        buckets: &[String],
        now: Timestamp,
    ) -> Result<Vec<Option<Timestamp>>, StoreError> {
        let mut each = Vec::new();
        for bucket in buckets {
            each.push(self.blocked(bucket, now).await?);
        }
        Ok(each)
    }

    /// Whether what other processes share can be reached right now; an error says why not. One that
    /// goes on by itself meanwhile says so all the same. Default: there is nothing to reach.
    async fn reach(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// The network said to leave `bucket` alone until `until`. A later instant wins.
    async fn block(&self, bucket: &str, until: Timestamp) -> Result<(), StoreError>;

    /// Takes one call of `quota` from `bucket`, leaving `keep` of them to others: `None`, or the
    /// instant from which there is one. What is not used comes back evenly (a token bucket by the
    /// generic cell rate algorithm: the bucket's instant is when it is full again).
    ///
    /// As provided it stands on the other two, so workers that take at the very same moment may
    /// get a call too many; a limiter that can do it in one step does.
    async fn take(
        &self,
        bucket: &str,
        quota: Quota,
        keep: u32,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let Some(room) = quota.room(keep) else { return Ok(Some(now + quota.per)) };
        let bucket = Quota::bucket(bucket);
        let full_at = self.blocked(&bucket, now).await?.unwrap_or(now);
        if full_at.since(now) > room {
            return Ok(Some(full_at - room));
        }
        self.block(&bucket, full_at + quota.each()).await?;
        Ok(None)
    }

    /// How many calls of `quota` there will be in `bucket` at `at`, if none is taken from `now` on.
    async fn left(
        &self,
        bucket: &str,
        quota: Quota,
        now: Timestamp,
        at: Timestamp,
    ) -> Result<u32, StoreError> {
        Ok(quota.left(self.blocked(&Quota::bucket(bucket), now).await?, at))
    }

    /// The network said that only `left` calls of `quota` are left: no more are there from now on.
    /// Where fewer were known to be left, that stands.
    async fn know(
        &self,
        bucket: &str,
        quota: Quota,
        left: u32,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let used = quota.calls.saturating_sub(left);
        if used == 0 {
            return Ok(());
        }
        self.block(&Quota::bucket(bucket), now + quota.each() * used).await
    }
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
