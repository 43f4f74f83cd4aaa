//! The hours of the week at which an account likes to post.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use chrono::{
    Datelike as _, Days, LocalResult, NaiveDate, NaiveDateTime, Offset as _, TimeZone as _,
};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{AccountId, WorkspaceId};
use crate::Timestamp;

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Weekday {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    fn of(date: NaiveDate) -> Self {
        Self::ALL[date.weekday().num_days_from_monday() as usize]
    }
}

/// A time as clocks on a wall show it, to the minute: `09:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WallTime {
    hour: u8,
    minute: u8,
}

/// A text that is no time of day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time of day: one looks like 09:30")]
pub struct BadWallTime(String);

impl WallTime {
    /// The time of this hour (0 to 23) and minute (0 to 59).
    #[must_use]
    pub fn new(hour: u8, minute: u8) -> Option<Self> {
        (hour < 24 && minute < 60).then_some(Self { hour, minute })
    }
}

impl FromStr for WallTime {
    type Err = BadWallTime;
    fn from_str(text: &str) -> Result<Self, BadWallTime> {
        let digits = |part: &str| {
            let two = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            two.then(|| part.parse().ok()).flatten()
        };
        text.split_once(':')
            .and_then(|(hour, minute)| Self::new(digits(hour)?, digits(minute)?))
            .ok_or_else(|| BadWallTime(text.to_owned()))
    }
}

impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

impl Serialize for WallTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WallTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A time of day on some days of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeeklySlot {
    /// On which days.
    pub weekdays: BTreeSet<Weekday>,
    /// When, by the clocks of the plan's zone.
    pub time: WallTime,
}

/// An IANA time zone, such as `Europe/Berlin`. Its rules are compiled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(Tz);

/// A text that is no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no IANA time zone: one looks like Europe/Berlin")]
pub struct BadZone(String);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// Its rules.
    #[must_use]
    pub const fn tz(self) -> Tz {
        self.0
    }

    /// The instant that the clocks of this zone show as `time` on `date`. A time that the clocks
    /// skip when they are put forward is as much later as they are put forward (RFC 5545, section
    /// 3.3.5); of a time that they show twice it is the first.
    #[must_use]
    pub fn instant(self, date: NaiveDate, time: WallTime) -> Option<Timestamp> {
        let local = date.and_hms_opt(time.hour.into(), time.minute.into(), 0)?;
        let instant = match self.0.from_local_datetime(&local) {
            LocalResult::Single(instant) | LocalResult::Ambiguous(instant, _) => instant.to_utc(),
            LocalResult::None => (local - self.before_gap(local)?).and_utc(),
        };
        Some(instant.into())
    }

    /// The offset that was in force before a local time that does not exist.
    fn before_gap(self, local: NaiveDateTime) -> Option<chrono::TimeDelta> {
        // No zone was ever put forward by more than a day, or by less than a quarter of an hour.
        let step = chrono::TimeDelta::minutes(15);
        let before = (1..=100)
            .find_map(|steps| self.0.from_local_datetime(&(local - step * steps)).latest())?;
        Some(chrono::TimeDelta::seconds(before.offset().fix().local_minus_utc().into()))
    }

    /// The date that the clocks of this zone show.
    fn date(self, at: Timestamp) -> NaiveDate {
        at.as_datetime().with_timezone(&self.0).date_naive()
    }
}

impl FromStr for Zone {
    type Err = BadZone;
    fn from_str(text: &str) -> Result<Self, BadZone> {
        text.parse().map(Self).map_err(|_| BadZone(text.to_owned()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// The hours of the week at which an account likes to post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotPlan {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// Of which account.
    pub account_id: AccountId,
    /// By which clocks.
    pub zone: Zone,
    /// When.
    pub slots: Vec<WeeklySlot>,
}

impl SlotPlan {
    /// The slots of `from..to`, in order, each once.
    #[must_use]
    pub fn between(&self, from: Timestamp, to: Timestamp) -> BTreeSet<Timestamp> {
        // A slot that is shifted out of a gap may fall on the next day.
        let day = Duration::from_secs(24 * 3600);
        let (first, last) = (self.zone.date(from - day), self.zone.date(to));
        let days = std::iter::successors(Some(first), |date| date.checked_add_days(Days::new(1)));
        days.take_while(|date| *date <= last)
            .flat_map(|date| {
                let on = move |slot: &&WeeklySlot| slot.weekdays.contains(&Weekday::of(date));
                self.slots
                    .iter()
                    .filter(on)
                    .filter_map(move |slot| self.zone.instant(date, slot.time))
            })
            .filter(|slot| *slot >= from && *slot < to)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use chrono::Timelike as _;
    use proptest::prelude::*;

    use super::*;

    fn berlin(date: &str, time: &str) -> String {
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        zone.instant(date.parse().unwrap(), time.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn slots_follow_the_clocks_on_the_wall() {
        assert_eq!(berlin("2026-03-28", "09:00"), "2026-03-28T08:00:00Z");
        assert_eq!(berlin("2026-03-30", "09:00"), "2026-03-30T07:00:00Z");
        // Skipped: the clocks go from two to three.
        assert_eq!(berlin("2026-03-29", "02:30"), "2026-03-29T01:30:00Z");
        // Shown twice: the first of the two.
        assert_eq!(berlin("2026-10-25", "02:30"), "2026-10-25T00:30:00Z");
        // A whole day that never was.
        let apia: Zone = "Pacific/Apia".parse().unwrap();
        let skipped = apia.instant("2011-12-30".parse().unwrap(), "12:00".parse().unwrap());
        assert_eq!(skipped.unwrap().to_string(), "2011-12-30T22:00:00Z");
    }

    #[test]
    fn what_is_no_time_or_zone_is_refused() {
        for text in ["9:00", "24:00", "09:60", "+9:00", "09", ""] {
            assert!(text.parse::<WallTime>().is_err(), "{text}");
        }
        assert!("Berlin".parse::<Zone>().is_err());
    }

    proptest! {
        #[test]
        fn a_slot_is_on_the_wall_as_asked_or_just_after_a_gap(
            zone in 0..chrono_tz::TZ_VARIANTS.len(),
            day in 0_u64..20_000,
            minutes in 0_u16..1440,
        ) {
            let tz = chrono_tz::TZ_VARIANTS[zone];
            let date = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + Days::new(day);
            let time = WallTime::new((minutes / 60) as u8, (minutes % 60) as u8).unwrap();
            let at = Zone(tz).instant(date, time).unwrap();
            let wall = at.as_datetime().with_timezone(&tz).naive_local();
            let asked = date.and_hms_opt(time.hour.into(), time.minute.into(), 0).unwrap();
            match tz.from_local_datetime(&asked) {
                LocalResult::None => prop_assert!(wall > asked && wall - asked <= chrono::TimeDelta::days(1)),
                LocalResult::Single(_) => prop_assert_eq!(wall, asked),
                LocalResult::Ambiguous(first, second) => {
                    prop_assert_eq!(wall, asked);
                    prop_assert!(at.as_datetime() == first.to_utc() && first < second);
                }
            }
        }

        #[test]
        fn slots_lie_within_what_is_asked_on_the_days_of_the_plan(
            zone in 0..chrono_tz::TZ_VARIANTS.len(),
            from in 0_i64..4_000_000_000,
            hours in 0_u64..2000,
            day in 0_usize..7,
            minutes in 0_u16..1440,
        ) {
            let tz = chrono_tz::TZ_VARIANTS[zone];
            let time = WallTime::new((minutes / 60) as u8, (minutes % 60) as u8).unwrap();
            let uuid = uuid::Uuid::nil();
            let plan = SlotPlan {
                workspace_id: WorkspaceId::from_uuid(uuid),
                account_id: AccountId::from_uuid(uuid),
                zone: Zone(tz),
                slots: vec![WeeklySlot { weekdays: [Weekday::ALL[day]].into(), time }],
            };
            let from = Timestamp::from_secs(from);
            let to = from + Duration::from_secs(hours * 3600);
            let slots = plan.between(from, to);
            // One a week, and none is lost at the edges.
            prop_assert!(slots.len() as u64 + 1 >= hours / (7 * 24 + 25), "{slots:?}");
            for slot in slots {
                prop_assert!(slot >= from && slot < to);
                let wall = slot.as_datetime().with_timezone(&tz).naive_local();
                let shown = (wall.hour() as u8, wall.minute() as u8) == (time.hour, time.minute);
                let on_day = Weekday::of(wall.date()) == Weekday::ALL[day];
                let asked = tz.from_local_datetime(&wall.date().and_hms_opt(time.hour.into(), time.minute.into(), 0).unwrap());
                prop_assert!(shown && on_day || asked == LocalResult::None || Weekday::of(wall.date().pred_opt().unwrap()) == Weekday::ALL[day]);
            }
        }
    }
}
