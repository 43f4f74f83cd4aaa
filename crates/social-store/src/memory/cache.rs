//! A cache in memory.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use social_core::Timestamp;
use social_core::ports::{Cache, StoreError};

use super::MemoryStore;

/// How many bytes a cache holds at most, keys included.
const ROOM: usize = 16 << 20;

/// A cache in memory. It holds at most 16 MiB: beyond that, what ends first goes first.
#[derive(Default)]
pub struct MemoryCache(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    rows: BTreeMap<String, (Timestamp, Bytes)>,
    bytes: usize,
}

impl Entries {
    fn remove(&mut self, key: &str) {
        if let Some((_, value)) = self.rows.remove(key) {
            self.bytes -= key.len() + value.len();
        }
    }

    /// Forgets what has ended, and then what ends first, until there is room for `more`.
    fn make_room(&mut self, more: usize, now: Timestamp) {
        if self.bytes + more <= ROOM {
            return;
        }
        let mut ends: Vec<_> =
            self.rows.iter().map(|(key, (end, _))| (*end, key.clone())).collect();
        ends.sort();
        for (end, key) in ends {
            if end > now && self.bytes + more <= ROOM {
                return;
            }
            self.remove(&key);
        }
    }
}

impl MemoryCache {
    /// An empty cache.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryCache({} values)", self.entries().rows.len())
    }
}

#[async_trait]
impl Cache for MemoryCache {
    async fn get(&self, key: &str, now: Timestamp) -> Result<Option<Bytes>, StoreError> {
        let mut entries = self.entries();
        match entries.rows.get(key) {
            Some((end, value)) if *end > now => Ok(Some(value.clone())),
            Some(_) => {
                entries.remove(key);
                Ok(None)
            }
            None => Ok(None),
        }
    }

    async fn put(
        &self,
        key: &str,
        value: Bytes,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<(), StoreError> {
        let mut entries = self.entries();
        entries.remove(key);
        let size = key.len() + value.len();
        if size <= ROOM {
            entries.make_room(size, now);
            entries.bytes += size;
            entries.rows.insert(key.to_owned(), (now + ttl, value));
        }
        Ok(())
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.entries().remove(key);
        Ok(())
    }
}

#[async_trait]
impl Cache for MemoryStore {
    async fn get(&self, key: &str, now: Timestamp) -> Result<Option<Bytes>, StoreError> {
        self.cache.get(key, now).await
    }

    async fn put(
        &self,
        key: &str,
        value: Bytes,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<(), StoreError> {
        self.cache.put(key, value, now, ttl).await
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.cache.remove(key).await
    }
}
