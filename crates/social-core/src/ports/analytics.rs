//! Numbers: what was read of each post, and what it comes to.

use async_trait::async_trait;
use chrono::NaiveDate;

use super::StoreError;
use crate::Timestamp;
use crate::domain::{
    AccountId, Best, Counted, DeliveryId, Dimension, Gained, Measured, Platform, Snapshot,
    TimeSpan, WorkspaceId,
};
use crate::statistics::DayRow;
use crate::timing::Observation;

type Result<T> = std::result::Result<T, StoreError>;

/// Numbers: the history of what was read, and the roll-up that reports are made from.
///
/// Contract: a snapshot shows in reports once it was rolled up. Rolling up again gives the same, and
/// a snapshot that comes late puts its day right, and the days after it.
#[async_trait]
pub trait AnalyticsRepo: Send {
    /// Begins to measure a delivery. One that is measured already stays as it is; whether it is new.
    async fn measure(&mut self, measured: &Measured) -> Result<bool>;
    /// A delivery that is measured.
    async fn measured(
        &mut self,
        workspace: WorkspaceId,
        delivery: DeliveryId,
    ) -> Result<Option<Measured>>;
    /// Those of an account whose numbers are to be read by `by`, those first that wait longest.
    async fn due(
        &mut self,
        workspace: WorkspaceId,
        account: AccountId,
        by: Timestamp,
        limit: u32,
    ) -> Result<Vec<Measured>>;
    /// Notes when the numbers of a measured delivery are to be read next, if ever again.
    async fn read_next(
        &mut self,
        workspace: WorkspaceId,
        delivery: DeliveryId,
        next: Option<Timestamp>,
    ) -> Result<()>;

    /// Adds a snapshot; one of the same delivery and time is overwritten.
    async fn put(&mut self, snapshot: &Snapshot) -> Result<()>;
    /// The snapshots of a delivery, oldest first.
    async fn of_delivery(
        &mut self,
        workspace: WorkspaceId,
        delivery: DeliveryId,
    ) -> Result<Vec<Snapshot>>;
    /// The latest snapshot of the newest post of a network, of those that became visible in `span`
    /// and that have one.
    async fn newest(
        &mut self,
        workspace: WorkspaceId,
        platform: &Platform,
        span: TimeSpan,
    ) -> Result<Option<Snapshot>>;

    /// Workspaces in which something is to be rolled up.
    async fn stale(&mut self, limit: u32) -> Result<Vec<WorkspaceId>>;
    /// Rolls up at most `limit` deliveries of which something is new; how many they were. Of two
    /// units that roll up the same workspace one waits for the other.
    async fn roll_up(&mut self, workspace: WorkspaceId, limit: u32) -> Result<u64>;
    /// A delivery by days, in UTC, as it was rolled up.
    async fn days(&mut self, workspace: WorkspaceId, delivery: DeliveryId) -> Result<Vec<DayRow>>;

    /// What became visible on the days `from..to`, in UTC, by network and by each of these.
    async fn tallied(
        &mut self,
        workspace: WorkspaceId,
        from: NaiveDate,
        to: NaiveDate,
        by: &[Dimension],
    ) -> Result<Vec<Counted>>;
    /// What became visible on the days `from..to`, in UTC, by network and day.
    async fn tallied_daily(
        &mut self,
        workspace: WorkspaceId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Counted>>;
    /// As [`AnalyticsRepo::tallied`], counted post by post: for parts of a day.
    async fn counted(
        &mut self,
        workspace: WorkspaceId,
        span: TimeSpan,
        by: &[Dimension],
    ) -> Result<Vec<Counted>>;
    /// Of what became visible in `span` on these networks (none means all), that with the most
    /// engagements, the best first. What tells none is left out.
    async fn best(
        &mut self,
        workspace: WorkspaceId,
        span: TimeSpan,
        platforms: &[Platform],
        limit: u32,
    ) -> Result<Vec<Best>>;
    /// What posts gained on the days `from..to`, in UTC, by day and network.
    async fn gained(
        &mut self,
        workspace: WorkspaceId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Gained>>;
    /// How many each post reached by the end of the second day after its own, of those that became
    /// visible in `span`: reach, else views, else impressions, else likes.
    async fn reached(&mut self, workspace: WorkspaceId, span: TimeSpan)
    -> Result<Vec<Observation>>;
}
