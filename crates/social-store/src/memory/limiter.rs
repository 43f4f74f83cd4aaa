//! Quotas in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::ports::{Quota, RateLimiter, StoreError};

use super::MemoryStore;

/// Until when each bucket is to be left alone.
#[derive(Debug, Default)]
pub(super) struct Blocks(Mutex<BTreeMap<String, Timestamp>>);

#[async_trait]
impl RateLimiter for MemoryStore {
    async fn blocked(&self, bucket: &str, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let mut blocks = self.blocks.0.lock().unwrap_or_else(PoisonError::into_inner);
        let until = blocks.get(bucket).copied();
        if until.is_some_and(|until| until <= now) {
            blocks.remove(bucket);
        }
        Ok(until.filter(|until| *until > now))
    }

    async fn block(&self, bucket: &str, until: Timestamp) -> Result<(), StoreError> {
        let mut blocks = self.blocks.0.lock().unwrap_or_else(PoisonError::into_inner);
        let row = blocks.entry(bucket.to_owned()).or_insert(until);
        *row = until.max(*row);
        Ok(())
    }

    async fn take(
        &self,
        bucket: &str,
        quota: Quota,
        keep: u32,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let Some(room) = quota.room(keep) else { return Ok(Some(now + quota.per)) };
        let mut blocks = self.blocks.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = blocks.entry(Quota::bucket(bucket)).or_insert(now);
        *full_at = now.max(*full_at);
        if full_at.since(now) > room {
            return Ok(Some(*full_at - room));
        }
        *full_at = *full_at + quota.each();
        Ok(None)
    }
}
