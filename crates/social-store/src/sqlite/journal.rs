//! Attempts, events and request keys in SQLite.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{Attempt, AttemptId, DeliveryId, EventId, OutboxEvent, WorkspaceId};
use social_core::ports::{AttemptRepo, OutboxRepo, RequestKey, RequestKeyRepo, StoreError};

use super::columns::{Columns, doc, json};
use super::sql::journal as sql;
use super::statement::statement;
use super::unit::SqliteUnit;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl AttemptRepo for SqliteUnit {
    async fn insert(&mut self, attempt: &Attempt) -> Result<()> {
        let insert = statement(sql::ATTEMPT_INSERT)
            .bind(attempt.workspace_id.as_uuid())
            .bind(attempt.id.as_uuid())
            .bind(attempt.delivery_id.as_uuid())
            .bind(attempt.started_at.as_millis())
            .bind(json(attempt)?);
        self.run(insert, &attempt.id).await.map(drop)
    }

    async fn update(&mut self, attempt: &Attempt) -> Result<()> {
        let update = statement(sql::ATTEMPT_UPDATE)
            .bind(attempt.workspace_id.as_uuid())
            .bind(attempt.id.as_uuid())
            .bind(attempt.started_at.as_millis())
            .bind(json(attempt)?);
        self.change(update, &attempt.id).await
    }

    async fn get(&mut self, workspace: WorkspaceId, id: AttemptId) -> Result<Option<Attempt>> {
        let get = statement(sql::ATTEMPT_GET).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.one(get, "attempt", doc).await
    }

    async fn of_delivery(
        &mut self,
        workspace: WorkspaceId,
        delivery: DeliveryId,
    ) -> Result<Vec<Attempt>> {
        let list =
            statement(sql::ATTEMPT_OF_DELIVERY).bind(workspace.as_uuid()).bind(delivery.as_uuid());
        self.all(list, "attempt", doc).await
    }
}

#[async_trait]
impl OutboxRepo for SqliteUnit {
    async fn append(&mut self, event: &OutboxEvent) -> Result<()> {
        let append = statement(sql::EVENT_APPEND)
            .bind(event.id.as_uuid())
            .bind(event.workspace_id.as_uuid())
            .bind(json(event)?);
        self.appended = true;
        self.run(append, &event.id).await.map(drop)
    }

    async fn pending(&mut self, limit: u32) -> Result<Vec<OutboxEvent>> {
        self.all(statement(sql::EVENT_PENDING).bind(limit), "outbox", doc).await
    }

    async fn mark(&mut self, ids: &[EventId], at: Timestamp) -> Result<()> {
        let ids: Vec<String> = ids.iter().map(|id| id.as_uuid().simple().to_string()).collect();
        let mark = statement(sql::EVENT_MARK).bind(json(&ids)?).bind(at.as_millis());
        self.run(mark, &"events").await.map(drop)
    }

    async fn mark_unheard(&mut self, at: Timestamp, limit: u32) -> Result<u64> {
        let mark = statement(sql::EVENT_MARK_UNHEARD).bind(at.as_millis()).bind(limit);
        self.run(mark, &"events").await
    }

    async fn since(
        &mut self,
        workspace: WorkspaceId,
        after: Option<EventId>,
        limit: u32,
    ) -> Result<Option<Vec<OutboxEvent>>> {
        let seq = match after {
            None => 0,
            Some(after) => {
                let place =
                    statement(sql::EVENT_PLACE).bind(workspace.as_uuid()).bind(after.as_uuid());
                match self.one(place, "outbox", |row| row.get::<i64>("seq")).await? {
                    Some(seq) => seq,
                    None => return Ok(None),
                }
            }
        };
        let since = statement(sql::EVENT_SINCE).bind(workspace.as_uuid()).bind(seq).bind(limit);
        self.all(since, "outbox", doc).await.map(Some)
    }

    async fn last(&mut self, workspace: WorkspaceId) -> Result<Option<EventId>> {
        let last = statement(sql::EVENT_LAST).bind(workspace.as_uuid());
        self.one(last, "outbox", |row| row.id("id", EventId::from_uuid)).await
    }

    async fn prune(&mut self, before: Timestamp, limit: u32) -> Result<u64> {
        let prune = statement(sql::EVENT_PRUNE).bind(before.as_millis()).bind(limit);
        self.run(prune, &"old events").await
    }
}

#[async_trait]
impl RequestKeyRepo for SqliteUnit {
    async fn insert(&mut self, workspace: WorkspaceId, key: &RequestKey) -> Result<()> {
        let insert = statement(sql::KEY_INSERT)
            .bind(workspace.as_uuid())
            .bind(&key.key)
            .bind(key.look_at.as_millis())
            .bind(json(key)?);
        self.run(insert, &format!("the key `{}`", key.key)).await.map(drop)
    }

    async fn get(&mut self, workspace: WorkspaceId, key: &str) -> Result<Option<RequestKey>> {
        let get = statement(sql::KEY_GET).bind(workspace.as_uuid()).bind(key);
        self.one(get, "request_key", doc).await
    }

    async fn update(&mut self, workspace: WorkspaceId, key: &RequestKey) -> Result<()> {
        let update = statement(sql::KEY_UPDATE)
            .bind(workspace.as_uuid())
            .bind(&key.key)
            .bind(key.look_at.as_millis())
            .bind(json(key)?);
        self.change(update, &format!("the key `{}`", key.key)).await
    }

    async fn due(&mut self, now: Timestamp, limit: u32) -> Result<Vec<(WorkspaceId, RequestKey)>> {
        let due = statement(sql::KEY_DUE).bind(now.as_millis()).bind(limit);
        let read = |row: &Columns<'_>| {
            Ok((row.id("workspace_id", WorkspaceId::from_uuid)?, doc::<RequestKey>(row)?))
        };
        self.all(due, "request_key", read).await
    }

    async fn remove(&mut self, workspace: WorkspaceId, key: &str) -> Result<()> {
        let remove = statement(sql::KEY_REMOVE).bind(workspace.as_uuid()).bind(key);
        self.run(remove, &"a request key").await.map(drop)
    }
}
