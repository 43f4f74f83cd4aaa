//! What happened, for those who listen.

use serde::{Deserialize, Serialize};

use super::{AccountId, DeliveryId, EventId, Platform, PostId, WorkspaceId};
use crate::Timestamp;

/// Something that happened and that others are told of, for success and failure alike. Written in
/// the transaction that made it so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutboxEvent {
    /// Its id.
    pub id: EventId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: Happened,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Happened {
    /// A post was scheduled.
    PostScheduled {
        /// Which.
        post: PostId,
        /// For when.
        due_at: Timestamp,
    },
    /// A post waits for a person to approve it.
    ApprovalNeeded {
        /// Which.
        post: PostId,
        /// For when.
        due_at: Timestamp,
    },
    /// A post was called off, or a person did not approve it.
    PostCancelled {
        /// Which.
        post: PostId,
    },
    /// A delivery's status changed for good.
    DeliverySettled {
        /// Which.
        delivery: DeliveryId,
        /// Of which post.
        post: PostId,
        /// On which network.
        platform: Platform,
        /// How it stands.
        status: super::DeliveryStatus,
        /// Where people see it.
        permalink: Option<url::Url>,
        /// Why not, and what to do.
        reason: Option<String>,
    },
    /// What was to be said under a published post is not there, and not tried again by itself.
    CommentMissing {
        /// Under which.
        delivery: DeliveryId,
        /// On which network.
        platform: Platform,
        /// Why, and what to do.
        reason: String,
    },
    /// An account was connected.
    AccountConnected {
        /// Which.
        account: AccountId,
        /// On which network.
        platform: Platform,
    },
    /// A person must sign in again.
    ReauthNeeded {
        /// On which network.
        platform: Platform,
        /// Why.
        reason: String,
    },
}
