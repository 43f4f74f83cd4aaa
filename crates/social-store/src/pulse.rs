//! When claims happened, without a write for each.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use social_core::Timestamp;

/// How old the written pulse may grow. Within the process it is known to the claim; this is for
/// other processes that look, and each write costs the disk a flush.
const STALE: Duration = Duration::from_secs(5);

/// When claims happened.
#[derive(Debug, Default)]
pub(crate) struct Pulse(Mutex<Beats>);

#[derive(Debug, Default)]
struct Beats {
    last: Option<Timestamp>,
    written: Option<Timestamp>,
}

impl Pulse {
    fn beats(&self) -> MutexGuard<'_, Beats> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last claim of this process.
    pub(crate) fn last(&self) -> Option<Timestamp> {
        self.beats().last
    }

    /// Whether others should be told of a claim at `now`.
    pub(crate) fn is_stale(&self, now: Timestamp) -> bool {
        self.beats().written.is_none_or(|written| now.since(written) >= STALE)
    }

    /// Notes a claim, and whether others were told.
    pub(crate) fn beat(&self, now: Timestamp, written: bool) {
        let mut beats = self.beats();
        beats.last = beats.last.max(Some(now));
        if written {
            beats.written = beats.written.max(Some(now));
        }
    }
}
