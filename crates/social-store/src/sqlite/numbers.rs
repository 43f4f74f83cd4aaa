//! Numbers in SQLite.

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

use super::columns::{Columns, doc, json, millis};
use super::sql::numbers as sql;
use super::statement::statement;
use super::unit::SqliteUnit;
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
impl AnalyticsRepo for SqliteUnit {
    async fn measure(&mut self, measured: &Measured) -> Result<bool> {
        let insert = statement(sql::MEASURE)
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
        let insert = statement(sql::MEASURE_KEYS)
            .bind(measured.workspace_id.as_uuid())
            .bind(measured.delivery_id.as_uuid())
            .bind(json(&measured.keys)?);
        self.run(insert, &measured.delivery_id).await?;
        Ok(true)
    }

    async fn measured(
        &mut self,
        workspace: WorkspaceId,
        delivery: DeliveryId,
    ) -> Result<Option<Measured>> {
        let get = statement(sql::MEASURED_GET).bind(workspace.as_uuid()).bind(delivery.as_uuid());
        self.one(get, "measured", measured).await
    }

    async fn due(
        &mut self,
        workspace: WorkspaceId,
        account: AccountId,
        by: Timestamp,
        limit: u32,
    ) -> Result<Vec<Measured>> {
        let due = statement(sql::MEASURED_DUE)
            .bind(workspace.as_uuid())
            .bind(account.as_uuid())
            .bind(by.as_millis())
            .bind(limit);
        self.all(due, "measured", measured).await
    }

    async fn read_next(
        &mut self,
        workspace: WorkspaceId,
        delivery: DeliveryId,
        next: Option<Timestamp>,
    ) -> Result<()> {
        let note = statement(sql::MEASURED_NEXT)
            .bind(workspace.as_uuid())
            .bind(delivery.as_uuid())
            .bind(millis(next));
        self.run(note, &delivery).await.map(drop)
    }

    async fn put(&mut self, snapshot: &Snapshot) -> Result<()> {
        let mut put = statement(sql::SNAPSHOT_PUT)
            .bind(snapshot.workspace_id.as_uuid())
            .bind(snapshot.delivery_id.as_uuid())
            .bind(snapshot.taken_at.as_millis())
            .bind(json(snapshot)?);
        for metric in Metric::ALL {
            put = put.bind(kept(&snapshot.metrics.values, metric));
        }
        self.run(put, &snapshot.delivery_id).await?;
        let new = statement(sql::SNAPSHOT_NEW)
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
            statement(sql::SNAPSHOT_OF_DELIVERY).bind(workspace.as_uuid()).bind(delivery.as_uuid());
        self.all(list, "snapshot", doc).await
    }

    async fn newest(
        &mut self,
        workspace: WorkspaceId,
        platform: &Platform,
        span: TimeSpan,
    ) -> Result<Option<Snapshot>> {
        let newest = statement(sql::SNAPSHOT_NEWEST)
            .bind(workspace.as_uuid())
            .bind(platform.as_str())
            .bind(span.from.as_millis())
            .bind(span.to.as_millis());
        self.one(newest, "snapshot", doc).await
    }

    async fn stale(&mut self, limit: u32) -> Result<Vec<WorkspaceId>> {
        let stale = statement(sql::STALE).bind(limit);
        let read = |row: &Columns<'_>| row.id("workspace_id", WorkspaceId::from_uuid);
        self.all(stale, "measured", read).await
    }

    async fn roll_up(&mut self, workspace: WorkspaceId, limit: u32) -> Result<u64> {
        let take = statement(sql::ROLL_TAKE).bind(workspace.as_uuid()).bind(limit);
        let read = |row: &Columns<'_>| row.get::<uuid::Uuid>("delivery_id");
        let ids = self.all(take, "measured", read).await?;
        if ids.is_empty() {
            return Ok(0);
        }
        let rolled = ids.len() as u64;
        let ids = json(&ids.iter().map(|id| id.simple().to_string()).collect::<Vec<_>>())?;
        // What they came to before is taken out, and what they come to now put in.
        for (text, sign) in ROLL {
            let mut roll = statement(text).bind(workspace.as_uuid()).bind(&ids);
            if let Some(sign) = sign {
                roll = roll.bind(sign);
            }
            self.run(roll, &"the roll-up").await?;
        }
        Ok(rolled)
    }

    async fn days(&mut self, workspace: WorkspaceId, delivery: DeliveryId) -> Result<Vec<DayRow>> {
        let days = statement(sql::DAYS).bind(workspace.as_uuid()).bind(delivery.as_uuid());
        self.all(days, "measured_day", |row| row.day_row()).await
    }

    async fn tallied(
        &mut self,
        workspace: WorkspaceId,
        from: NaiveDate,
        to: NaiveDate,
        by: &[Dimension],
    ) -> Result<Vec<Counted>> {
        let tallied = statement(sql::TALLIED)
            .bind(workspace.as_uuid())
            .bind(number_of(from))
            .bind(number_of(to))
            .bind(json(&by)?);
        self.all(tallied, "tally", |row| row.counted()).await
    }

    async fn tallied_daily(
        &mut self,
        workspace: WorkspaceId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Counted>> {
        let tallied = statement(sql::TALLIED_DAILY)
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
        let counted = statement(sql::COUNTED)
            .bind(workspace.as_uuid())
            .bind(span.from.as_millis())
            .bind(span.to.as_millis())
            .bind(json(&by)?);
        self.all(counted, "measured", |row| row.counted()).await
    }

    async fn best(
        &mut self,
        workspace: WorkspaceId,
        span: TimeSpan,
        platforms: &[Platform],
        limit: u32,
    ) -> Result<Vec<Best>> {
        let best = statement(sql::BEST)
            .bind(workspace.as_uuid())
            .bind(span.from.as_millis())
            .bind(span.to.as_millis())
            .bind(json(&platforms)?)
            .bind(limit);
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
        let gained = statement(sql::GAINED)
            .bind(workspace.as_uuid())
            .bind(number_of(from))
            .bind(number_of(to));
        self.all(gained, "gain", |row| row.gained()).await
    }

    async fn reached(
        &mut self,
        workspace: WorkspaceId,
        span: TimeSpan,
    ) -> Result<Vec<Observation>> {
        let reached = statement(sql::REACHED)
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
