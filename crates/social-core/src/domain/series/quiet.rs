//! Hours in which nothing goes out.

use chrono::{Days, NaiveTime};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::instant;
use crate::Timestamp;

/// Hours in which nothing goes out, by the clocks of a zone. They may go over midnight; from and
/// until the same time is no hour at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    /// From this time on.
    pub from: NaiveTime,
    /// Until this time, when posts go out again.
    pub until: NaiveTime,
    /// By whose clocks.
    pub zone: Tz,
}

impl QuietHours {
    /// Whether it is quiet at `at`.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        let time = at.as_datetime().with_timezone(&self.zone).time();
        if self.from <= self.until {
            (self.from..self.until).contains(&time)
        } else {
            time >= self.from || time < self.until
        }
    }

    /// `at`, or where it is quiet then, the first instant after that it is not.
    #[must_use]
    pub fn after(&self, at: Timestamp) -> Timestamp {
        if !self.contains(at) {
            return at;
        }
        let local = at.as_datetime().with_timezone(&self.zone).naive_local();
        let over_midnight = local.time() >= self.until;
        let day = local.date() + Days::new(u64::from(over_midnight));
        let (end, _) = instant(self.zone, day.and_time(self.until));
        if end > at {
            // The clocks may go ahead over all that is not quiet that day.
            return self.after(end);
        }
        // Where the clocks go back, the end comes twice, and the first has passed.
        let mut end = at;
        while self.contains(end) {
            end = end + std::time::Duration::from_secs(60);
        }
        end
    }
}
