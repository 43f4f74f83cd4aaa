//! The repositories of posts that come again, and of the hours in which nothing goes out.
//!
//! What holds for all repositories holds here: see [`Store`](super::Store).

use async_trait::async_trait;
use chrono::NaiveDateTime;

use super::StoreError;
use crate::domain::series::{OccurrenceRow, QuietPlan, Series};
use crate::domain::{AccountId, SeriesId, WorkspaceId};

type Result<T> = std::result::Result<T, StoreError>;

/// Posts that come again, and what became of their occurrences.
#[async_trait]
pub trait SeriesRepo: Send {
    /// A new series.
    async fn insert(&mut self, series: &Series) -> Result<()>;
    /// One series, ended ones included.
    async fn get(&mut self, workspace: WorkspaceId, id: SeriesId) -> Result<Option<Series>>;
    /// Compare-and-swap on the version.
    async fn update(&mut self, series: &mut Series) -> Result<()>;
    /// Series, newest first: those older than `before`, at most `limit`.
    async fn list(
        &mut self,
        workspace: WorkspaceId,
        before: Option<SeriesId>,
        limit: u32,
    ) -> Result<Vec<Series>>;

    /// Keeps what became of an occurrence, unless it is a post already. Whether it was kept: of two
    /// units that make a post of the same occurrence, one is told that it was not the first, or
    /// fails.
    async fn put_occurrence(&mut self, row: &OccurrenceRow) -> Result<bool>;
    /// What became of an occurrence.
    async fn occurrence(
        &mut self,
        workspace: WorkspaceId,
        series: SeriesId,
        wall: NaiveDateTime,
    ) -> Result<Option<OccurrenceRow>>;
    /// Those of a series from a wall time on, in their order, at most `limit`.
    async fn occurrences(
        &mut self,
        workspace: WorkspaceId,
        series: SeriesId,
        from: NaiveDateTime,
        limit: u32,
    ) -> Result<Vec<OccurrenceRow>>;
    /// Forgets what became of an occurrence, if anything did.
    async fn remove_occurrence(
        &mut self,
        workspace: WorkspaceId,
        series: SeriesId,
        wall: NaiveDateTime,
    ) -> Result<()>;
}

/// The hours in which nothing goes out by itself: one plan a workspace, and one for each account.
#[async_trait]
pub trait QuietRepo: Send {
    /// Keeps a plan in the place of the one that was there.
    async fn put(&mut self, plan: &QuietPlan) -> Result<()>;
    /// All of a workspace, that of the workspace itself first.
    async fn list(&mut self, workspace: WorkspaceId) -> Result<Vec<QuietPlan>>;
    /// Forgets a plan, if there is one.
    async fn remove(&mut self, workspace: WorkspaceId, account: Option<AccountId>) -> Result<()>;
}
