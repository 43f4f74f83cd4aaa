//! Attempts, events and request keys in PostgreSQL.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{Attempt, AttemptId, DeliveryId, EventId, OutboxEvent, WorkspaceId};
use social_core::ports::{AttemptRepo, OutboxRepo, RequestKey, RequestKeyRepo, StoreError};
use sqlx::query;

use super::columns::{Columns, doc, json};
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
        self.see_one(get, "attempt", doc).await
    }

    async fn of_delivery(
        &mut self,
        workspace: WorkspaceId,
        delivery: DeliveryId,
    ) -> Result<Vec<Attempt>> {
        let list =
            query(sql::ATTEMPT_OF_DELIVERY).bind(workspace.as_uuid()).bind(delivery.as_uuid());
        self.see(list, "attempt", doc).await
    }
}

#[async_trait]
impl OutboxRepo for PostgresUnit {
    async fn append(&mut self, event: &OutboxEvent) -> Result<()> {
        self.tell_last(event);
        Ok(())
    }

    async fn pending(&mut self, limit: u32) -> Result<Vec<OutboxEvent>> {
        self.finish().await?;
        if self.reads() {
            let pending = query(sql::EVENT_PENDING).bind(i64::from(limit));
            return self.glance(pending, "outbox", doc).await;
        }
        // Of two who mean to mark the same events one must not see them.
        self.wrote = true;
        let pending = query(sql::EVENT_PENDING_HELD).bind(i64::from(limit));
        self.all(pending, "outbox", doc).await
    }

    async fn mark(&mut self, ids: &[EventId], at: Timestamp) -> Result<()> {
        self.finish().await?;
        let ids: Vec<_> = ids.iter().map(|id| id.as_uuid()).collect();
        let mark = query(sql::EVENT_MARK).bind(ids).bind(at.as_millis());
        self.run(mark, &"the events").await.map(drop)
    }

    async fn mark_unheard(&mut self, at: Timestamp, limit: u32) -> Result<u64> {
        self.finish().await?;
        let mark = query(sql::EVENT_MARK_UNHEARD).bind(at.as_millis()).bind(i64::from(limit));
        self.run(mark, &"the events").await
    }

    async fn since(
        &mut self,
        workspace: WorkspaceId,
        after: Option<EventId>,
        limit: u32,
    ) -> Result<Option<Vec<OutboxEvent>>> {
        self.finish().await?;
        let seq = match after {
            None => 0,
            Some(after) => {
                let place = query(sql::EVENT_PLACE).bind(workspace.as_uuid()).bind(after.as_uuid());
                match self.glance(place, "outbox", |row| row.get::<i64>("seq")).await?.pop() {
                    Some(seq) => seq,
                    None => return Ok(None),
                }
            }
        };
        let since =
            || query(sql::EVENT_SINCE).bind(workspace.as_uuid()).bind(seq).bind(i64::from(limit));
        if self.glance(since(), "outbox", doc::<OutboxEvent>).await?.is_empty() {
            return Ok(Some(Vec::new()));
        }
        self.hold_events(workspace.as_uuid()).await?;
        self.all(since(), "outbox", doc).await.map(Some)
    }

    async fn last(&mut self, workspace: WorkspaceId) -> Result<Option<EventId>> {
        self.finish().await?;
        self.hold_events(workspace.as_uuid()).await?;
        let last = query(sql::EVENT_LAST).bind(workspace.as_uuid());
        self.one(last, "outbox", |row| row.id("id", EventId::from_uuid)).await
    }

    async fn prune(&mut self, before: Timestamp, limit: u32) -> Result<u64> {
        let prune = query(sql::EVENT_PRUNE).bind(before.as_millis()).bind(i64::from(limit));
        self.run(prune, &"old events").await
    }
}

#[async_trait]
impl RequestKeyRepo for PostgresUnit {
    async fn insert(&mut self, workspace: WorkspaceId, key: &RequestKey) -> Result<()> {
        let insert = query(sql::KEY_INSERT)
            .bind(workspace.as_uuid())
            .bind(&key.key)
            .bind(key.look_at.as_millis())
            .bind(json(key)?);
        self.run(insert, &format!("the key `{}`", key.key)).await.map(drop)
    }

    async fn get(&mut self, workspace: WorkspaceId, key: &str) -> Result<Option<RequestKey>> {
        let get = query(sql::KEY_GET).bind(workspace.as_uuid()).bind(key);
        self.one(get, "request_key", doc).await
    }

    async fn update(&mut self, workspace: WorkspaceId, key: &RequestKey) -> Result<()> {
        let update = query(sql::KEY_UPDATE)
            .bind(workspace.as_uuid())
            .bind(&key.key)
            .bind(key.look_at.as_millis())
            .bind(json(key)?);
        self.change(update, &format!("the key `{}`", key.key)).await
    }

    async fn due(&mut self, now: Timestamp, limit: u32) -> Result<Vec<(WorkspaceId, RequestKey)>> {
        let due = query(sql::KEY_DUE).bind(now.as_millis()).bind(i64::from(limit));
        let read = |row: &Columns<'_>| {
            Ok((row.id("workspace_id", WorkspaceId::from_uuid)?, doc::<RequestKey>(row)?))
        };
        self.all(due, "request_key", read).await
    }

    async fn remove(&mut self, workspace: WorkspaceId, key: &str) -> Result<()> {
        let remove = query(sql::KEY_REMOVE).bind(workspace.as_uuid()).bind(key);
        self.run(remove, &"a request key").await.map(drop)
    }
}
