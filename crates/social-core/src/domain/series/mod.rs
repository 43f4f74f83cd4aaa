//! Posts that come again: when, by the author's wall clock.
//!
//! A rule gives wall times, such as every Monday at 09:30; the author's zone makes instants of
//! them. So a series keeps its hour when the clocks change. Two things happen to a wall time then:
//!
//! - it does not exist, as 02:30 on the night the clocks go ahead: the post goes out at the first
//!   instant after, 03:00, and the occurrence says that it was shifted;
//! - it comes twice, as 01:30 on the night the clocks go back: the post goes out the first time,
//!   and not again.
//!
//! An occurrence is known by its wall time, which stays the same where a government changes the
//! rules of its zone after it was planned.

mod missed;
mod quiet;
mod row;
mod rule;

use std::collections::BTreeSet;

use chrono::{Duration as Span, LocalResult, NaiveDate, NaiveDateTime, TimeZone as _};
use chrono_tz::Tz;
pub use missed::{CatchUp, Missed};
pub use quiet::QuietHours;
pub use row::{OccurrenceRef, OccurrenceRow, QuietPlan, Repeat, Series, SeriesStatus};
pub use rule::{BadRule, Day, Expression, Rule};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::Timestamp;

/// A date and time as the author's clock shows it.
pub type Wall = NaiveDateTime;

/// When a series comes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurrence {
    /// At which wall times.
    pub rule: Rule,
    /// In whose zone.
    pub zone: Tz,
    /// The first day. Every second week and the like are counted from it.
    pub from: NaiveDate,
    /// The last day, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// Wall times that are left out: called off, or edited and posts of their own since.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub except: BTreeSet<NaiveDateTime>,
}

/// One time that a series comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// When that is.
    pub at: Timestamp,
    /// What the author's clock was meant to show. Unique within the series.
    pub wall: Wall,
    /// Whether that clock shows something else, since the wall time does not exist on that day.
    pub shifted: bool,
}

impl Recurrence {
    /// The first occurrence after `after`, if the series does not end before.
    #[must_use]
    pub fn next_after(&self, after: Timestamp) -> Option<Occurrence> {
        // What these clocks show at an instant they have not shown later before, but where they go
        // back: then the times up to the change are looked at, and found to be past.
        let local = after.as_datetime().with_timezone(&self.zone).naive_local();
        let begin = self.from.and_hms_opt(0, 0, 0)?;
        let mut wall = local.max(begin - Span::seconds(1));
        loop {
            wall = self.rule.next_wall(self.from, wall)?;
            if self.until.is_some_and(|last| wall.date() > last) {
                return None;
            }
            let occurrence = self.resolve(wall);
            if occurrence.at > after && !self.except.contains(&wall) {
                return Some(occurrence);
            }
        }
    }

    /// The occurrences after `after`, in order.
    pub fn after(&self, after: Timestamp) -> impl Iterator<Item = Occurrence> + '_ {
        let mut last = after;
        std::iter::from_fn(move || {
            let next = self.next_after(last)?;
            last = next.at;
            Some(next)
        })
    }

    /// Leaves one occurrence out, such as one that was edited and is a post of its own since.
    pub fn leave_out(&mut self, wall: NaiveDateTime) {
        self.except.insert(wall);
    }

    /// Ends this series before the occurrence at `wall` and gives back what comes from then on, for
    /// an edit of it and all that follow. The rhythm goes on: what comes every second week comes
    /// in the same weeks.
    #[must_use]
    pub fn split(&mut self, wall: NaiveDateTime) -> Self {
        let mut rest = self.clone();
        let walls = self.rule.walls_of(self.from, wall.date());
        let (before, from): (Vec<_>, Vec<_>) = walls.into_iter().partition(|time| *time < wall);
        rest.from = wall.date();
        rest.except = self.except.split_off(&wall);
        rest.except.extend(&before);
        if before.is_empty() {
            self.until = wall.date().pred_opt();
        } else {
            // The day is in both, each with its part of it.
            self.until = Some(wall.date());
            self.except.extend(&from);
        }
        rest
    }

    /// The same occurrence moved by up to `most`, for those who do not want to be seen posting on
    /// the minute. How far depends on `seed`, such as the series' id, and on the wall time alone,
    /// so that it is the same whenever it is asked.
    #[must_use]
    pub fn jittered(occurrence: &Occurrence, most: std::time::Duration, seed: &str) -> Timestamp {
        let mut hash = Sha256::new();
        hash.update(seed);
        hash.update([0]);
        hash.update(occurrence.wall.to_string());
        let hash = hash.finalize();
        let mut number = [0; 8];
        number.copy_from_slice(&hash[..8]);
        let most = u64::try_from(most.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
        occurrence.at + std::time::Duration::from_millis(u64::from_be_bytes(number) % most)
    }

    /// When the author's clock shows `wall`.
    #[must_use]
    pub fn instant(&self, wall: NaiveDateTime) -> Timestamp {
        self.resolve(wall).at
    }

    /// What the author's clock shows at `at`.
    #[must_use]
    pub fn wall(&self, at: Timestamp) -> NaiveDateTime {
        at.as_datetime().with_timezone(&self.zone).naive_local()
    }

    /// Whether it comes at `wall`, which was not left out.
    #[must_use]
    pub fn comes_at(&self, wall: NaiveDateTime) -> bool {
        let within = wall.date() >= self.from && self.until.is_none_or(|last| wall.date() <= last);
        within
            && !self.except.contains(&wall)
            && self.rule.walls_of(self.from, wall.date()).contains(&wall)
    }

    fn resolve(&self, wall: NaiveDateTime) -> Occurrence {
        let (at, shifted) = instant(self.zone, wall);
        Occurrence { at, wall, shifted }
    }
}

/// The instant at which the clocks of `zone` show `wall`, for the first time where they do twice;
/// or, with `true`, the first instant after, where they never do.
fn instant(zone: Tz, wall: NaiveDateTime) -> (Timestamp, bool) {
    let mut shown = wall;
    loop {
        match zone.from_local_datetime(&shown) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => {
                return (at.to_utc().into(), shown != wall);
            }
            // Clocks are changed on the minute. Samoa left out a whole day once, and none more.
            LocalResult::None => shown += Span::minutes(1),
        }
    }
}

#[cfg(test)]
mod tests;
