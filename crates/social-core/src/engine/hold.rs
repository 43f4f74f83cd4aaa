//! A job under way, and until when it surely is its worker's.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::Timestamp;

/// What a worker knows of a lease by itself, without asking: counted from before it asked for it.
///
/// The store refuses what a stale worker would write, but a network knows no leases. A worker that
/// stood still between the fence and the request, for as long as its lease lasts, must not send: by
/// then another may have looked, found nothing, and sent it.
#[derive(Debug)]
pub(super) struct Hold {
    until: AtomicI64,
    /// Stops the job.
    pub(super) stop: CancellationToken,
}

impl Hold {
    /// Of a lease that was asked for at `asked`.
    pub(super) fn new(asked: Timestamp, lease: Duration) -> Self {
        let hold = Self { until: AtomicI64::new(i64::MIN), stop: CancellationToken::new() };
        hold.prolong(asked, lease);
        hold
    }

    /// It was prolonged, by a request that was made at `asked`.
    pub(super) fn prolong(&self, asked: Timestamp, lease: Duration) {
        // Clocks differ a little, and a request takes its time.
        let until = asked + lease - lease / 6;
        self.until.fetch_max(until.as_millis(), Ordering::Relaxed);
    }

    /// Whether nobody else can have the job by now.
    pub(super) fn is_sure(&self, now: Timestamp) -> bool {
        now.as_millis() < self.until.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_before_the_lease_does_unless_it_is_prolonged() {
        let (start, lease) = (Timestamp::from_secs(1000), Duration::from_secs(30));
        let at = |secs| start + Duration::from_secs(secs);
        let hold = Hold::new(start, lease);
        assert!(hold.is_sure(at(24)) && !hold.is_sure(at(25)));
        hold.prolong(at(10), lease);
        hold.prolong(at(5), lease);
        assert!(hold.is_sure(at(34)) && !hold.is_sure(at(35)));
    }
}
