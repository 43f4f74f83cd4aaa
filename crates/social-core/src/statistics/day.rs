//! Numbers by day.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::domain::{DeliveryId, Metric, Snapshot};

/// What a post gained on one day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DayRow {
    /// The day, as calendars of the zone show it.
    pub day: NaiveDate,
    /// Which delivery.
    pub delivery: DeliveryId,
    /// What its numbers came to by the end of the day.
    pub total: BTreeMap<Metric, u64>,
    /// What they gained since the last day that is known; less than nothing where the network took
    /// something back.
    pub gained: BTreeMap<Metric, i64>,
    /// Why a number is not there.
    pub missing: BTreeMap<Metric, String>,
}

/// The day of an instant, in UTC.
#[must_use]
pub fn utc_day(at: Timestamp) -> NaiveDate {
    at.as_datetime().date_naive()
}

/// The first instant of a day, in UTC.
#[must_use]
pub fn midnight(day: NaiveDate) -> Timestamp {
    day.and_time(NaiveTime::MIN).and_utc().into()
}

/// The days of `snapshots`, in order of delivery and day. A day without a snapshot has no row: what
/// was gained on it shows on the next that has one.
///
/// The same snapshots give the same rows, in whatever order they come: a late one is put right by
/// rolling up again.
#[must_use]
pub fn days(snapshots: &[Snapshot], zone: Tz) -> Vec<DayRow> {
    let mut of_day: BTreeMap<(DeliveryId, NaiveDate), Vec<&Snapshot>> = BTreeMap::new();
    for snapshot in snapshots {
        let day = snapshot.taken_at.as_datetime().with_timezone(&zone).date_naive();
        of_day.entry((snapshot.delivery_id, day)).or_default().push(snapshot);
    }
    let mut rows: Vec<DayRow> = Vec::with_capacity(of_day.len());
    let mut before: BTreeMap<Metric, u64> = BTreeMap::new();
    for ((delivery, day), mut snapshots) in of_day {
        if rows.last().is_none_or(|row| row.delivery != delivery) {
            before.clear();
        }
        // Of each number the last of the day tells; it is missing where it was so all day.
        snapshots.sort_by_key(|snapshot| snapshot.taken_at);
        let mut row = DayRow {
            day,
            delivery,
            total: BTreeMap::new(),
            gained: BTreeMap::new(),
            missing: BTreeMap::new(),
        };
        for snapshot in snapshots {
            row.total.extend(&snapshot.metrics.values);
            row.missing.extend(snapshot.metrics.missing.clone());
        }
        row.missing.retain(|metric, _| !row.total.contains_key(metric));
        for (metric, value) in &row.total {
            let known = before.insert(*metric, *value).unwrap_or_default();
            row.gained.insert(*metric, signed(*value) - signed(known));
        }
        rows.push(row);
    }
    rows
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{AccountId, Metrics, WorkspaceId};

    fn snapshot(delivery: u128, at: &str, likes: Option<u64>) -> Snapshot {
        let mut metrics = Metrics::default();
        match likes {
            Some(likes) => drop(metrics.values.insert(Metric::Likes, likes)),
            None => drop(metrics.missing.insert(Metric::Likes, "hidden".into())),
        }
        Snapshot {
            workspace_id: WorkspaceId::from_uuid(Uuid::from_u128(1)),
            delivery_id: DeliveryId::from_uuid(Uuid::from_u128(delivery)),
            account_id: AccountId::from_uuid(Uuid::from_u128(1)),
            taken_at: at.parse().unwrap(),
            metrics,
        }
    }

    fn gained(rows: &[DayRow]) -> Vec<(String, Option<i64>)> {
        rows.iter()
            .map(|row| (row.day.to_string(), row.gained.get(&Metric::Likes).copied()))
            .collect()
    }

    #[test]
    fn the_last_of_each_day_counts_and_late_ones_are_put_right() {
        let mut all = vec![
            snapshot(1, "2026-11-01T10:00:00Z", Some(5)),
            snapshot(1, "2026-11-01T22:30:00Z", Some(9)),
            snapshot(1, "2026-11-02T09:00:00Z", None),
            snapshot(1, "2026-11-04T09:00:00Z", Some(7)),
            snapshot(2, "2026-11-04T09:00:00Z", Some(3)),
        ];
        let rows = days(&all, Tz::UTC);
        let day = |day: &str, gained| (format!("2026-11-{day}"), gained);
        assert_eq!(
            gained(&rows),
            [day("01", Some(9)), day("02", None), day("04", Some(-2)), day("04", Some(3))]
        );
        assert_eq!(rows[1].missing[&Metric::Likes], "hidden");
        // In Berlin the second is still of the same day; in Auckland it is of the next.
        assert_eq!(
            gained(&days(&all, Tz::Pacific__Auckland))[..2],
            [day("01", Some(5)), day("02", Some(4))]
        );
        all.push(snapshot(1, "2026-11-03T09:00:00Z", Some(10)));
        all.reverse();
        let rows = days(&all, Tz::UTC);
        assert_eq!(gained(&rows)[2..4], [day("03", Some(1)), day("04", Some(-3))]);
    }
}
