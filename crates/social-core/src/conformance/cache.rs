//! What every cache does. A value may be gone early, so these only look at what may never be.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::samples::at;
use crate::ports::Cache;

const TTL: Duration = Duration::from_secs(10);

/// A value comes back as it was put, and is gone after its time.
pub async fn a_value_is_kept_for_its_time_at_most(cache: Arc<dyn Cache>) {
    assert_eq!(cache.get("k", at(0)).await.expect("get"), None);
    cache.put("k", Bytes::from_static(b"v"), at(0), TTL).await.expect("put");
    let early = cache.get("k", at(9)).await.expect("get");
    assert!(early.is_none_or(|value| &*value == b"v"));
    assert_eq!(cache.get("k", at(10)).await.expect("get"), None);
    assert_eq!(cache.get("other", at(0)).await.expect("get"), None);
}

/// Of two values the last one counts, with its own time.
pub async fn the_last_value_counts(cache: Arc<dyn Cache>) {
    cache.put("k", Bytes::from_static(b"old"), at(0), TTL * 10).await.expect("put");
    cache.put("k", Bytes::from_static(b"new"), at(1), TTL).await.expect("put");
    let value = cache.get("k", at(2)).await.expect("get");
    assert!(value.is_none_or(|value| &*value == b"new"));
    assert_eq!(cache.get("k", at(11)).await.expect("get"), None);
}

/// A value that was forgotten does not come back.
pub async fn a_removed_value_is_gone(cache: Arc<dyn Cache>) {
    cache.put("k", Bytes::from_static(b"v"), at(0), TTL).await.expect("put");
    cache.remove("k").await.expect("remove");
    assert_eq!(cache.get("k", at(1)).await.expect("get"), None);
    cache.remove("k").await.expect("remove what is not there");
}
