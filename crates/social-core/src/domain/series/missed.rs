//! What becomes of occurrences that nobody was there for.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Occurrence, Recurrence};
use crate::Timestamp;

/// What to do with occurrences that were missed, such as over a night without power.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// Nothing: the series goes on with the next one.
    #[default]
    Skip,
    /// The latest of them stands for all.
    Once,
    /// Each of them, oldest first.
    All,
}

/// What is to be done now, and when to look again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatchUp {
    /// What is to be posted, oldest first.
    pub run: Vec<Occurrence>,
    /// How many were missed that are not.
    pub skipped: usize,
    /// What comes next.
    pub next: Option<Occurrence>,
}

impl Recurrence {
    /// What of this series is due at `now`, where all up to `done` was seen to.
    ///
    /// What is late by `grace` or less was not missed. Under [`Missed::All`] the latest `most` are
    /// run, so that a series that comes every minute does not flood a network after a week.
    #[must_use]
    pub fn catch_up(
        &self,
        done: Timestamp,
        now: Timestamp,
        missed: Missed,
        grace: Duration,
        most: usize,
    ) -> CatchUp {
        let due = || self.after(done).take_while(|occurrence| occurrence.at <= now);
        let (mut late, mut run): (Vec<_>, Vec<_>) =
            due().partition(|occurrence| occurrence.at + grace < now);
        let all = late.len();
        let kept = match missed {
            Missed::Skip => 0,
            Missed::Once => 1,
            Missed::All => most,
        };
        let mut kept = late.split_off(all.saturating_sub(kept));
        let skipped = late.len();
        kept.append(&mut run);
        CatchUp { run: kept, skipped, next: self.next_after(now) }
    }
}
