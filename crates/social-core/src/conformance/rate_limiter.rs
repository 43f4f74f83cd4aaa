//! What every rate limiter does.

use std::sync::Arc;
use std::time::Duration;

use super::samples::at;
use crate::ports::{Quota, RateLimiter};

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

/// Several buckets are asked about at once, and told in their order.
pub async fn several_buckets_are_told_in_order(limiter: Arc<dyn RateLimiter>) {
    limiter.block("one", at(10)).await.expect("block");
    limiter.block("over", at(1)).await.expect("block");
    let buckets = ["never", "one", "over", "one"].map(str::to_owned);
    let each = limiter.blocked_each(&buckets, at(5)).await.expect("blocked_each");
    assert_eq!(each, [None, Some(at(10)), None, Some(at(10))]);
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

/// A quota is taken until it is empty, comes back evenly, and keeps what others are to have.
pub async fn a_quota_is_taken_and_comes_back(limiter: Arc<dyn RateLimiter>) {
    let quota = Quota { calls: 4, per: Duration::from_secs(40) };
    let take = async |keep, now| limiter.take(BUCKET, quota, keep, at(now)).await.expect("take");
    assert_eq!(take(2, 0).await, None);
    assert_eq!(take(2, 0).await, None);
    assert_eq!(take(2, 0).await, Some(at(10)), "two are kept for others");
    assert_eq!(take(0, 0).await, None);
    assert_eq!(take(0, 0).await, None);
    assert_eq!(take(0, 0).await, Some(at(10)), "all are taken");
    assert_eq!(take(0, 10).await, None, "one came back");
    assert_eq!(take(0, 10).await, Some(at(20)));
    for _ in 0..4 {
        assert_eq!(take(0, 100).await, None, "all came back");
    }
    assert_eq!(limiter.blocked(BUCKET, at(0)).await.expect("blocked"), None);
}

/// Of many who take at once no more get a call than there are.
pub async fn of_many_who_take_no_more_get_one_than_there_are(limiter: Arc<dyn RateLimiter>) {
    let quota = Quota { calls: 5, per: Duration::from_secs(50) };
    let takes = (0..20).map(|_| limiter.take(BUCKET, quota, 0, at(0)));
    let taken = futures::future::join_all(takes).await;
    let free = taken.iter().filter(|taken| matches!(taken, Ok(None))).count();
    assert_eq!(free, 5, "{taken:?}");
    assert!(taken.iter().all(|taken| matches!(taken, Ok(None | Some(_)))), "{taken:?}");
}

/// What is left of a quota is told for any time to come, and a network's own word counts.
pub async fn what_is_left_of_a_quota_is_known(limiter: Arc<dyn RateLimiter>) {
    let quota = Quota { calls: 4, per: Duration::from_secs(40) };
    let left = async |then| limiter.left(BUCKET, quota, at(0), at(then)).await.expect("left");
    assert_eq!(left(0).await, 4);
    for _ in 0..3 {
        assert_eq!(limiter.take(BUCKET, quota, 0, at(0)).await.expect("take"), None);
    }
    assert_eq!((left(0).await, left(10).await, left(25).await, left(90).await), (1, 2, 3, 4));
    limiter.know(BUCKET, quota, 2, at(0)).await.expect("know");
    assert_eq!(left(0).await, 1, "more was taken than the network knows of");
    limiter.know(BUCKET, quota, 0, at(0)).await.expect("know");
    assert_eq!(left(0).await, 0);
    let taken = limiter.take(BUCKET, quota, 0, at(0)).await.expect("take");
    assert_eq!(taken, Some(at(10)), "nothing is left, as the network says");
}
