//! What every rate limiter does.

use std::sync::Arc;

use super::samples::at;
use crate::ports::RateLimiter;

const BUCKET: &str = "instagram/account/17840";

/// A bucket may be used until the network says to leave it alone, and from that instant again.
pub async fn a_bucket_is_free_until_it_is_blocked(limiter: Arc<dyn RateLimiter>) {
    assert_eq!(limiter.blocked(BUCKET, at(0)).await.expect("blocked"), None);
    limiter.block(BUCKET, at(10)).await.expect("block");
    assert_eq!(limiter.blocked(BUCKET, at(0)).await.expect("blocked"), Some(at(10)));
    assert_eq!(limiter.blocked(BUCKET, at(9)).await.expect("blocked"), Some(at(10)));
    assert_eq!(limiter.blocked(BUCKET, at(10)).await.expect("blocked"), None);
    assert_eq!(limiter.blocked(BUCKET, at(11)).await.expect("blocked"), None);
    limiter.block(BUCKET, at(20)).await.expect("block again");
    assert_eq!(limiter.blocked(BUCKET, at(12)).await.expect("blocked"), Some(at(20)));
}

/// Of two instants the later one wins, in whichever order they come.
pub async fn the_later_instant_wins(limiter: Arc<dyn RateLimiter>) {
    for secs in [10, 30, 20] {
        limiter.block(BUCKET, at(secs)).await.expect("block");
    }
    assert_eq!(limiter.blocked(BUCKET, at(5)).await.expect("blocked"), Some(at(30)));
}

/// One bucket says nothing of another.
pub async fn buckets_do_not_touch(limiter: Arc<dyn RateLimiter>) {
    limiter.block(BUCKET, at(10)).await.expect("block");
    for other in ["instagram/account/1784", "instagram/account/17840/x", ""] {
        assert_eq!(limiter.blocked(other, at(0)).await.expect("blocked"), None, "{other}");
    }
}
