//! The log of what a webhook was told, trying one out, and telling again.

use super::Webhooks;
use super::manage::find;
use super::payload;
use super::relay::enqueue;
use super::send::{Verdict, send};
use crate::Timestamp;
use crate::domain::{
    MessageId, MessageStatus, Webhook, WebhookId, WebhookMessage, WebhookStatus, WorkspaceId,
};
use crate::engine::workspaces::workspace;
use crate::engine::{Error, Missing};
use crate::ports::{MessageFilter, UnitOfWork};

/// How many messages one transaction begins again.
const BATCH: u32 = 100;

impl Webhooks {
    /// Sends `webhook.test` now, once, and gives what came of it; paused webhooks are tried too.
    ///
    /// # Errors
    /// Where there is none, or of the store.
    pub async fn test(&self, ws: WorkspaceId, id: WebhookId) -> Result<WebhookMessage, Error> {
        let mut unit = self.ports.store.begin().await?;
        let webhook = find(&mut *unit, ws, id).await?;
        let key = workspace(&mut *unit, ws).await?.data_key;
        drop(unit);
        let mut message = payload::of_test(&self.ports, &webhook);
        let (attempt, verdict) = send(&self.ports, &key, &webhook, &message).await?;
        message.note(attempt);
        message.next_at = None;
        message.status = match verdict {
            Verdict::Delivered => MessageStatus::Delivered,
            Verdict::Again(_) | Verdict::Gone | Verdict::Refused(_) => MessageStatus::Failed,
        };
        let mut unit = self.ports.store.begin().await?;
        // It may have been removed meanwhile: its log goes with it.
        if unit.webhooks().get(ws, id).await?.is_some() {
            unit.webhooks().insert_message(&message).await?;
            self.record(&mut *unit, ws, "webhook.test", id).await?;
            unit.commit().await?;
        }
        Ok(message)
    }

    /// What a webhook was told, newest first.
    ///
    /// # Errors
    /// Where there is no such webhook, or of the store.
    pub async fn messages(
        &self,
        ws: WorkspaceId,
        id: WebhookId,
        filter: &MessageFilter,
    ) -> Result<Vec<WebhookMessage>, Error> {
        let mut unit = self.ports.store.begin().await?;
        find(&mut *unit, ws, id).await?;
        Ok(unit.webhooks().messages(ws, id, filter).await?)
    }

    /// Sends a message again, whatever came of it before: with the same id, so that a receiver that
    /// has it can tell.
    ///
    /// # Errors
    /// [`Error::Refused`] where the webhook is paused; where there is no such message, or of the
    /// store.
    pub async fn replay(
        &self,
        ws: WorkspaceId,
        id: WebhookId,
        message: MessageId,
    ) -> Result<WebhookMessage, Error> {
        let mut unit = self.ports.store.begin().await?;
        ensure_active(&find(&mut *unit, ws, id).await?)?;
        let found = unit.webhooks().message(ws, message).await?;
        let mut found = found
            .filter(|found| found.webhook_id == id)
            .ok_or(Error::NotFound(Missing::Message(message)))?;
        self.begin_again(&mut *unit, &mut found).await?;
        self.record(&mut *unit, ws, "webhook.replay", message).await?;
        unit.commit().await?;
        Ok(found)
    }

    /// Sends all messages again that failed and were made at or after `since`. Returns how many.
    ///
    /// # Errors
    /// [`Error::Refused`] where the webhook is paused; where there is none, or of the store. What
    /// was begun before the error goes on.
    pub async fn replay_failed(
        &self,
        ws: WorkspaceId,
        id: WebhookId,
        since: Timestamp,
    ) -> Result<u64, Error> {
        let mut filter = MessageFilter {
            status: Some(MessageStatus::Failed),
            since: Some(since),
            before: None,
            limit: BATCH,
        };
        let mut count = 0;
        loop {
            let mut unit = self.ports.store.begin().await?;
            ensure_active(&find(&mut *unit, ws, id).await?)?;
            let failed = unit.webhooks().messages(ws, id, &filter).await?;
            let Some(last) = failed.last() else { return Ok(count) };
            filter.before = Some(last.id);
            for mut message in failed {
                self.begin_again(&mut *unit, &mut message).await?;
                count += 1;
            }
            self.record(&mut *unit, ws, "webhook.replay", id).await?;
            unit.commit().await?;
        }
    }

    async fn begin_again(
        &self,
        unit: &mut dyn UnitOfWork,
        message: &mut WebhookMessage,
    ) -> Result<(), Error> {
        message.status = MessageStatus::Pending;
        message.tries = 0;
        message.next_at = Some(self.ports.clock.now());
        unit.webhooks().update_message(message).await?;
        enqueue(&self.ports, unit, message).await
    }
}

fn ensure_active(webhook: &Webhook) -> Result<(), Error> {
    match webhook.status {
        WebhookStatus::Active => Ok(()),
        WebhookStatus::Paused { .. } => {
            let id = webhook.id;
            Err(Error::Refused(format!("webhook {id} is paused: make it active first")))
        }
    }
}
