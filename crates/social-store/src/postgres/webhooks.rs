//! Webhooks and their messages in PostgreSQL.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{MessageId, Webhook, WebhookId, WebhookMessage, WorkspaceId};
use social_core::ports::{MessageFilter, StoreError, WebhookRepo};
use sqlx::query;

use super::columns::{doc, json, millis, word};
use super::sql::webhooks as sql;
use super::unit::PostgresUnit;
use crate::shared::PAGE;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl WebhookRepo for PostgresUnit {
    async fn insert(&mut self, webhook: &Webhook) -> Result<()> {
        let insert = query(sql::WEBHOOK_INSERT)
            .bind(webhook.workspace_id.as_uuid())
            .bind(webhook.id.as_uuid())
            .bind(webhook.version)
            .bind(json(webhook)?);
        self.run(insert, &webhook.id).await.map(drop)
    }

    async fn get(&mut self, workspace: WorkspaceId, id: WebhookId) -> Result<Option<Webhook>> {
        let get = query(sql::WEBHOOK_GET).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.one(get, "webhook", doc).await
    }

    async fn list(&mut self, workspace: WorkspaceId) -> Result<Vec<Webhook>> {
        self.all(query(sql::WEBHOOK_LIST).bind(workspace.as_uuid()), "webhook", doc).await
    }

    async fn update(&mut self, webhook: &mut Webhook) -> Result<()> {
        let next = Webhook { version: webhook.version + 1, ..webhook.clone() };
        let update = query(sql::WEBHOOK_UPDATE)
            .bind(webhook.workspace_id.as_uuid())
            .bind(webhook.id.as_uuid())
            .bind(webhook.version)
            .bind(json(&next)?);
        self.swap(update, &webhook.id).await?;
        *webhook = next;
        Ok(())
    }

    async fn remove(&mut self, workspace: WorkspaceId, id: WebhookId) -> Result<()> {
        let remove = query(sql::WEBHOOK_REMOVE).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.change(remove, &id).await?;
        let messages = query(sql::MESSAGES_REMOVE).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.run(messages, &id).await.map(drop)
    }

    async fn insert_message(&mut self, message: &WebhookMessage) -> Result<()> {
        let insert = query(sql::MESSAGE_INSERT)
            .bind(message.workspace_id.as_uuid())
            .bind(message.id.as_uuid())
            .bind(message.webhook_id.as_uuid())
            .bind(word(&message.status)?)
            .bind(message.created_at.as_millis())
            .bind(message.version)
            .bind(json(message)?);
        self.run(insert, &message.id).await.map(drop)
    }

    async fn message(
        &mut self,
        workspace: WorkspaceId,
        id: MessageId,
    ) -> Result<Option<WebhookMessage>> {
        let get = query(sql::MESSAGE_GET).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.one(get, "webhook_message", doc).await
    }

    async fn update_message(&mut self, message: &mut WebhookMessage) -> Result<()> {
        let next = WebhookMessage { version: message.version + 1, ..message.clone() };
        let update = query(sql::MESSAGE_UPDATE)
            .bind(message.workspace_id.as_uuid())
            .bind(message.id.as_uuid())
            .bind(message.version)
            .bind(word(&message.status)?)
            .bind(json(&next)?);
        self.swap(update, &message.id).await?;
        *message = next;
        Ok(())
    }

    async fn messages(
        &mut self,
        workspace: WorkspaceId,
        webhook: WebhookId,
        filter: &MessageFilter,
    ) -> Result<Vec<WebhookMessage>> {
        let list = query(sql::MESSAGE_LIST)
            .bind(workspace.as_uuid())
            .bind(webhook.as_uuid())
            .bind(filter.before.map(MessageId::as_uuid))
            .bind(filter.status.as_ref().map(word).transpose()?)
            .bind(millis(filter.since))
            .bind(i64::from(if filter.limit == 0 { PAGE } else { filter.limit }));
        self.all(list, "webhook_message", doc).await
    }

    async fn prune_messages(&mut self, before: Timestamp, limit: u32) -> Result<u64> {
        let prune = query(sql::MESSAGE_PRUNE).bind(before.as_millis()).bind(i64::from(limit));
        self.run(prune, &"old messages").await
    }
}
