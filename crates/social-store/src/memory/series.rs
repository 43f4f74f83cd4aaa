//! Posts that come again and quiet hours, in memory.

use async_trait::async_trait;
use social_core::domain::series::{OccurrenceRow, QuietPlan, Series, Wall};
use social_core::domain::{AccountId, SeriesId, WorkspaceId};
use social_core::ports::{QuietRepo, SeriesRepo, StoreError};
use uuid::Uuid;

use super::unit::MemoryUnit;

type Result<T> = std::result::Result<T, StoreError>;

fn many(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

#[async_trait]
impl SeriesRepo for MemoryUnit {
    async fn insert(&mut self, series: &Series) -> Result<()> {
        let key = (series.workspace_id, series.id);
        self.put_new(|s| &mut s.series, key, series.clone(), series.id)
    }

    async fn get(&mut self, workspace: WorkspaceId, id: SeriesId) -> Result<Option<Series>> {
        Ok(self.state.series.get(&(workspace, id)).cloned())
    }

    async fn update(&mut self, series: &mut Series) -> Result<()> {
        let key = (series.workspace_id, series.id);
        if self.state.series.get(&key).is_none_or(|row| row.version != series.version) {
            return self.conflict(series.id);
        }
        series.version += 1;
        MemoryUnit::put(self, |s| &mut s.series, key, series.clone());
        Ok(())
    }

    async fn list(
        &mut self,
        workspace: WorkspaceId,
        before: Option<SeriesId>,
        limit: u32,
    ) -> Result<Vec<Series>> {
        let all = (workspace, SeriesId::from_uuid(Uuid::nil()))
            ..=(workspace, SeriesId::from_uuid(Uuid::max()));
        let rows = self.state.series.range(all).rev().map(|(_, series)| series);
        let older = rows.filter(|series| before.is_none_or(|before| series.id < before));
        Ok(older.take(many(limit)).cloned().collect())
    }

    async fn put_occurrence(&mut self, row: &OccurrenceRow) -> Result<bool> {
        let key = (row.workspace_id, row.series_id, row.wall);
        if self.state.occurrences.get(&key).is_some_and(|row| row.post.is_some()) {
            return Ok(false);
        }
        MemoryUnit::put(self, |s| &mut s.occurrences, key, row.clone());
        Ok(true)
    }

    async fn occurrence(
        &mut self,
        workspace: WorkspaceId,
        series: SeriesId,
        wall: Wall,
    ) -> Result<Option<OccurrenceRow>> {
        Ok(self.state.occurrences.get(&(workspace, series, wall)).cloned())
    }

    async fn occurrences(
        &mut self,
        workspace: WorkspaceId,
        series: SeriesId,
        from: Wall,
        limit: u32,
    ) -> Result<Vec<OccurrenceRow>> {
        let all = (workspace, series, from)..=(workspace, series, Wall::MAX);
        let rows = self.state.occurrences.range(all).map(|(_, row)| row);
        Ok(rows.take(many(limit)).cloned().collect())
    }

    async fn remove_occurrence(
        &mut self,
        workspace: WorkspaceId,
        series: SeriesId,
        wall: Wall,
    ) -> Result<()> {
        self.take(|s| &mut s.occurrences, (workspace, series, wall));
        Ok(())
    }
}

#[async_trait]
impl QuietRepo for MemoryUnit {
    async fn put(&mut self, plan: &QuietPlan) -> Result<()> {
        let key = (plan.workspace_id, plan.account_id);
        MemoryUnit::put(self, |s| &mut s.quiet, key, *plan);
        Ok(())
    }

    async fn list(&mut self, workspace: WorkspaceId) -> Result<Vec<QuietPlan>> {
        let last = AccountId::from_uuid(Uuid::max());
        let all = (workspace, None)..=(workspace, Some(last));
        Ok(self.state.quiet.range(all).map(|(_, plan)| *plan).collect())
    }

    async fn remove(&mut self, workspace: WorkspaceId, account: Option<AccountId>) -> Result<()> {
        self.take(|s| &mut s.quiet, (workspace, account));
        Ok(())
    }
}
