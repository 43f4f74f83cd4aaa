//! Webhooks and what is on its way to them.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Samples, at};
use crate::domain::{
    DueSecret, EventId, EventKind, MessageId, MessageStatus, PauseReason, Webhook, WebhookAttempt,
    WebhookId, WebhookKind, WebhookMessage, WebhookOutcome, WebhookStatus, WorkspaceId,
};
use crate::ports::Sealed;

impl Samples {
    /// A webhook.
    pub fn webhook(&self, ws: WorkspaceId) -> Webhook {
        Webhook {
            id: WebhookId::from_uuid(self.uuid()),
            workspace_id: ws,
            kind: WebhookKind::Standard,
            url: "https://example.org/hooks?x=1".parse().expect("a good address"),
            description: "the \"office\" \u{1f4e3}".to_owned(),
            events: BTreeSet::from([EventKind::DeliveryFailed, EventKind::PostScheduled]),
            secret: Sealed(vec![2, 7, 1]),
            former: Some(DueSecret { secret: Sealed(vec![8, 2, 8]), until: at(86_400) }),
            status: WebhookStatus::Paused {
                reason: PauseReason::Refused { status: 401 },
                since: at(8),
            },
            failing_since: Some(at(7)),
            created_at: at(6),
            version: 1,
        }
    }

    /// A message on its way to a webhook.
    pub fn message(&self, webhook: &Webhook) -> WebhookMessage {
        let failed = |at, outcome| WebhookAttempt { at, took: Duration::from_millis(15), outcome };
        WebhookMessage {
            id: MessageId::from_uuid(self.uuid()),
            workspace_id: webhook.workspace_id,
            webhook_id: webhook.id,
            event_id: Some(EventId::from_uuid(self.uuid())),
            kind: EventKind::DeliveryFailed,
            payload: "{\"type\":\"delivery.failed\"}".to_owned(),
            status: MessageStatus::Pending,
            tries: 2,
            attempts: vec![
                failed(at(9), WebhookOutcome::Failed { error: "no answer".to_owned() }),
                failed(at(14), WebhookOutcome::Answered { status: 503, body: "busy".to_owned() }),
            ],
            next_at: Some(at(314)),
            created_at: at(9),
            version: 1,
        }
    }
}
