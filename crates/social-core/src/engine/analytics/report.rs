//! Reports: what posts of a time came to, by network, day, hour, hashtag and campaign.
//!
//! Whole days come from the tallies of the roll-up; the parts of days at both ends are counted post
//! by post. So a report of any time costs about the same, and is exact.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{Days, NaiveDate};

use super::Analytics;
use crate::Timestamp;
use crate::domain::{
    Best, Counted, Dimension, Gained, Metric, Platform, Sums, TimeSpan, WorkspaceId,
};
use crate::engine::Error;
use crate::ports::UnitOfWork;
use crate::statistics::{midnight, utc_day};

/// What to report.
#[derive(Debug, Clone)]
pub struct ReportRequest {
    /// On what became visible in this time.
    pub span: TimeSpan,
    /// On these networks; none means all.
    pub platforms: Vec<Platform>,
    /// By what else than network and day.
    pub by: Vec<Dimension>,
    /// How many of the best posts to name.
    pub best: u32,
}

/// What posts of a time came to, as far as it was rolled up.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// All of them.
    pub totals: Sums,
    /// Those of the time before, as long as this one.
    pub before: Sums,
    /// By network.
    pub platforms: BTreeMap<Platform, Sums>,
    /// By the day, in UTC, at which they became visible.
    pub days: BTreeMap<NaiveDate, Sums>,
    /// By what else was asked for, and its keys.
    pub by: BTreeMap<Dimension, BTreeMap<String, Sums>>,
    /// Those with the most engagements, the best first.
    pub best: Vec<Best>,
    /// What all posts gained on the days of this time, whenever they became visible, by day and
    /// network.
    pub gained: Vec<Gained>,
    /// Why a network does not tell some numbers, in its words on its newest post.
    pub missing: BTreeMap<Platform, BTreeMap<Metric, String>>,
}

impl Analytics {
    /// A report, made from the roll-up.
    ///
    /// # Errors
    /// Of the store.
    pub async fn report(&self, ws: WorkspaceId, request: &ReportRequest) -> Result<Report, Error> {
        let span = request.span;
        let parts = Parts::of(span);
        let mut unit = self.0.store.read().await?;
        let wanted = |platform: &Platform| {
            request.platforms.is_empty() || request.platforms.contains(platform)
        };
        let mut dimensions = vec![Dimension::All];
        dimensions.extend(request.by.iter().filter(|by| **by != Dimension::All));
        let mut rows = parts.counted(&mut *unit, ws, &dimensions).await?;
        rows.retain(|row| wanted(&row.platform));
        let mut daily = parts.daily(&mut *unit, ws).await?;
        daily.retain(|(_, row)| wanted(&row.platform));
        let earlier = TimeSpan {
            from: Timestamp::from_millis(2 * span.from.as_millis() - span.to.as_millis()),
            to: span.from,
        };
        let mut past = Parts::of(earlier).counted(&mut *unit, ws, &[Dimension::All]).await?;
        past.retain(|row| wanted(&row.platform));

        let mut report = Report {
            totals: Sums::default(),
            before: Sums::default(),
            platforms: BTreeMap::new(),
            days: BTreeMap::new(),
            by: request.by.iter().map(|by| (*by, BTreeMap::new())).collect(),
            best: unit.analytics().best(ws, span, &request.platforms, request.best).await?,
            gained: Vec::new(),
            missing: BTreeMap::new(),
        };
        for row in rows {
            if row.dimension == Dimension::All {
                report.totals.add(&row.sums);
                report.platforms.entry(row.platform.clone()).or_default().add(&row.sums);
            }
            if let Some(groups) = report.by.get_mut(&row.dimension) {
                groups.entry(row.key).or_default().add(&row.sums);
            }
        }
        past.iter().for_each(|row| report.before.add(&row.sums));
        for (day, row) in daily {
            report.days.entry(day).or_default().add(&row.sums);
        }
        let last = utc_day(span.to - Duration::from_millis(1));
        let after = last.checked_add_days(Days::new(1)).unwrap_or(last);
        let gained = unit.analytics().gained(ws, utc_day(span.from), after).await?;
        report.gained = gained.into_iter().filter(|row| wanted(&row.platform)).collect();
        for platform in report.platforms.keys() {
            let newest = unit.analytics().newest(ws, platform, span).await?;
            let missing = newest.map(|snapshot| snapshot.metrics.missing).unwrap_or_default();
            report.missing.insert(platform.clone(), missing);
        }
        Ok(report)
    }
}

/// A time as whole days, in UTC, and what stands over at both ends, each part within one day.
struct Parts {
    head: Option<TimeSpan>,
    days: Option<(NaiveDate, NaiveDate)>,
    tail: Option<TimeSpan>,
}

impl Parts {
    fn of(span: TimeSpan) -> Self {
        let begins = utc_day(span.from);
        let first = match midnight(begins) == span.from {
            true => begins,
            false => begins.checked_add_days(Days::new(1)).unwrap_or(begins),
        };
        let last = utc_day(span.to);
        if midnight(first) > span.to {
            return Self { head: Some(span), days: None, tail: None };
        }
        let part = |from, to| (from < to).then_some(TimeSpan { from, to });
        Self {
            head: part(span.from, midnight(first)),
            days: (first < last).then_some((first, last)),
            tail: part(midnight(last), span.to),
        }
    }

    fn ends(&self) -> impl Iterator<Item = TimeSpan> {
        self.head.into_iter().chain(self.tail)
    }

    async fn counted(
        &self,
        unit: &mut dyn UnitOfWork,
        ws: WorkspaceId,
        by: &[Dimension],
    ) -> Result<Vec<Counted>, Error> {
        let mut rows = match self.days {
            Some((from, to)) => unit.analytics().tallied(ws, from, to, by).await?,
            None => Vec::new(),
        };
        for part in self.ends() {
            rows.extend(unit.analytics().counted(ws, part, by).await?);
        }
        Ok(rows)
    }

    async fn daily(
        &self,
        unit: &mut dyn UnitOfWork,
        ws: WorkspaceId,
    ) -> Result<Vec<(NaiveDate, Counted)>, Error> {
        let mut rows = Vec::new();
        if let Some((from, to)) = self.days {
            let whole = unit.analytics().tallied_daily(ws, from, to).await?;
            rows.extend(whole.into_iter().filter_map(|row| Some((row.day?, row))));
        }
        for part in self.ends() {
            let counted = unit.analytics().counted(ws, part, &[Dimension::All]).await?;
            rows.extend(counted.into_iter().map(|row| (utc_day(part.from), row)));
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(from: &str, to: &str) -> String {
        let span = TimeSpan { from: from.parse().unwrap(), to: to.parse().unwrap() };
        let Parts { head, days, tail } = Parts::of(span);
        let part = |part: Option<TimeSpan>| {
            part.map_or("-".to_owned(), |it| format!("{}h", it.length().as_secs() / 3600))
        };
        let days = days.map_or(0, |(from, to)| (to - from).num_days());
        format!("{} {days} {}", part(head), part(tail))
    }

    #[test]
    fn a_time_is_whole_days_and_what_stands_over() {
        for (from, to, expected) in [
            ("2026-11-01T00:00:00Z", "2026-11-08T00:00:00Z", "- 7 -"),
            ("2026-11-01T06:00:00Z", "2026-11-08T09:00:00Z", "18h 6 9h"),
            ("2026-11-01T15:00:00Z", "2026-11-02T15:00:00Z", "9h 0 15h"),
            ("2026-11-01T15:00:00Z", "2026-11-01T17:00:00Z", "2h 0 -"),
            ("2026-11-01T00:00:00Z", "2026-11-01T17:00:00Z", "- 0 17h"),
            ("2026-11-01T15:00:00Z", "2026-11-02T00:00:00Z", "9h 0 -"),
        ] {
            assert_eq!(parts(from, to), expected, "{from} {to}");
        }
    }
}
