//! One post on one account: the unit that is scheduled, published, retried and counted.

use serde::{Deserialize, Serialize};
use url::Url;

use super::media::MediaProbe;
use super::{AccountId, DeliveryId, MediaRef, Platform, PostId, PostKind, WorkspaceId};
use crate::Timestamp;
use crate::error::Failure;
use crate::flow::FlowState;
use crate::ports::BlobKey;

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// Not submitted.
    Draft,
    /// A person must approve it.
    PendingApproval,
    /// It waits for its time; it may already be prepared, and can still be called off.
    Scheduled,
    /// What makes it visible was sent, and the outcome is not settled.
    Publishing,
    /// Visible. It never changes again.
    Published,
    /// Not visible, and not tried again by itself.
    Failed,
    /// Nobody can tell whether it is visible: a person must look. Never sent again by itself.
    Unconfirmed,
    /// Called off before anything became visible.
    Cancelled,
}

/// What can happen to a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryEvent {
    /// The author is done with it.
    Submit,
    /// The author is done with it, and a person must approve it.
    SubmitForApproval,
    /// The author wants to change it first.
    Withdraw,
    /// A person approved it.
    Approve,
    /// What makes it visible is about to be sent.
    Send,
    /// The network surely refused for now; it is tried again later.
    Postpone,
    /// It is visible.
    Publish,
    /// It is not visible and will not be tried again by itself.
    Fail,
    /// Nobody can tell any more.
    LoseTrack,
    /// Called off.
    Cancel,
    /// A person wants a failed one tried again.
    Retry,
}

/// An event that a status does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a delivery that is {from:?} cannot take {event:?}")]
pub struct InvalidTransition {
    /// How the delivery stood.
    pub from: DeliveryStatus,
    /// What was to happen.
    pub event: DeliveryEvent,
}

impl DeliveryStatus {
    /// The whole table of what leads where.
    ///
    /// # Errors
    /// [`InvalidTransition`] for every pair that is not in the table.
    pub fn apply(self, event: DeliveryEvent) -> Result<Self, InvalidTransition> {
        use DeliveryEvent as E;
        match (self, event) {
            (Self::Draft, E::Submit) | (Self::PendingApproval, E::Approve) => Ok(Self::Scheduled),
            (Self::Draft, E::SubmitForApproval) => Ok(Self::PendingApproval),
            (Self::Draft | Self::PendingApproval | Self::Scheduled, E::Withdraw) => Ok(Self::Draft),
            // A commit that was proved absent is sent again while the delivery is publishing.
            (Self::Scheduled | Self::Publishing, E::Send) => Ok(Self::Publishing),
            (Self::Scheduled | Self::Publishing, E::Postpone) => Ok(Self::Scheduled),
            (Self::Publishing | Self::Unconfirmed, E::Publish) => Ok(Self::Published),
            (Self::Scheduled | Self::Publishing | Self::Unconfirmed, E::Fail) => Ok(Self::Failed),
            (Self::Publishing, E::LoseTrack) => Ok(Self::Unconfirmed),
            (Self::Draft | Self::PendingApproval | Self::Scheduled | Self::Failed, E::Cancel) => {
                Ok(Self::Cancelled)
            }
            (Self::Failed, E::Retry) => Ok(Self::Scheduled),
            (from, event) => Err(InvalidTransition { from, event }),
        }
    }

    /// Whether nothing happens any more by itself.
    #[must_use]
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Published | Self::Failed | Self::Unconfirmed | Self::Cancelled)
    }
}

/// One post on one account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// Of which post.
    pub post_id: PostId,
    /// On which account.
    pub account_id: AccountId,
    /// On which network.
    pub platform: Platform,
    /// What kind of post it is there.
    pub kind: PostKind,
    /// The text as it will stand there.
    pub text: String,
    /// The media, in order.
    pub media: Vec<MediaRef>,
    /// What only this network knows.
    #[serde(default)]
    pub options: serde_json::Map<String, serde_json::Value>,
    /// How it stands.
    pub status: DeliveryStatus,
    /// When it shall be visible.
    pub due_at: Timestamp,
    /// The media made fit, once that is done.
    pub rendered: Option<Vec<RenderedMedia>>,
    /// How far publishing has come.
    pub flow: Option<FlowRecord>,
    /// How often it failed in a way that is tried again.
    pub failures: u32,
    /// When what makes it visible was first sent.
    pub sent_at: Option<Timestamp>,
    /// What came of it.
    pub published: Option<Published>,
    /// When it was taken away from the network again, after it was visible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_at: Option<Timestamp>,
    /// Why it is not visible, where it failed or waits for another try.
    pub failure: Option<Failure>,
    /// Rises with each change; a write with an old one is refused.
    pub version: i64,
}

/// Where a delivery's flow stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum FlowRecord {
    /// On the way to being visible.
    Publish {
        /// The network's own state.
        state: FlowState,
    },
    /// Finding out whether it is visible.
    Reconcile {
        /// The network's own state of looking; none while the next look has not begun.
        state: Option<FlowState>,
        /// Where publishing stood when it became unsure.
        publish: FlowState,
        /// How often we looked to the end without an answer.
        looks: u32,
    },
}

/// A media item made fit for the delivery's network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RenderedMedia {
    /// Where its bytes are.
    pub key: BlobKey,
    /// How many there are.
    pub bytes: u64,
    /// Their media type.
    pub mime: String,
    /// What they are.
    pub probe: MediaProbe,
    /// What it shows, for those who cannot see it.
    pub alt: Option<String>,
    /// What was changed to make it fit, for people.
    pub changes: Vec<super::media::Change>,
}

/// What became visible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The network's id of it; `None` where the network says it is live and not what it is called.
    pub remote_id: Option<String>,
    /// Where people see it.
    pub permalink: Option<Url>,
    /// When we learned that it is visible.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUSES: [DeliveryStatus; 8] = [
        DeliveryStatus::Draft,
        DeliveryStatus::PendingApproval,
        DeliveryStatus::Scheduled,
        DeliveryStatus::Publishing,
        DeliveryStatus::Published,
        DeliveryStatus::Failed,
        DeliveryStatus::Unconfirmed,
        DeliveryStatus::Cancelled,
    ];
    const EVENTS: [DeliveryEvent; 11] = [
        DeliveryEvent::Submit,
        DeliveryEvent::SubmitForApproval,
        DeliveryEvent::Withdraw,
        DeliveryEvent::Approve,
        DeliveryEvent::Send,
        DeliveryEvent::Postpone,
        DeliveryEvent::Publish,
        DeliveryEvent::Fail,
        DeliveryEvent::LoseTrack,
        DeliveryEvent::Cancel,
        DeliveryEvent::Retry,
    ];

    #[test]
    fn nothing_leaves_published_or_cancelled() {
        for status in [DeliveryStatus::Published, DeliveryStatus::Cancelled] {
            for event in EVENTS {
                assert!(status.apply(event).is_err(), "{status:?} took {event:?}");
            }
        }
    }

    #[test]
    fn what_may_be_visible_is_never_called_off_or_sent_as_new() {
        for status in [DeliveryStatus::Publishing, DeliveryStatus::Unconfirmed] {
            assert!(status.apply(DeliveryEvent::Cancel).is_err());
            assert!(status.apply(DeliveryEvent::Retry).is_err());
            assert!(status.apply(DeliveryEvent::Withdraw).is_err());
        }
        assert!(DeliveryStatus::Unconfirmed.apply(DeliveryEvent::Send).is_err());
    }

    #[test]
    fn the_table_as_a_picture() {
        let mut table = String::new();
        for status in STATUSES {
            for event in EVENTS {
                if let Ok(next) = status.apply(event) {
                    table.push_str(&format!("{status:?} + {event:?} -> {next:?}\n"));
                }
            }
        }
        insta::assert_snapshot!(table);
    }
}
