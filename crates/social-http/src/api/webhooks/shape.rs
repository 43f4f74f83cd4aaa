//! Webhooks and their messages as clients see them.

use serde::Serialize;
use social_core::domain::{
    EventKind, MessageStatus, Webhook, WebhookAttempt, WebhookKind, WebhookMessage, WebhookOutcome,
    WebhookStatus,
};
use utoipa::ToSchema;

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookAnswer {
    /// `hook_…`
    id: String,
    /// standard, or agent_hook for the agent's gateway of the server's configuration.
    #[schema(value_type = String)]
    kind: WebhookKind,
    url: String,
    description: String,
    /// What it is told of; empty means everything.
    events: Vec<&'static str>,
    /// active or paused.
    status: &'static str,
    /// Why it is paused, and what to do.
    reason: Option<String>,
    /// Since when it is paused.
    paused_at: Option<String>,
    /// Since when nothing reached it; after five days it is paused.
    failing_since: Option<String>,
    created_at: String,
    /// Until when messages are signed with the former secret as well.
    former_secret_until: Option<String>,
    /// What messages are signed with, once: when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) secret: Option<String>,
}

impl From<Webhook> for WebhookAnswer {
    fn from(webhook: Webhook) -> Self {
        let (status, reason, since) = match webhook.status {
            WebhookStatus::Active => ("active", None, None),
            WebhookStatus::Paused { reason, since } => ("paused", Some(reason), Some(since)),
        };
        Self {
            id: webhook.id.to_string(),
            kind: webhook.kind,
            url: webhook.url.to_string(),
            description: webhook.description,
            events: webhook.events.into_iter().map(EventKind::as_str).collect(),
            status,
            reason: reason.map(|reason| reason.to_string()),
            paused_at: since.map(|at| at.to_string()),
            failing_since: webhook.failing_since.map(|at| at.to_string()),
            created_at: webhook.created_at.to_string(),
            former_secret_until: webhook.former.map(|former| former.until.to_string()),
            secret: None,
        }
    }
}

/// All webhooks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookList {
    pub(super) items: Vec<WebhookAnswer>,
}

/// One event on its way to a webhook.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessageAnswer {
    /// `msg_…`, the header `webhook-id`.
    id: String,
    /// `evt_…`; null for a test.
    event_id: Option<String>,
    /// Such as delivery.published.
    r#type: &'static str,
    /// pending, delivered or failed.
    #[schema(value_type = String)]
    status: MessageStatus,
    created_at: String,
    /// When it is sent next.
    next_at: Option<String>,
    /// How it was sent, oldest first.
    attempts: Vec<AttemptAnswer>,
    /// The body as it is sent.
    payload: String,
}

impl From<WebhookMessage> for MessageAnswer {
    fn from(message: WebhookMessage) -> Self {
        Self {
            id: message.id.to_string(),
            event_id: message.event_id.map(|id| id.to_string()),
            r#type: message.kind.as_str(),
            status: message.status,
            created_at: message.created_at.to_string(),
            next_at: message.next_at.map(|at| at.to_string()),
            attempts: message.attempts.into_iter().map(Into::into).collect(),
            payload: message.payload,
        }
    }
}

/// One time a message was sent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttemptAnswer {
    at: String,
    duration_ms: u64,
    /// The HTTP status; null where no answer came.
    code: Option<u16>,
    /// How the answer begins, without what may be a secret.
    body: Option<String>,
    /// Why no answer came.
    error: Option<String>,
}

impl From<WebhookAttempt> for AttemptAnswer {
    fn from(attempt: WebhookAttempt) -> Self {
        let (code, body, error) = match attempt.outcome {
            WebhookOutcome::Answered { status, body } => (Some(status), Some(body), None),
            WebhookOutcome::Failed { error } => (None, None, Some(error)),
        };
        Self {
            at: attempt.at.to_string(),
            duration_ms: u64::try_from(attempt.took.as_millis()).unwrap_or(u64::MAX),
            code,
            body,
            error,
        }
    }
}

/// A page of messages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessagePage {
    /// Newest first.
    pub(super) items: Vec<MessageAnswer>,
    /// For the next page; null on the last.
    pub(super) next_cursor: Option<String>,
}
