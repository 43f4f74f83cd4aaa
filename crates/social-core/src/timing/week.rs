//! The hours of a week.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike as _, Timelike as _};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// The hours of a week.
pub const HOURS: usize = 168;

/// An hour of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hour {
    /// 0 is Monday.
    pub weekday: u8,
    /// 0 to 23.
    pub hour: u8,
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// `mon-18`.
impl fmt::Display for Hour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}", DAYS[usize::from(self.weekday % 7)], self.hour)
    }
}

impl FromStr for Hour {
    type Err = BadHour;
    fn from_str(text: &str) -> Result<Self, BadHour> {
        let parts = text.split_once('-').and_then(|(day, hour)| {
            let weekday = DAYS.iter().position(|name| *name == day)?;
            let hour = hour.parse::<u8>().ok().filter(|hour| *hour < 24)?;
            Some(Self { weekday: weekday as u8, hour })
        });
        parts.ok_or_else(|| BadHour(text.to_owned()))
    }
}

/// A text that is no hour of the week.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no hour of the week: one looks like mon-18")]
pub struct BadHour(String);

impl Hour {
    /// The hour that clocks of `zone` show at `at`.
    #[must_use]
    pub fn of(at: Timestamp, zone: Tz) -> Self {
        let local = at.as_datetime().with_timezone(&zone);
        Self { weekday: local.weekday().num_days_from_monday() as u8, hour: local.hour() as u8 }
    }

    /// All of them, from Monday on.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..7).flat_map(|weekday| (0..24).map(move |hour| Self { weekday, hour }))
    }

    /// Its place among all.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.weekday) * 24 + usize::from(self.hour)
    }

    /// Whether it is on a Saturday or Sunday.
    #[must_use]
    pub fn weekend(self) -> bool {
        self.weekday >= 5
    }

    /// It and those an hour around it, on its day and on days like it.
    pub(super) fn near(self) -> Vec<Self> {
        let around = |other: &Self| {
            let apart = self.hour.abs_diff(other.hour);
            apart.min(24 - apart) <= 1 && other.weekend() == self.weekend()
        };
        Self::all().filter(around).collect()
    }
}

/// Hours at which nothing is to go out, from one full hour to another, over midnight where `from`
/// is the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    /// The first quiet hour.
    pub from: u8,
    /// The first hour that is not quiet again.
    pub to: u8,
}

impl QuietHours {
    /// Whether `hour` is quiet.
    #[must_use]
    pub fn contains(self, hour: u8) -> bool {
        if self.from <= self.to {
            (self.from..self.to).contains(&hour)
        } else {
            hour >= self.from || hour < self.to
        }
    }
}
