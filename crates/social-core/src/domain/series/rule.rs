//! At which wall times a series comes.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{
    DateTime, Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _, Utc, Weekday,
};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use serde::{Deserialize, Serialize};

/// At which wall times a series comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "Written")]
pub enum Rule {
    /// Every so many days.
    Daily {
        /// 1 is every day.
        every: u16,
        /// At which time.
        at: NaiveTime,
    },
    /// On days of the week, every so many weeks. Weeks begin on Monday.
    Weekly {
        /// 1 is every week.
        every: u16,
        /// On which days.
        days: BTreeSet<Day>,
        /// At which time.
        at: NaiveTime,
    },
    /// On a day of the month, every so many months.
    Monthly {
        /// 1 is every month.
        every: u16,
        /// From 1. A month that has no such day uses its last one, so 31 is the last of each.
        day: u8,
        /// At which time.
        at: NaiveTime,
    },
    /// By an expression of five fields, as in cron: `30 9 * * mon-fri`. Also `L` for the last day
    /// of a month, `mon#2` for the second Monday, and `@daily` and its like.
    Cron {
        /// The expression.
        expression: Expression,
    },
}

/// A day of the week, in the order of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub Weekday);

impl Ord for Day {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.num_days_from_monday().cmp(&other.0.num_days_from_monday())
    }
}

impl PartialOrd for Day {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// An expression of cron that was checked.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Expression {
    text: String,
    cron: Box<Cron>,
}

/// A rule that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRule {
    /// An expression that cron does not know.
    #[error("`{text}` is no cron expression: {detail}. One looks like `30 9 * * mon-fri`")]
    Expression {
        /// What was written.
        text: String,
        /// What is wrong with it.
        detail: String,
    },
    /// Every 0th day, or so seldom that it is surely not meant.
    #[error("`every` must be from 1 to {0}")]
    Every(u16),
    /// No such day of any month.
    #[error("`day` must be from 1 to 31")]
    DayOfMonth,
    /// On no day of the week.
    #[error("name at least one day of the week")]
    NoDay,
}

/// The rule as it is written, before it is checked.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Written {
    Daily { every: u16, at: NaiveTime },
    Weekly { every: u16, days: BTreeSet<Day>, at: NaiveTime },
    Monthly { every: u16, day: u8, at: NaiveTime },
    Cron { expression: Expression },
}

impl TryFrom<Written> for Rule {
    type Error = BadRule;
    fn try_from(written: Written) -> Result<Self, BadRule> {
        match written {
            Written::Daily { every, at } => Self::daily(every, at),
            Written::Weekly { every, days, at } => Self::weekly(every, days, at),
            Written::Monthly { every, day, at } => Self::monthly(every, day, at),
            Written::Cron { expression } => Ok(Self::Cron { expression }),
        }
    }
}

fn within(every: u16, most: u16) -> Result<u16, BadRule> {
    if (1..=most).contains(&every) { Ok(every) } else { Err(BadRule::Every(most)) }
}

/// Seconds are nobody's business here.
fn to_the_minute(at: NaiveTime) -> NaiveTime {
    NaiveTime::from_hms_opt(at.hour(), at.minute(), 0).unwrap_or(at)
}

impl Rule {
    /// Every `every` days, at most 366.
    ///
    /// # Errors
    /// [`BadRule::Every`].
    pub fn daily(every: u16, at: NaiveTime) -> Result<Self, BadRule> {
        Ok(Self::Daily { every: within(every, 366)?, at: to_the_minute(at) })
    }

    /// On `days`, every `every` weeks, at most 52.
    ///
    /// # Errors
    /// [`BadRule::Every`], [`BadRule::NoDay`].
    pub fn weekly(every: u16, days: BTreeSet<Day>, at: NaiveTime) -> Result<Self, BadRule> {
        if days.is_empty() {
            return Err(BadRule::NoDay);
        }
        Ok(Self::Weekly { every: within(every, 52)?, days, at: to_the_minute(at) })
    }

    /// On the `day`th, every `every` months, at most 24.
    ///
    /// # Errors
    /// [`BadRule::Every`], [`BadRule::DayOfMonth`].
    pub fn monthly(every: u16, day: u8, at: NaiveTime) -> Result<Self, BadRule> {
        if !(1..=31).contains(&day) {
            return Err(BadRule::DayOfMonth);
        }
        Ok(Self::Monthly { every: within(every, 24)?, day, at: to_the_minute(at) })
    }

    /// By an expression of cron.
    ///
    /// # Errors
    /// [`BadRule::Expression`].
    pub fn cron(expression: impl Into<String>) -> Result<Self, BadRule> {
        Ok(Self::Cron { expression: expression.into().try_into()? })
    }

    /// The first wall time after `after`, counting from the day `from`.
    pub(super) fn next_wall(&self, from: NaiveDate, after: NaiveDateTime) -> Option<NaiveDateTime> {
        let at = match self {
            Self::Daily { at, .. } | Self::Weekly { at, .. } | Self::Monthly { at, .. } => *at,
            Self::Cron { expression } => return expression.next_wall(after),
        };
        let mut day = after.date().max(from);
        // The longest rhythm is two years.
        for _ in 0..3 * 366 {
            let wall = day.and_time(at);
            if wall > after && self.falls_on(from, day) {
                return Some(wall);
            }
            day = day.checked_add_days(Days::new(1))?;
        }
        None
    }

    /// All wall times of a day.
    pub(super) fn walls_of(&self, from: NaiveDate, day: NaiveDate) -> Vec<NaiveDateTime> {
        let mut walls = Vec::new();
        let Some(begin) = day.and_hms_opt(0, 0, 0) else { return walls };
        let mut wall = begin - chrono::Duration::seconds(1);
        while let Some(next) = self.next_wall(from, wall).filter(|next| next.date() == day) {
            walls.push(next);
            wall = next;
        }
        walls
    }

    fn is_counted_from(&self, from: NaiveDate, day: NaiveDate) -> bool {
        match self {
            Self::Daily { every, .. } => (day - from).num_days() % i64::from(*every) == 0,
            Self::Weekly { every, .. } => weeks(from, day) % i64::from(*every) == 0,
            Self::Monthly { every, .. } => months(from, day) % i64::from(*every) == 0,
            Self::Cron { .. } => true,
        }
    }

    fn falls_on(&self, from: NaiveDate, day: NaiveDate) -> bool {
        self.is_counted_from(from, day)
            && match self {
                Self::Daily { .. } | Self::Cron { .. } => true,
                Self::Weekly { days, .. } => days.contains(&Day(day.weekday())),
                Self::Monthly { day: wanted, .. } => {
                    let last = u32::from(day.num_days_in_month());
                    day.day() == u32::from(*wanted).min(last)
                }
            }
    }
}

fn weeks(from: NaiveDate, day: NaiveDate) -> i64 {
    let monday = |date: NaiveDate| date.week(Weekday::Mon).first_day();
    (monday(day) - monday(from)).num_days() / 7
}

fn months(from: NaiveDate, day: NaiveDate) -> i64 {
    let count = |date: NaiveDate| i64::from(date.year()) * 12 + i64::from(date.month0());
    count(day) - count(from)
}

impl Expression {
    /// The wall times of a zone that never changes its clocks. What other zones make of them is
    /// the same for all rules, so the expression is asked in none.
    fn next_wall(&self, after: NaiveDateTime) -> Option<NaiveDateTime> {
        let next: DateTime<Utc> = self.cron.find_next_occurrence(&after.and_utc(), false).ok()?;
        Some(next.naive_utc())
    }
}

impl TryFrom<String> for Expression {
    type Error = BadRule;
    fn try_from(text: String) -> Result<Self, BadRule> {
        let parser =
            CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        match parser.parse(&text) {
            Ok(cron) => Ok(Self { text, cron: Box::new(cron) }),
            Err(error) => Err(BadRule::Expression { text, detail: error.to_string() }),
        }
    }
}

impl From<Expression> for String {
    fn from(expression: Expression) -> Self {
        expression.text
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Expression {}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}
