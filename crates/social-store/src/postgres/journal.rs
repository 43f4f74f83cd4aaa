//! Attempts, numbers, events and request keys in PostgreSQL.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{
    Attempt, AttemptId, DeliveryId, EventId, OutboxEvent, Snapshot, WorkspaceId,
};
use social_core::ports::{
    AnalyticsRepo, AttemptRepo, OutboxRepo, RequestKey, RequestKeyRepo, StoreError,
};
use sqlx::query;

use super::columns::{doc, json};
use super::sql::journal as sql;
use super::unit::PostgresUnit;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl AttemptRepo for PostgresUnit {
    async fn insert(&mut self, attempt: &Attempt) -> Result<()> {
        let insert = query(sql::ATTEMPT_INSERT)
            .bind(attempt.workspace_id.as_uuid())
            .bind(attempt.id.as_uuid())
            .bind(attempt.delivery_id.as_uuid())
            .bind(attempt.started_at.as_millis())
            .bind(json(attempt)?);
        self.run(insert, &attempt.id).await.map(drop)
    }

    async fn update(&mut self, attempt: &Attempt) -> Result<()> {
        let update = query(sql::ATTEMPT_UPDATE)
            .bind(attempt.workspace_id.as_uuid())
            .bind(attempt.id.as_uuid())
            .bind(attempt.started_at.as_millis())
            .bind(json(attempt)?);
        self.change(update, &attempt.id).await
    }

    async fn get(&mut self, workspace: WorkspaceId, id: AttemptId) -> Result<Option<Attempt>> {
        let get = query(sql::ATTEMPT_GET).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.one(get, "attempt", doc).await
    }

    async fn of_delivery(
        &mut self,
        workspace: WorkspaceId,
        delivery: DeliveryId,
    ) -> Result<Vec<Attempt>> {
        let list =
            query(sql::ATTEMPT_OF_DELIVERY).bind(workspace.as_uuid()).bind(delivery.as_uuid());
        self.all(list, "attempt", doc).await
    }
}

#[async_trait]
impl AnalyticsRepo for PostgresUnit {
    async fn put(&mut self, snapshot: &Snapshot) -> Result<()> {
        let put = query(sql::SNAPSHOT_PUT)
            .bind(snapshot.workspace_id.as_uuid())
            .bind(snapshot.delivery_id.as_uuid())
            .bind(snapshot.taken_at.as_millis())
            .bind(json(snapshot)?);
        self.run(put, &snapshot.delivery_id).await.map(drop)
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

    async fn latest(
        &mut self,
        workspace: WorkspaceId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Snapshot>> {
        let list = query(sql::SNAPSHOT_LATEST)
            .bind(workspace.as_uuid())
            .bind(from.as_millis())
            .bind(to.as_millis());
        self.all(list, "snapshot", doc).await
    }
}

#[async_trait]
impl OutboxRepo for PostgresUnit {
    async fn append(&mut self, event: &OutboxEvent) -> Result<()> {
        let append = query(sql::EVENT_APPEND)
            .bind(event.id.as_uuid())
            .bind(event.workspace_id.as_uuid())
            .bind(json(event)?);
        self.run(append, &event.id).await.map(drop)
    }

    async fn pending(&mut self, limit: u32) -> Result<Vec<OutboxEvent>> {
        self.all(query(sql::EVENT_PENDING).bind(i64::from(limit)), "outbox", doc).await
    }

    async fn mark(&mut self, ids: &[EventId], at: Timestamp) -> Result<()> {
        let ids: Vec<_> = ids.iter().map(|id| id.as_uuid()).collect();
        let mark = query(sql::EVENT_MARK).bind(ids).bind(at.as_millis());
        self.run(mark, &"the events").await.map(drop)
    }
}

#[async_trait]
impl RequestKeyRepo for PostgresUnit {
    async fn insert(&mut self, workspace: WorkspaceId, key: &RequestKey) -> Result<()> {
        let insert =
            query(sql::KEY_INSERT).bind(workspace.as_uuid()).bind(&key.key).bind(json(key)?);
        self.run(insert, &format!("the key `{}`", key.key)).await.map(drop)
    }

    async fn get(&mut self, workspace: WorkspaceId, key: &str) -> Result<Option<RequestKey>> {
        let get = query(sql::KEY_GET).bind(workspace.as_uuid()).bind(key);
        self.one(get, "request_key", doc).await
    }
}
