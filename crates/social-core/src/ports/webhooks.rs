//! The repository of webhooks and of the messages on their way to them.
//!
//! What holds for all repositories holds here: see [`Store`](super::Store).

use async_trait::async_trait;

use super::StoreError;
use crate::Timestamp;
use crate::domain::{MessageId, MessageStatus, Webhook, WebhookId, WebhookMessage, WorkspaceId};

type Result<T> = std::result::Result<T, StoreError>;

/// Which messages to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct MessageFilter {
    /// Of this status alone.
    pub status: Option<MessageStatus>,
    /// Made at or after this.
    pub since: Option<Timestamp>,
    /// Older than this one; where a page ended.
    pub before: Option<MessageId>,
    /// At most so many; 0 means 20.
    pub limit: u32,
}

/// Webhooks, and the messages on their way to them.
#[async_trait]
pub trait WebhookRepo: Send {
    /// A new webhook.
    async fn insert(&mut self, webhook: &Webhook) -> Result<()>;
    /// One webhook.
    async fn get(&mut self, workspace: WorkspaceId, id: WebhookId) -> Result<Option<Webhook>>;
    /// All of a workspace.
    async fn list(&mut self, workspace: WorkspaceId) -> Result<Vec<Webhook>>;
    /// Compare-and-swap on the version.
    async fn update(&mut self, webhook: &mut Webhook) -> Result<()>;
    /// Removes a webhook and its messages; `NotFound` where there is none.
    async fn remove(&mut self, workspace: WorkspaceId, id: WebhookId) -> Result<()>;

    /// A new message.
    async fn insert_message(&mut self, message: &WebhookMessage) -> Result<()>;
    /// One message.
    async fn message(
        &mut self,
        workspace: WorkspaceId,
        id: MessageId,
    ) -> Result<Option<WebhookMessage>>;
    /// Compare-and-swap on the version.
    async fn update_message(&mut self, message: &mut WebhookMessage) -> Result<()>;
    /// The messages to a webhook, newest first.
    async fn messages(
        &mut self,
        workspace: WorkspaceId,
        webhook: WebhookId,
        filter: &MessageFilter,
    ) -> Result<Vec<WebhookMessage>>;
    /// Forgets at most `limit` messages of all workspaces that were made before `before`, those
    /// that are on their way excepted. Returns how many.
    async fn prune_messages(&mut self, before: Timestamp, limit: u32) -> Result<u64>;
}
