//! What many processes share through Redis or Valkey: a cache, quotas, wake-ups, and what is due.
//!
//! None of it is the truth. With the server gone everything goes on: what was cached is made
//! again, each process knows the quotas that it heard of itself, and workers look for jobs by
//! themselves. Once it is back, what was learned meanwhile is told.

mod cache;
mod limiter;
mod link;
mod queue;
mod wakes;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use link::Link;
pub use queue::RedisQueue;
use social_core::Timestamp;
use social_core::ports::{Clock, StoreError};
pub use wakes::RedisWakes;

/// A cache and quotas in Redis or Valkey, shared by all who give the same prefix.
///
/// | | with the server | without |
/// |---|---|---|
/// | a cached value | seen by all, gone after its time | seen by nobody; made again |
/// | a value replaced or removed | so for all | so for this process; others may read the old one from the server until it ended or this process reached it |
/// | a blocked bucket | blocked for all | blocked for those who heard of it; all once it is back |
///
/// The server is asked for half a second at most, and not at all for a second after it failed. It
/// should be set to `maxmemory-policy volatile-ttl` or the like: everything here may be dropped.
pub struct RedisShared {
    link: Link,
    clock: Arc<dyn Clock>,
    here: Mutex<Here>,
}

/// What this process knows by itself.
#[derive(Default)]
struct Here {
    /// Until when buckets are to be left alone.
    blocks: BTreeMap<String, Timestamp>,
    /// Those that the server was not told of.
    untold: BTreeSet<String>,
    /// Cached values that the server may still hold though they were replaced or removed.
    stale: BTreeSet<String>,
}

impl RedisShared {
    /// Shares what is under `prefix` on the server at `url`, such as
    /// `rediss://user:password@host:6379`. Does not wait for the server. Must be called within a
    /// runtime.
    ///
    /// # Errors
    /// Where `url` is none.
    pub fn new(url: &str, prefix: &str, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let link = Link::new(url, prefix, Arc::clone(&clock))?;
        Ok(Self { link, clock, here: Mutex::default() })
    }

    fn here(&self) -> MutexGuard<'_, Here> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for RedisShared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Never the address: it may hold a password.
        f.write_str("RedisShared")
    }
}
