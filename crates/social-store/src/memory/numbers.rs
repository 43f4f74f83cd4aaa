//! Numbers in memory: reports are counted from the rows, as the last roll-up left them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{Days, NaiveDate};
use social_core::Timestamp;
use social_core::domain::{
    AccountId, Best, Counted, DeliveryId, Dimension, Gained, Measured, Metric, Platform, Snapshot,
    Sums, TimeSpan, WorkspaceId, Zone,
};
use social_core::ports::{AnalyticsRepo, StoreError};
use social_core::statistics::{DayRow, days, utc_day};
use social_core::timing::Observation;

use super::unit::MemoryUnit;

type Result<T> = std::result::Result<T, StoreError>;

/// A delivery that is measured.
#[derive(Debug, Clone)]
pub(super) struct Row {
    measured: Measured,
    read_at: Option<Timestamp>,
    stale: bool,
    /// Its numbers, once they were rolled up.
    rolled: Option<Sums>,
}

impl MemoryUnit {
    fn rows(&self, workspace: WorkspaceId) -> impl Iterator<Item = &Row> {
        self.state.measured.values().filter(move |row| row.measured.workspace_id == workspace)
    }

    fn change(&mut self, key: (WorkspaceId, DeliveryId), change: impl FnOnce(&mut Row)) {
        if let Some(mut row) = self.state.measured.get(&key).cloned() {
            change(&mut row);
            MemoryUnit::put(self, |s| &mut s.measured, key, row);
        }
    }

    /// What posts come to, by what `key` says of each.
    fn sum<K: Ord>(
        &self,
        workspace: WorkspaceId,
        keys: impl Fn(&Measured) -> Vec<K>,
    ) -> BTreeMap<K, Sums> {
        let mut groups: BTreeMap<K, Sums> = BTreeMap::new();
        for row in self.rows(workspace) {
            let Some(sums) = &row.rolled else { continue };
            for key in keys(&row.measured) {
                groups.entry(key).or_default().add(sums);
            }
        }
        groups
    }

    fn by(
        &self,
        workspace: WorkspaceId,
        by: &[Dimension],
        within: impl Fn(Timestamp) -> bool,
    ) -> Vec<Counted> {
        let keys = |measured: &Measured| {
            let wanted = measured.keys.iter().filter(|(dimension, _)| by.contains(dimension));
            let wanted = wanted.filter(|_| within(measured.published_at));
            let key = |(dimension, key): &(Dimension, String)| {
                (dimension.as_str(), measured.platform.clone(), key.clone(), *dimension)
            };
            wanted.map(key).collect()
        };
        let counted = |((_, platform, key, dimension), sums)| Counted {
            platform,
            day: None,
            dimension,
            key,
            sums,
        };
        self.sum(workspace, keys).into_iter().map(counted).collect()
    }
}

#[async_trait]
impl AnalyticsRepo for MemoryUnit {
    async fn measure(&mut self, measured: &Measured) -> Result<bool> {
        let key = (measured.workspace_id, measured.delivery_id);
        if self.state.measured.contains_key(&key) {
            return Ok(false);
        }
        let row = Row { measured: measured.clone(), read_at: None, stale: true, rolled: None };
        MemoryUnit::put(self, |s| &mut s.measured, key, row);
        Ok(true)
    }

    async fn measured(
        &mut self,
        workspace: WorkspaceId,
        delivery: DeliveryId,
    ) -> Result<Option<Measured>> {
        Ok(self.state.measured.get(&(workspace, delivery)).map(|row| row.measured.clone()))
    }

    async fn due(
        &mut self,
        workspace: WorkspaceId,
        account: AccountId,
        by: Timestamp,
        limit: u32,
    ) -> Result<Vec<Measured>> {
        let its = self.rows(workspace).map(|row| &row.measured);
        let due =
            |it: &&Measured| it.account_id == account && it.next_at.is_some_and(|at| at <= by);
        let mut due: Vec<_> = its.filter(due).cloned().collect();
        due.sort_by_key(|measured| measured.next_at);
        due.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(due)
    }

    async fn read_next(
        &mut self,
        workspace: WorkspaceId,
        delivery: DeliveryId,
        next: Option<Timestamp>,
    ) -> Result<()> {
        self.change((workspace, delivery), |row| row.measured.next_at = next);
        Ok(())
    }

    async fn put(&mut self, snapshot: &Snapshot) -> Result<()> {
        let (ws, delivery, at) = (snapshot.workspace_id, snapshot.delivery_id, snapshot.taken_at);
        MemoryUnit::put(self, |s| &mut s.snapshots, (ws, delivery, at), snapshot.clone());
        self.change((ws, delivery), |row| {
            row.stale = true;
            row.read_at = row.read_at.max(Some(at));
        });
        Ok(())
    }

    async fn of_delivery(
        &mut self,
        workspace: WorkspaceId,
        delivery: DeliveryId,
    ) -> Result<Vec<Snapshot>> {
        let rows = self.state.snapshots.values();
        Ok(rows
            .filter(|row| row.workspace_id == workspace && row.delivery_id == delivery)
            .cloned()
            .collect())
    }

    async fn newest(
        &mut self,
        workspace: WorkspaceId,
        platform: &Platform,
        span: TimeSpan,
    ) -> Result<Option<Snapshot>> {
        let its = self.rows(workspace).filter(|row| {
            row.measured.platform == *platform
                && row.read_at.is_some()
                && (span.from..span.to).contains(&row.measured.published_at)
        });
        let newest = its.max_by_key(|row| row.measured.published_at);
        let Some(id) = newest.map(|row| row.measured.delivery_id) else { return Ok(None) };
        Ok(AnalyticsRepo::of_delivery(self, workspace, id).await?.pop())
    }

    async fn stale(&mut self, limit: u32) -> Result<Vec<WorkspaceId>> {
        let stale = self.state.measured.values().filter(|row| row.stale);
        let mut all: Vec<_> = stale.map(|row| row.measured.workspace_id).collect();
        all.dedup();
        all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(all)
    }

    async fn roll_up(&mut self, workspace: WorkspaceId, limit: u32) -> Result<u64> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let stale = self.rows(workspace).filter(|row| row.stale).take(limit);
        let stale: Vec<DeliveryId> = stale.map(|row| row.measured.delivery_id).collect();
        for id in &stale {
            let history = AnalyticsRepo::of_delivery(self, workspace, *id).await?;
            let mut rows = days(&history, Zone::UTC.tz());
            rows.iter_mut().for_each(|row| row.missing.clear());
            let mut last: BTreeMap<Metric, u64> = BTreeMap::new();
            rows.iter().for_each(|row| last.extend(&row.total));
            MemoryUnit::put(self, |s| &mut s.days, (workspace, *id), rows);
            self.change((workspace, *id), |row| {
                row.stale = false;
                row.rolled = Some(Sums::one(&last, row.read_at));
            });
        }
        Ok(stale.len() as u64)
    }

    async fn days(&mut self, workspace: WorkspaceId, delivery: DeliveryId) -> Result<Vec<DayRow>> {
        Ok(self.state.days.get(&(workspace, delivery)).cloned().unwrap_or_default())
    }

    async fn tallied(
        &mut self,
        workspace: WorkspaceId,
        from: NaiveDate,
        to: NaiveDate,
        by: &[Dimension],
    ) -> Result<Vec<Counted>> {
        Ok(self.by(workspace, by, |at| (from..to).contains(&utc_day(at))))
    }

    async fn tallied_daily(
        &mut self,
        workspace: WorkspaceId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Counted>> {
        let keys = |measured: &Measured| {
            let day = utc_day(measured.published_at);
            if (from..to).contains(&day) { vec![(day, measured.platform.clone())] } else { vec![] }
        };
        let counted = |((day, platform), sums)| Counted {
            platform,
            day: Some(day),
            dimension: Dimension::All,
            key: String::new(),
            sums,
        };
        Ok(self.sum(workspace, keys).into_iter().map(counted).collect())
    }

    async fn counted(
        &mut self,
        workspace: WorkspaceId,
        span: TimeSpan,
        by: &[Dimension],
    ) -> Result<Vec<Counted>> {
        Ok(self.by(workspace, by, |at| (span.from..span.to).contains(&at)))
    }

    async fn best(
        &mut self,
        workspace: WorkspaceId,
        span: TimeSpan,
        platforms: &[Platform],
        limit: u32,
    ) -> Result<Vec<Best>> {
        let its = self.rows(workspace).filter(|row| {
            (span.from..span.to).contains(&row.measured.published_at)
                && (platforms.is_empty() || platforms.contains(&row.measured.platform))
        });
        let best = |row: &Row| {
            let sums = row.rolled.clone()?;
            sums.engagements()?;
            Some(Best { measured: row.measured.clone(), sums })
        };
        let mut best: Vec<Best> = its.filter_map(best).collect();
        // Stable: of those that did as well the first is the one of the lower id.
        best.sort_by_key(|best| Reverse(best.sums.engagements()));
        best.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(best)
    }

    async fn gained(
        &mut self,
        workspace: WorkspaceId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Gained>> {
        let mut all: BTreeMap<(NaiveDate, Platform), BTreeMap<Metric, i64>> = BTreeMap::new();
        for row in self.rows(workspace) {
            let key = (workspace, row.measured.delivery_id);
            let days = self.state.days.get(&key).into_iter().flatten();
            for day in days.filter(|row| (from..to).contains(&row.day)) {
                let group = all.entry((day.day, row.measured.platform.clone())).or_default();
                for metric in Metric::ALL {
                    group.entry(metric).or_default();
                }
                for (metric, gained) in &day.gained {
                    *group.entry(*metric).or_default() += gained;
                }
            }
        }
        let gained = |((day, platform), values)| Gained { day, platform, values };
        Ok(all.into_iter().map(gained).collect())
    }

    async fn reached(
        &mut self,
        workspace: WorkspaceId,
        span: TimeSpan,
    ) -> Result<Vec<Observation>> {
        let reach = |row: &DayRow| {
            [Metric::Reach, Metric::Views, Metric::Impressions, Metric::Likes]
                .iter()
                .find_map(|metric| row.total.get(metric).copied())
        };
        let mut found = Vec::new();
        for row in self.rows(workspace) {
            let Measured { delivery_id, account_id, platform, published_at, .. } = &row.measured;
            if !(span.from..span.to).contains(published_at) {
                continue;
            }
            let by = utc_day(*published_at).checked_add_days(Days::new(2));
            let days = self.state.days.get(&(workspace, *delivery_id)).into_iter().flatten();
            let last =
                days.filter(|row| by.is_none_or(|by| row.day <= by)).filter_map(reach).next_back();
            found.extend(last.map(|reach| Observation {
                account: *account_id,
                platform: platform.clone(),
                at: *published_at,
                reach: reach as f64,
            }));
        }
        found.sort_by_key(|it| Reverse(it.at));
        Ok(found)
    }
}
