//! Posts that come again and quiet hours, in PostgreSQL.

use async_trait::async_trait;
use social_core::domain::series::{OccurrenceRow, QuietPlan, Series, Wall};
use social_core::domain::{AccountId, PostId, SeriesId, WorkspaceId};
use social_core::ports::{QuietRepo, SeriesRepo, StoreError};
use sqlx::query;

use super::columns::{doc, json};
use super::sql::series as sql;
use super::unit::PostgresUnit;
use crate::shared::{everybody, wall_text};

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl SeriesRepo for PostgresUnit {
    async fn insert(&mut self, series: &Series) -> Result<()> {
        let insert = query(sql::SERIES_INSERT)
            .bind(series.workspace_id.as_uuid())
            .bind(series.id.as_uuid())
            .bind(series.version)
            .bind(json(series)?);
        self.run(insert, &series.id).await.map(drop)
    }

    async fn get(&mut self, workspace: WorkspaceId, id: SeriesId) -> Result<Option<Series>> {
        let get = query(sql::SERIES_GET).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.one(get, "series", doc).await
    }

    async fn update(&mut self, series: &mut Series) -> Result<()> {
        let next = Series { version: series.version + 1, ..series.clone() };
        let update = query(sql::SERIES_UPDATE)
            .bind(series.workspace_id.as_uuid())
            .bind(series.id.as_uuid())
            .bind(series.version)
            .bind(json(&next)?);
        self.swap(update, &series.id).await?;
        *series = next;
        Ok(())
    }

    async fn list(
        &mut self,
        workspace: WorkspaceId,
        before: Option<SeriesId>,
        limit: u32,
    ) -> Result<Vec<Series>> {
        let list = query(sql::SERIES_LIST)
            .bind(workspace.as_uuid())
            .bind(before.map(SeriesId::as_uuid))
            .bind(i64::from(limit));
        self.all(list, "series", doc).await
    }

    async fn put_occurrence(&mut self, row: &OccurrenceRow) -> Result<bool> {
        let put = query(sql::OCCURRENCE_PUT)
            .bind(row.workspace_id.as_uuid())
            .bind(row.series_id.as_uuid())
            .bind(wall_text(row.wall))
            .bind(row.post.map(PostId::as_uuid))
            .bind(json(row)?);
        Ok(self.run(put, &row.series_id).await? > 0)
    }

    async fn occurrence(
        &mut self,
        workspace: WorkspaceId,
        series: SeriesId,
        wall: Wall,
    ) -> Result<Option<OccurrenceRow>> {
        let get = query(sql::OCCURRENCE_GET)
            .bind(workspace.as_uuid())
            .bind(series.as_uuid())
            .bind(wall_text(wall));
        self.one(get, "occurrence", doc).await
    }

    async fn occurrences(
        &mut self,
        workspace: WorkspaceId,
        series: SeriesId,
        from: Wall,
        limit: u32,
    ) -> Result<Vec<OccurrenceRow>> {
        let list = query(sql::OCCURRENCE_LIST)
            .bind(workspace.as_uuid())
            .bind(series.as_uuid())
            .bind(wall_text(from))
            .bind(i64::from(limit));
        self.all(list, "occurrence", doc).await
    }

    async fn remove_occurrence(
        &mut self,
        workspace: WorkspaceId,
        series: SeriesId,
        wall: Wall,
    ) -> Result<()> {
        let remove = query(sql::OCCURRENCE_REMOVE)
            .bind(workspace.as_uuid())
            .bind(series.as_uuid())
            .bind(wall_text(wall));
        self.run(remove, &series).await.map(drop)
    }
}

#[async_trait]
impl QuietRepo for PostgresUnit {
    async fn put(&mut self, plan: &QuietPlan) -> Result<()> {
        let put = query(sql::QUIET_PUT)
            .bind(plan.workspace_id.as_uuid())
            .bind(everybody(plan.account_id))
            .bind(json(plan)?);
        self.run(put, &"the quiet hours").await.map(drop)
    }

    async fn list(&mut self, workspace: WorkspaceId) -> Result<Vec<QuietPlan>> {
        self.all(query(sql::QUIET_LIST).bind(workspace.as_uuid()), "quiet_hours", doc).await
    }

    async fn remove(&mut self, workspace: WorkspaceId, account: Option<AccountId>) -> Result<()> {
        let remove = query(sql::QUIET_REMOVE).bind(workspace.as_uuid()).bind(everybody(account));
        self.run(remove, &"the quiet hours").await.map(drop)
    }
}
