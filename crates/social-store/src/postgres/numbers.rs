//! Numbers in PostgreSQL.

#![allow(
    clippy::redundant_closure_for_method_calls,
    reason = "the method alone is of rows of one lifetime"
)]

use async_trait::async_trait;
use chrono::NaiveDate;
use social_core::Timestamp;
use social_core::domain::{
    AccountId, Best, Counted, DeliveryId, Dimension, Gained, Measured, Metric, Platform, Snapshot,
    Sums, TimeSpan, WorkspaceId,
};
use social_core::ports::{AnalyticsRepo, StoreError};
use social_core::statistics::DayRow;
use social_core::timing::Observation;
use sqlx::query;

use super::columns::{Columns, doc, json, millis};
use super::sql::numbers as sql;
use super::unit::{Held, PostgresUnit};
use crate::numbers::{kept, number_of};

type Result<T> = std::result::Result<T, StoreError>;

/// The steps of a roll-up, those that count by their sign.
const ROLL: [(&str, Option<i64>); 6] = [
    (sql::ROLL_TALLY, Some(-1)),
    (sql::ROLL_GAIN, Some(-1)),
    (sql::ROLL_DAYS, None),
    (sql::ROLL_TOTALS, None),
    (sql::ROLL_TALLY, Some(1)),
    (sql::ROLL_GAIN, Some(1)),
];

/// The most posts that a guess at the best times is made from.
const OBSERVED: i64 = 5000;

fn measured(row: &Columns<'_>) -> Result<Measured> {
    Ok(Measured { next_at: row.maybe_time("next_at")?, ..doc(row)? })
}

#[async_trait]
impl AnalyticsRepo for PostgresUnit {
    async fn measure(&mut self, measured: &Measured) -> Result<bool> {
        let insert = query(sql::MEASURE)
            .bind(measured.workspace_id.as_uuid())
            .bind(measured.delivery_id.as_uuid())
            .bind(measured.account_id.as_uuid())
            .bind(measured.platform.as_str())
            .bind(measured.published_at.as_millis())
            .bind(millis(measured.next_at))
            .bind(json(measured)?);
        if self.run(insert, &measured.delivery_id).await? == 0 {
            return Ok(false);
        }
        let (dimensions, keys): (Vec<_>, Vec<_>) = measured
            .keys
            .iter()
            .map(|(dimension, key)| (dimension.as_str().to_owned(), key.clone()))
            .unzip();
        let insert = query(sql::MEASURE_KEYS)
            .bind(measured.workspace_id.as_uuid())
            .bind(measured.delivery_id.as_uuid())
            .bind(dimensions)
            .bind(keys);
        self.run(insert, &measured.delivery_id).await?;
        Ok(true)
    }

    async fn measured(
        &mut self,
        workspace: WorkspaceId,
        delivery: DeliveryId,
    ) -> Result<Option<Measured>> {
        let get = query(sql::MEASURED_GET).bind(workspace.as_uuid()).bind(delivery.as_uuid());
        self.one(get, "measured", measured).await
    }

    async fn due(
        &mut self,
        workspace: WorkspaceId,
        account: AccountId,
        by: Timestamp,
        limit: u32,
    ) -> Result<Vec<Measured>> {
        let due = query(sql::MEASURED_DUE)
            .bind(workspace.as_uuid())
            .bind(account.as_uuid())
            .bind(by.as_millis())
            .bind(i64::from(limit));
        self.all(due, "measured", measured).await
    }

    async fn read_next(
        &mut self,
        workspace: WorkspaceId,
        delivery: DeliveryId,
        next: Option<Timestamp>,
    ) -> Result<()> {
        let note = query(sql::MEASURED_NEXT)
            .bind(workspace.as_uuid())
            .bind(delivery.as_uuid())
            .bind(millis(next));
        self.run(note, &delivery).await.map(drop)
    }

    async fn put(&mut self, snapshot: &Snapshot) -> Result<()> {
        let mut put = query(sql::SNAPSHOT_PUT)
            .bind(snapshot.workspace_id.as_uuid())
            .bind(snapshot.delivery_id.as_uuid())
            .bind(snapshot.taken_at.as_millis())
            .bind(json(snapshot)?);
        for metric in Metric::ALL {
            put = put.bind(kept(&snapshot.metrics.values, metric));
        }
        self.run(put, &snapshot.delivery_id).await?;
        let new = query(sql::SNAPSHOT_NEW)
            .bind(snapshot.workspace_id.as_uuid())
            .bind(snapshot.delivery_id.as_uuid())
            .bind(snapshot.taken_at.as_millis());
        self.run(new, &snapshot.delivery_id).await.map(drop)
    }

    async fn of_delivery(
        &mut self,
        workspace: WorkspaceId,
        delivery: DeliveryId,
    ) -> Result<Vec<Snapshot>> {
        let list =
            query(sql::SNAPSHOT_OF_DELIVERY).bind(workspace.as_uuid()).bind(delivery.as_uuid());
        self.all(list, "snapshot", doc).await
    }

    async fn newest(
        &mut self,
        workspace: WorkspaceId,
        platform: &Platform,
        span: TimeSpan,
    ) -> Result<Option<Snapshot>> {
        let newest = query(sql::SNAPSHOT_NEWEST)
            .bind(workspace.as_uuid())
            .bind(platform.as_str())
            .bind(span.from.as_millis())
            .bind(span.to.as_millis());
        self.one(newest, "snapshot", doc).await
    }

    async fn stale(&mut self, limit: u32) -> Result<Vec<WorkspaceId>> {
        let stale = query(sql::STALE).bind(i64::from(limit));
        let read = |row: &Columns<'_>| row.id("workspace_id", WorkspaceId::from_uuid);
        self.all(stale, "measured", read).await
    }

    async fn roll_up(&mut self, workspace: WorkspaceId, limit: u32) -> Result<u64> {
        // Tallies are rows that many deliveries share: two units must not take them in two orders.
        self.hold(Held::Tallies, workspace.as_uuid()).await?;
        let take = query(sql::ROLL_TAKE).bind(workspace.as_uuid()).bind(i64::from(limit));
        let ids: Vec<uuid::Uuid> = self.all(take, "measured", |row| row.get("delivery_id")).await?;
        if ids.is_empty() {
            return Ok(0);
        }
        // What they came to before is taken out, and what they come to now put in.
        for (statement, sign) in ROLL {
            let mut roll = query(statement).bind(workspace.as_uuid()).bind(&ids);
            if let Some(sign) = sign {
                roll = roll.bind(sign);
            }
            self.run(roll, &"the roll-up").await?;
        }
        Ok(ids.len() as u64)
    }

    async fn days(&mut self, workspace: WorkspaceId, delivery: DeliveryId) -> Result<Vec<DayRow>> {
        let days = query(sql::DAYS).bind(workspace.as_uuid()).bind(delivery.as_uuid());
        self.all(days, "measured_day", |row| row.day_row()).await
    }

    async fn tallied(
        &mut self,
        workspace: WorkspaceId,
        from: NaiveDate,
        to: NaiveDate,
        by: &[Dimension],
    ) -> Result<Vec<Counted>> {
        let tallied = query(sql::TALLIED)
            .bind(workspace.as_uuid())
            .bind(number_of(from))
            .bind(number_of(to))
            .bind(by.iter().map(|it| it.as_str().to_owned()).collect::<Vec<_>>());
        self.all(tallied, "tally", |row| row.counted()).await
    }

    async fn tallied_daily(
        &mut self,
        workspace: WorkspaceId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Counted>> {
        let tallied = query(sql::TALLIED_DAILY)
            .bind(workspace.as_uuid())
            .bind(number_of(from))
            .bind(number_of(to));
        self.all(tallied, "tally", |row| row.counted_daily()).await
    }

    async fn counted(
        &mut self,
        workspace: WorkspaceId,
        span: TimeSpan,
        by: &[Dimension],
    ) -> Result<Vec<Counted>> {
        let counted = query(sql::COUNTED)
            .bind(workspace.as_uuid())
            .bind(span.from.as_millis())
            .bind(span.to.as_millis())
            .bind(by.iter().map(|it| it.as_str().to_owned()).collect::<Vec<_>>());
        self.all(counted, "measured", |row| row.counted()).await
    }

    async fn best(
        &mut self,
        workspace: WorkspaceId,
        span: TimeSpan,
        platforms: &[Platform],
        limit: u32,
    ) -> Result<Vec<Best>> {
        let best = query(sql::BEST)
            .bind(workspace.as_uuid())
            .bind(span.from.as_millis())
            .bind(span.to.as_millis())
            .bind(platforms.iter().map(|it| it.as_str().to_owned()).collect::<Vec<_>>())
            .bind(i64::from(limit));
        let read = |row: &Columns<'_>| {
            let sums = Sums::one(&row.values()?, row.maybe_time("read_at")?);
            Ok(Best { measured: measured(row)?, sums })
        };
        self.all(best, "measured", read).await
    }

    async fn gained(
        &mut self,
        workspace: WorkspaceId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Gained>> {
        let gained =
            query(sql::GAINED).bind(workspace.as_uuid()).bind(number_of(from)).bind(number_of(to));
        self.all(gained, "gain", |row| row.gained()).await
    }

    async fn reached(
        &mut self,
        workspace: WorkspaceId,
        span: TimeSpan,
    ) -> Result<Vec<Observation>> {
        let reached = query(sql::REACHED)
            .bind(workspace.as_uuid())
            .bind(span.from.as_millis())
            .bind(span.to.as_millis())
            .bind(OBSERVED);
        let read = |row: &Columns<'_>| {
            Ok(Observation {
                account: row.id("account_id", AccountId::from_uuid)?,
                platform: row.platform()?,
                at: row.time("published_at")?,
                reach: row.get::<i64>("reached")? as f64,
            })
        };
        self.all(reached, "measured", read).await
    }
}
