//! How a post comes again, as clients write it.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{NaiveDate, NaiveTime, Weekday};
use serde::{Deserialize, Serialize};
use social_core::Timestamp;
use social_core::domain::series::{BadRule, Day, Missed, Recurrence, Repeat, Rule};
use utoipa::ToSchema;

use super::super::codes;
use super::super::extract::field;
use crate::Problem;

/// What kind of rhythm it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Daily,
    Weekly,
    Monthly,
    Cron,
}

/// How a post comes again. `at` and the days are those of the clocks of `zone`, and stay when these
/// are changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "weekly", "days": ["mon", "thu"], "at": "09:30", "zone": "Europe/Berlin"}))]
pub(crate) struct RecurrenceBody {
    kind: Kind,
    /// Every so many days, weeks or months. Default: 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    every: Option<u16>,
    /// Weekly: mon, tue, wed, thu, fri, sat, sun.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    days: Vec<String>,
    /// Monthly: from 1; a month that has no such day uses its last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<u8>,
    /// All but cron: the time of day, such as 09:30.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// Cron: an expression of five fields, such as `30 9 * * mon-fri`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cron: Option<String>,
    /// The author's IANA zone, such as Europe/Berlin.
    zone: String,
    /// The first day; every second week and the like are counted from it. Default: today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// The last day. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// What becomes of occurrences that nobody was there for: `skip` (the default), `once` (the
    /// latest stands for all) or `all`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    missed: Missed,
    /// Each is moved by up to so many seconds, 43200 at most. Default: 0.
    #[serde(default)]
    jitter_seconds: u32,
}

fn wrong(name: &str, detail: &str) -> Problem {
    field(&codes::INVALID_FIELD, &format!("/recurrence/{name}"), detail)
}

fn date(name: &str, text: &str) -> Result<NaiveDate, Problem> {
    text.parse().map_err(|_| wrong(name, &format!("`{text}` is no day; one looks like 2027-03-01")))
}

impl RecurrenceBody {
    /// As the engine takes it.
    pub(crate) fn read(&self, now: Timestamp) -> Result<Repeat, Problem> {
        let zone = &self.zone;
        let zone = zone.parse().map_err(|_| {
            wrong("zone", &format!("`{zone}` is no IANA time zone; one looks like Europe/Berlin"))
        })?;
        let most = Repeat::MOST_JITTER.as_secs();
        if u64::from(self.jitter_seconds) > most {
            return Err(wrong("jitter_seconds", &format!("at most {most}")));
        }
        let until = self.until.as_deref().map(|text| date("until", text)).transpose()?;
        let mut recurrence = Recurrence {
            rule: self.rule()?,
            zone,
            from: NaiveDate::MIN,
            until,
            except: BTreeSet::new(),
        };
        recurrence.from = match &self.from {
            Some(text) => date("from", text)?,
            None => recurrence.wall(now).date(),
        };
        let jitter = Duration::from_secs(self.jitter_seconds.into());
        Ok(Repeat { recurrence, missed: self.missed, jitter })
    }

    fn rule(&self) -> Result<Rule, Problem> {
        let every = self.every.unwrap_or(1);
        let rule = match self.kind {
            Kind::Daily => Rule::daily(every, self.time()?),
            Kind::Weekly => Rule::weekly(every, self.weekdays()?, self.time()?),
            Kind::Monthly => {
                let day = self.day.ok_or_else(|| wrong("day", "say which day of the month"))?;
                Rule::monthly(every, day, self.time()?)
            }
            Kind::Cron => {
                let text = self.cron.as_deref();
                Rule::cron(text.ok_or_else(|| wrong("cron", "say the expression"))?)
            }
        };
        rule.map_err(|error| {
            let name = match error {
                BadRule::Expression { .. } => "cron",
                BadRule::Every(_) => "every",
                BadRule::DayOfMonth => "day",
                BadRule::NoDay => "days",
            };
            wrong(name, &error.to_string())
        })
    }

    fn time(&self) -> Result<NaiveTime, Problem> {
        let text = self.at.as_deref();
        let text = text.ok_or_else(|| wrong("at", "say at which time, such as 09:30"))?;
        NaiveTime::parse_from_str(text, "%H:%M")
            .map_err(|_| wrong("at", &format!("`{text}` is no time of day; one looks like 09:30")))
    }

    fn weekdays(&self) -> Result<BTreeSet<Day>, Problem> {
        let read = |(at, name): (usize, &String)| {
            let day: Result<Weekday, _> = name.parse();
            day.map(Day).map_err(|_| {
                let known = "mon, tue, wed, thu, fri, sat, sun";
                wrong(&format!("days/{at}"), &format!("`{name}` is none of {known}"))
            })
        };
        self.days.iter().enumerate().map(read).collect()
    }

    /// As clients read it.
    pub(crate) fn of(repeat: &Repeat) -> Self {
        let recurrence = &repeat.recurrence;
        let mut told = Self {
            kind: Kind::Daily,
            every: None,
            days: Vec::new(),
            day: None,
            at: None,
            cron: None,
            zone: recurrence.zone.to_string(),
            from: Some(recurrence.from.to_string()),
            until: recurrence.until.map(|day| day.to_string()),
            missed: repeat.missed,
            jitter_seconds: u32::try_from(repeat.jitter.as_secs()).unwrap_or(u32::MAX),
        };
        let time = |at: &NaiveTime| Some(at.format("%H:%M").to_string());
        match &recurrence.rule {
            Rule::Daily { every, at } => (told.every, told.at) = (Some(*every), time(at)),
            Rule::Weekly { every, days, at } => {
                told.kind = Kind::Weekly;
                (told.every, told.at) = (Some(*every), time(at));
                told.days = days.iter().map(|Day(day)| day.to_string().to_lowercase()).collect();
            }
            Rule::Monthly { every, day, at } => {
                told.kind = Kind::Monthly;
                (told.every, told.day, told.at) = (Some(*every), Some(*day), time(at));
            }
            Rule::Cron { expression } => {
                told.kind = Kind::Cron;
                told.cron = Some(expression.clone().into());
            }
        }
        told
    }
}
