//! The journal: each step of a delivery as it happened.

use serde::{Deserialize, Serialize};

use super::{AttemptId, DeliveryId, WorkspaceId};
use crate::Timestamp;
use crate::error::Failure;
use crate::flow::Effect;

/// How a step of a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptState {
    /// It is about to leave, or has left: after a crash, nobody knows.
    Sending,
    /// The network took it.
    Accepted,
    /// The network surely refused it.
    Rejected,
    /// No definite answer came.
    Ambiguous,
    /// No definite answer came, and what became of it was found out later.
    Resolved,
}

/// One step of a delivery as it happened, without secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// Its id.
    pub id: AttemptId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// Of which delivery.
    pub delivery_id: DeliveryId,
    /// What was asked, in the network's words: `instagram.media_publish`.
    pub operation: String,
    /// What it may do.
    pub effect: Effect,
    /// How it stands.
    pub state: AttemptState,
    /// Method and address without its query, and SHA-256 of method, address and body.
    pub request: RequestTrace,
    /// The status of the answer, where one came.
    pub status: Option<u16>,
    /// What went wrong.
    pub failure: Option<Failure>,
    /// When it was about to leave.
    pub started_at: Timestamp,
    /// When its outcome was known.
    pub ended_at: Option<Timestamp>,
}

/// What is kept of a request: enough to recognise it, nothing that is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestTrace {
    /// Such as `POST`.
    pub method: String,
    /// Host and path.
    pub address: String,
    /// SHA-256, in hex, of method, address and body, all but tokens.
    pub fingerprint: String,
}
