//! A series and its occurrences, as they are kept.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::{Missed, QuietHours, Recurrence};
use crate::Timestamp;
use crate::domain::{
    AccountId, Budget, MediaRef, Override, Platform, PostId, SeriesId, Target, WorkspaceId,
};

/// How a post comes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// When.
    pub recurrence: Recurrence,
    /// What becomes of occurrences that nobody was there for.
    #[serde(default)]
    pub missed: Missed,
    /// By how much each is moved at most, so that it is not seen to come on the minute.
    #[serde(default)]
    pub jitter: Duration,
}

impl Repeat {
    /// The most by which occurrences are moved.
    pub const MOST_JITTER: Duration = Duration::from_secs(12 * 3600);
}

impl From<Recurrence> for Repeat {
    fn from(recurrence: Recurrence) -> Self {
        Self { recurrence, missed: Missed::default(), jitter: Duration::ZERO }
    }
}

/// How a series stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeriesStatus {
    /// It comes.
    Active,
    /// Somebody stopped it for a while.
    Paused,
    /// It comes no more.
    Ended,
}

/// A post that comes again: what each of its occurrences is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Its id.
    pub id: SeriesId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The text, unless a network has its own.
    pub content: String,
    /// Where it goes, each with its account.
    pub targets: Vec<Target>,
    /// What single networks get instead.
    pub overrides: BTreeMap<Platform, Override>,
    /// The media, in order.
    pub media: Vec<MediaRef>,
    /// When it comes.
    pub repeat: Repeat,
    /// Whether a person must approve each occurrence.
    pub approval: bool,
    /// What the one who made it may spend; each occurrence is held to it.
    pub budget: Budget,
    /// How it stands.
    pub status: SeriesStatus,
    /// Up to when its occurrences were seen to.
    pub done: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// Rises with each change; a write with an old one is refused.
    pub version: i64,
}

impl Series {
    /// Whether an occurrence that nobody was there for goes out late. Late is what is past by more
    /// than `grace`.
    #[must_use]
    pub fn runs_late(&self, wall: NaiveDateTime, now: Timestamp, grace: Duration) -> bool {
        let recurrence = &self.repeat.recurrence;
        match self.repeat.missed {
            Missed::All => true,
            Missed::Skip => false,
            // The latest stands for all: another that is late too takes its place.
            Missed::Once => recurrence
                .next_after(recurrence.instant(wall))
                .is_none_or(|next| next.at + grace >= now),
        }
    }
}

/// An occurrence that was seen to. Of one wall time of a series there is one at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OccurrenceRow {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// Of which series.
    pub series_id: SeriesId,
    /// What the author's clock was meant to show.
    pub wall: NaiveDateTime,
    /// When it was to go out, moved by jitter and quiet hours.
    pub at: Timestamp,
    /// The post that it became.
    pub post: Option<PostId>,
    /// The post's version as it was made: where it has another, somebody took it in hand, and the
    /// series lets it be.
    pub version: i64,
    /// Why it is no post yet, or never will be.
    pub trouble: Option<String>,
}

/// Which occurrence a post is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OccurrenceRef {
    /// Of which series.
    pub series: SeriesId,
    /// Which one.
    pub wall: NaiveDateTime,
}

/// Hours in which nothing goes out by itself, of a workspace or of one of its accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietPlan {
    /// Whose they are.
    pub workspace_id: WorkspaceId,
    /// Of which account; `None` is all of them.
    pub account_id: Option<AccountId>,
    /// Which hours.
    pub hours: QuietHours,
}

impl QuietPlan {
    /// `at`, or where one of these plans is quiet then, the first instant after that none is.
    /// `None` where they leave no time at all.
    #[must_use]
    pub fn first_loud(plans: &[Self], at: Timestamp) -> Option<Timestamp> {
        let mut time = at;
        // Each round ends the hours of one plan at least; what is loud at all is so within a day.
        for _ in 0..=plans.len() * 3 {
            let next = plans.iter().fold(time, |time, plan| plan.hours.after(time));
            if next == time {
                return Some(time);
            }
            time = next;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn quiet(from: &str, until: &str) -> QuietPlan {
        let time = |text| chrono::NaiveTime::parse_from_str(text, "%H:%M").unwrap();
        QuietPlan {
            workspace_id: WorkspaceId::from_uuid(Uuid::nil()),
            account_id: None,
            hours: QuietHours { from: time(from), until: time(until), zone: chrono_tz::Tz::UTC },
        }
    }

    #[test]
    fn several_quiet_hours_are_all_kept() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let plans = [quiet("06:00", "09:00"), quiet("22:00", "06:30")];
        let loud = |time: &str| QuietPlan::first_loud(&plans, at(time));
        assert_eq!(loud("2027-01-04T23:00:00Z"), Some(at("2027-01-05T09:00:00Z")));
        assert_eq!(loud("2027-01-04T12:00:00Z"), Some(at("2027-01-04T12:00:00Z")));
        let never = [quiet("00:00", "12:00"), quiet("12:00", "00:00")];
        assert_eq!(QuietPlan::first_loud(&never, at("2027-01-04T12:00:00Z")), None);
        assert_eq!(
            QuietPlan::first_loud(&[], at("2027-01-04T12:00:00Z")),
            Some(at("2027-01-04T12:00:00Z"))
        );
    }
}
