//! Addresses that are told what happens, and each message on its way to one.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::{EventId, EventKind, MessageId, WebhookId, WorkspaceId};
use crate::Timestamp;
use crate::ports::Sealed;

/// How many attempts a message remembers.
const REMEMBERED: usize = 20;

/// Who listens at a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookKind {
    /// A program that checks signatures (Standard Webhooks).
    Standard,
    /// An agent's gateway, which takes one line of text under a token of its own.
    AgentHook,
}

/// An address that is told what happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// Who listens.
    pub kind: WebhookKind,
    /// Where.
    pub url: Url,
    /// What it is for, for people.
    pub description: String,
    /// What it is told of; empty means everything.
    pub events: BTreeSet<EventKind>,
    /// What messages are signed with, or, for an agent's gateway, the token that it asks for;
    /// sealed for `{id}/secret`.
    pub secret: Sealed,
    /// What they are signed with as well for a while, sealed for `{id}/former`.
    pub former: Option<DueSecret>,
    /// Whether it is told anything.
    pub status: WebhookStatus,
    /// Since when nothing reached it.
    pub failing_since: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Rises with each change; a write with an old one is refused.
    pub version: i64,
}

/// A secret that is good for a while only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueSecret {
    /// The secret.
    pub secret: Sealed,
    /// Until when it is good.
    pub until: Timestamp,
}

/// Whether a webhook is told anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum WebhookStatus {
    /// It is.
    Active,
    /// It is not, until a person makes it active again.
    Paused {
        /// Why.
        reason: PauseReason,
        /// Since when.
        since: Timestamp,
    },
}

/// Why a webhook is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum PauseReason {
    /// Somebody wanted it.
    Asked,
    /// It said that it is gone (410).
    Gone,
    /// Nothing reached it for days.
    Failing,
    /// The agent's gateway refuses whatever it is told, with this status.
    Refused {
        /// The HTTP status.
        status: u16,
    },
}

impl fmt::Display for PauseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked => f.write_str("somebody paused it"),
            Self::Gone => f.write_str("the receiver answered 410: it wants no more"),
            Self::Failing => f.write_str(
                "nothing reached the receiver for five days: mend it, then make the webhook active",
            ),
            Self::Refused { status } => write!(
                f,
                "the agent's gateway answered {status}: correct its address and token in the \
                 configuration, then make the webhook active"
            ),
        }
    }
}

impl Webhook {
    /// Whether it is told of events of this kind now.
    #[must_use]
    pub fn wants(&self, kind: EventKind) -> bool {
        self.status == WebhookStatus::Active
            && (self.events.is_empty() || self.events.contains(&kind))
    }
}

/// How a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// It is on its way.
    Pending,
    /// The receiver took it.
    Delivered,
    /// The receiver did not take it, and it is not sent again by itself.
    Failed,
}

/// One event on its way to one webhook. What was sent once is sent again with the same id and the
/// same bytes, so that a receiver can tell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookMessage {
    /// Its id: the header `webhook-id`.
    pub id: MessageId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// To which webhook.
    pub webhook_id: WebhookId,
    /// Of which event; none for a test.
    pub event_id: Option<EventId>,
    /// Of which kind that is.
    pub kind: EventKind,
    /// The body, as it is sent.
    pub payload: String,
    /// How it stands.
    pub status: MessageStatus,
    /// How often it was sent since it was last begun.
    pub tries: u32,
    /// How it was sent, oldest first; the last ones.
    pub attempts: Vec<WebhookAttempt>,
    /// When it is sent next.
    pub next_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Rises with each change; a write with an old one is refused.
    pub version: i64,
}

impl WebhookMessage {
    /// Notes an attempt; only the last ones are remembered.
    pub fn note(&mut self, attempt: WebhookAttempt) {
        self.tries += 1;
        self.attempts.push(attempt);
        let over = self.attempts.len().saturating_sub(REMEMBERED);
        self.attempts.drain(..over);
    }
}

/// One time a message was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookAttempt {
    /// When.
    pub at: Timestamp,
    /// How long it took.
    pub took: Duration,
    /// What came of it.
    pub outcome: WebhookOutcome,
}

/// What came of sending a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookOutcome {
    /// The receiver answered.
    Answered {
        /// The HTTP status.
        status: u16,
        /// How its body begins, without what may be a secret.
        body: String,
    },
    /// No answer came.
    Failed {
        /// Why.
        error: String,
    },
}
