//! The body of a message.

use serde::Serialize;
use serde_json::{Map, Value};

use super::agent;
use crate::Timestamp;
use crate::domain::{
    EventId, EventKind, MessageId, MessageStatus, OutboxEvent, Webhook, WebhookKind, WebhookMessage,
};
use crate::engine::Ports;

/// The payload that the Standard Webhooks specification asks for.
#[derive(Serialize)]
struct Payload {
    r#type: EventKind,
    timestamp: Timestamp,
    data: Map<String, Value>,
}

/// The message that tells `webhook` of an event. `None` where it is of no concern to it.
pub(super) fn of_event(
    ports: &Ports,
    webhook: &Webhook,
    event: &OutboxEvent,
) -> Option<WebhookMessage> {
    let kind = event.kind().filter(|kind| webhook.wants(*kind))?;
    let payload = match webhook.kind {
        WebhookKind::Standard => standard(kind, event.at, event.data()),
        WebhookKind::AgentHook => agent::wake(event)?,
    };
    Some(message(ports, webhook, kind, Some(event.id), payload))
}

/// The message by which somebody tries `webhook`.
pub(super) fn of_test(ports: &Ports, webhook: &Webhook) -> WebhookMessage {
    let payload = match webhook.kind {
        WebhookKind::Standard => {
            let data = Map::from_iter([("webhook_id".to_owned(), webhook.id.to_string().into())]);
            standard(EventKind::WebhookTest, ports.clock.now(), data)
        }
        WebhookKind::AgentHook => agent::test(),
    };
    message(ports, webhook, EventKind::WebhookTest, None, payload)
}

fn standard(kind: EventKind, at: Timestamp, data: Map<String, Value>) -> String {
    let payload = Payload { r#type: kind, timestamp: at, data };
    // Texts and numbers under texts always have a form in JSON.
    serde_json::to_string(&payload).unwrap_or_default()
}

fn message(
    ports: &Ports,
    webhook: &Webhook,
    kind: EventKind,
    event_id: Option<EventId>,
    payload: String,
) -> WebhookMessage {
    let now = ports.clock.now();
    WebhookMessage {
        id: MessageId::from_uuid(ports.ids.uuid(now)),
        workspace_id: webhook.workspace_id,
        webhook_id: webhook.id,
        event_id,
        kind,
        payload,
        status: MessageStatus::Pending,
        tries: 0,
        attempts: Vec::new(),
        next_at: Some(now),
        created_at: now,
        version: 0,
    }
}
