//! A cache in Redis.

use std::time::Duration;

use ::redis::AsyncCommands as _;
use async_trait::async_trait;
use bytes::Bytes;
use social_core::Timestamp;
use social_core::ports::{Cache, StoreError};

use super::RedisShared;

/// A value with the instant of its end before it: who asks has a clock of its own.
fn pack(end: Timestamp, value: &[u8]) -> Vec<u8> {
    [&end.as_millis().to_be_bytes(), value].concat()
}

fn unpack(packed: Vec<u8>, now: Timestamp) -> Option<Bytes> {
    let end = i64::from_be_bytes(*packed.first_chunk()?);
    (end > now.as_millis()).then(|| Bytes::from(packed).slice(8..))
}

impl RedisShared {
    /// Makes the server forget what it should have forgotten while it was away. Whether it did.
    async fn forget_stale(&self) -> bool {
        let stale: Vec<String> = self.here().stale.iter().cloned().collect();
        if stale.is_empty() {
            return true;
        }
        let keys: Vec<String> = stale.iter().map(|key| self.link.key("cache", key)).collect();
        let done = self.link.ask(async |link| link.del::<_, ()>(keys).await).await.is_some();
        if done {
            let mut here = self.here();
            for key in &stale {
                here.stale.remove(key);
            }
        }
        done
    }
}

#[async_trait]
impl Cache for RedisShared {
    async fn get(&self, key: &str, now: Timestamp) -> Result<Option<Bytes>, StoreError> {
        if !self.forget_stale().await && self.here().stale.contains(key) {
            return Ok(None);
        }
        let name = self.link.key("cache", key);
        let found = self.link.ask(async |link| link.get::<_, Option<Vec<u8>>>(name).await).await;
        Ok(found.flatten().and_then(|packed| unpack(packed, now)))
    }

    async fn put(
        &self,
        key: &str,
        value: Bytes,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<(), StoreError> {
        let name = self.link.key("cache", key);
        let packed = pack(now + ttl, &value);
        let millis = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1);
        // Before it is asked: an answer that is lost may mean either.
        self.here().stale.insert(key.to_owned());
        let put = async |link: &mut ::redis::aio::ConnectionManager| {
            link.pset_ex::<_, _, ()>(name, packed, millis).await
        };
        if self.link.ask(put).await.is_some() {
            self.here().stale.remove(key);
        }
        Ok(())
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.here().stale.insert(key.to_owned());
        self.forget_stale().await;
        Ok(())
    }
}
