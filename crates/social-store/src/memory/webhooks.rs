//! Webhooks and their messages in memory.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{
    MessageId, MessageStatus, Webhook, WebhookId, WebhookMessage, WorkspaceId,
};
use social_core::ports::{MessageFilter, StoreError, WebhookRepo};

use super::unit::MemoryUnit;
use crate::shared::PAGE;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl WebhookRepo for MemoryUnit {
    async fn insert(&mut self, webhook: &Webhook) -> Result<()> {
        let key = (webhook.workspace_id, webhook.id);
        self.put_new(|s| &mut s.webhooks, key, webhook.clone(), webhook.id)
    }

    async fn get(&mut self, workspace: WorkspaceId, id: WebhookId) -> Result<Option<Webhook>> {
        Ok(self.state.webhooks.get(&(workspace, id)).cloned())
    }

    async fn list(&mut self, workspace: WorkspaceId) -> Result<Vec<Webhook>> {
        let rows = self.state.webhooks.values();
        Ok(rows.filter(|row| row.workspace_id == workspace).cloned().collect())
    }

    async fn update(&mut self, webhook: &mut Webhook) -> Result<()> {
        let key = (webhook.workspace_id, webhook.id);
        if self.state.webhooks.get(&key).is_none_or(|row| row.version != webhook.version) {
            return self.conflict(webhook.id);
        }
        webhook.version += 1;
        self.put(|s| &mut s.webhooks, key, webhook.clone());
        Ok(())
    }

    async fn remove(&mut self, workspace: WorkspaceId, id: WebhookId) -> Result<()> {
        if self.take(|s| &mut s.webhooks, (workspace, id)).is_none() {
            return Err(StoreError::NotFound(id.to_string()));
        }
        let rows = self.state.messages.values();
        let its: Vec<_> = rows
            .filter(|row| row.workspace_id == workspace && row.webhook_id == id)
            .map(|row| row.id)
            .collect();
        for message in its {
            self.take(|s| &mut s.messages, (workspace, message));
        }
        Ok(())
    }

    async fn insert_message(&mut self, message: &WebhookMessage) -> Result<()> {
        let key = (message.workspace_id, message.id);
        self.put_new(|s| &mut s.messages, key, message.clone(), message.id)
    }

    async fn message(
        &mut self,
        workspace: WorkspaceId,
        id: MessageId,
    ) -> Result<Option<WebhookMessage>> {
        Ok(self.state.messages.get(&(workspace, id)).cloned())
    }

    async fn update_message(&mut self, message: &mut WebhookMessage) -> Result<()> {
        let key = (message.workspace_id, message.id);
        if self.state.messages.get(&key).is_none_or(|row| row.version != message.version) {
            return self.conflict(message.id);
        }
        message.version += 1;
        self.put(|s| &mut s.messages, key, message.clone());
        Ok(())
    }

    async fn messages(
        &mut self,
        workspace: WorkspaceId,
        webhook: WebhookId,
        filter: &MessageFilter,
    ) -> Result<Vec<WebhookMessage>> {
        let limit = if filter.limit == 0 { PAGE } else { filter.limit };
        let rows = self.state.messages.values().rev();
        Ok(rows
            .filter(|row| row.workspace_id == workspace && row.webhook_id == webhook)
            .filter(|row| filter.status.is_none_or(|status| row.status == status))
            .filter(|row| filter.since.is_none_or(|since| row.created_at >= since))
            .filter(|row| filter.before.is_none_or(|before| row.id < before))
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .cloned()
            .collect())
    }

    async fn prune_messages(&mut self, before: Timestamp, limit: u32) -> Result<u64> {
        let rows = self.state.messages.iter();
        let old: Vec<_> = rows
            .filter(|(_, row)| row.created_at < before && row.status != MessageStatus::Pending)
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .map(|(key, _)| *key)
            .collect();
        for key in &old {
            self.take(|s| &mut s.messages, *key);
        }
        Ok(old.len() as u64)
    }
}
