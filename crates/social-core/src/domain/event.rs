//! What happened, for those who listen.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    AccountId, DeliveryId, DeliveryStatus, EventId, Platform, PostId, SeriesId, WebhookId,
    WorkspaceId,
};
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
    /// An occurrence of a series did not become a post, or none does any more.
    SeriesMissed {
        /// Which series.
        series: SeriesId,
        /// For when it was.
        due_at: Timestamp,
        /// Why, and what to do.
        reason: String,
    },
    /// A delivery's status changed for good.
    DeliverySettled {
        /// Which.
        delivery: DeliveryId,
        /// Of which post.
        post: PostId,
        /// On which account.
        account: AccountId,
        /// On which network.
        platform: Platform,
        /// How it stands.
        status: DeliveryStatus,
        /// Where people see it.
        permalink: Option<url::Url>,
        /// Why not, and what to do.
        reason: Option<String>,
    },
    /// Where people see a delivery became known after it was published: some networks tell it late.
    LinkFound {
        /// Which.
        delivery: DeliveryId,
        /// Of which post.
        post: PostId,
        /// On which account.
        account: AccountId,
        /// On which network.
        platform: Platform,
        /// Where.
        permalink: url::Url,
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
    /// A webhook failed for too long and is told nothing any more.
    WebhookPaused {
        /// Which.
        webhook: WebhookId,
        /// Why, and what to do.
        reason: String,
    },
}

macro_rules! event_kinds {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => {
        /// What kind of thing happened, as listeners know it: `delivery.published`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum EventKind {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl EventKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// As it is written.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

event_kinds! {
    /// A post waits for its time.
    PostScheduled "post.scheduled";
    /// A post waits for a person.
    PostApprovalNeeded "post.approval_needed";
    /// A post was called off.
    PostCancelled "post.cancelled";
    /// An occurrence of a series did not become a post.
    SeriesMissed "series.missed";
    /// A post is visible on one account.
    DeliveryPublished "delivery.published";
    /// A post is not visible on one account, and not tried again by itself.
    DeliveryFailed "delivery.failed";
    /// Nobody can tell whether a post is visible on one account.
    DeliveryUnconfirmed "delivery.unconfirmed";
    /// The address of a post that is visible became known after it was published.
    DeliveryLinkFound "delivery.link_found";
    /// What was to be said under a post that is visible is not there.
    DeliveryCommentMissing "delivery.comment_missing";
    /// An account was connected.
    AccountConnected "account.connected";
    /// A person must sign in again.
    AccountReauthNeeded "account.reauth_needed";
    /// A webhook is told nothing any more.
    WebhookPaused "webhook.paused";
    /// Nothing happened: somebody tries a webhook.
    WebhookTest "webhook.test";
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is no kind of event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no event")]
pub struct BadEventKind(String);

impl FromStr for EventKind {
    type Err = BadEventKind;
    fn from_str(text: &str) -> Result<Self, BadEventKind> {
        let known = Self::ALL.iter().copied().find(|kind| kind.as_str() == text);
        known.ok_or_else(|| BadEventKind(text.to_owned()))
    }
}

impl OutboxEvent {
    /// What kind it is. `None`: it is of no concern to listeners, such as a delivery that was
    /// called off with its post, which is told of the post.
    #[must_use]
    pub fn kind(&self) -> Option<EventKind> {
        Some(match &self.what {
            Happened::PostScheduled { .. } => EventKind::PostScheduled,
            Happened::ApprovalNeeded { .. } => EventKind::PostApprovalNeeded,
            Happened::PostCancelled { .. } => EventKind::PostCancelled,
            Happened::SeriesMissed { .. } => EventKind::SeriesMissed,
            Happened::DeliverySettled { status, .. } => match status {
                DeliveryStatus::Published => EventKind::DeliveryPublished,
                DeliveryStatus::Failed => EventKind::DeliveryFailed,
                DeliveryStatus::Unconfirmed => EventKind::DeliveryUnconfirmed,
                DeliveryStatus::Draft
                | DeliveryStatus::PendingApproval
                | DeliveryStatus::Scheduled
                | DeliveryStatus::Publishing
                | DeliveryStatus::Cancelled => return None,
            },
            Happened::LinkFound { .. } => EventKind::DeliveryLinkFound,
            Happened::CommentMissing { .. } => EventKind::DeliveryCommentMissing,
            Happened::AccountConnected { .. } => EventKind::AccountConnected,
            Happened::ReauthNeeded { .. } => EventKind::AccountReauthNeeded,
            Happened::WebhookPaused { .. } => EventKind::WebhookPaused,
        })
    }

    /// What listeners are told of it: ids, addresses, status and reason, never a post's text.
    #[must_use]
    pub fn data(&self) -> Map<String, Value> {
        let mut data = match &self.what {
            Happened::PostScheduled { post, due_at } => {
                json!({ "post_id": post, "status": "scheduled", "time": due_at })
            }
            Happened::ApprovalNeeded { post, due_at } => {
                json!({ "post_id": post, "status": "pending_approval", "time": due_at })
            }
            Happened::PostCancelled { post } => json!({ "post_id": post, "status": "cancelled" }),
            Happened::SeriesMissed { series, due_at, reason } => {
                json!({ "series_id": series, "time": due_at, "reason": reason })
            }
            Happened::DeliverySettled {
                delivery,
                post,
                account,
                platform,
                status,
                permalink,
                reason,
            } => json!({
                "post_id": post,
                "delivery_id": delivery,
                "account_id": account,
                "platform": platform,
                "status": status,
                "url": permalink,
                "reason": reason,
            }),
            Happened::LinkFound { delivery, post, account, platform, permalink } => json!({
                "post_id": post,
                "delivery_id": delivery,
                "account_id": account,
                "platform": platform,
                "status": DeliveryStatus::Published,
                "url": permalink,
                "reason": null,
            }),
            Happened::CommentMissing { delivery, platform, reason } => {
                json!({ "delivery_id": delivery, "platform": platform, "reason": reason })
            }
            Happened::AccountConnected { account, platform } => {
                json!({ "account_id": account, "platform": platform })
            }
            Happened::ReauthNeeded { platform, reason } => {
                json!({ "platform": platform, "reason": reason })
            }
            Happened::WebhookPaused { webhook, reason } => {
                json!({ "webhook_id": webhook, "reason": reason })
            }
        };
        data["at"] = json!(self.at);
        data.as_object().cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_read_as_it_is_written() {
        for kind in EventKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert!("post.eaten".parse::<EventKind>().is_err());
    }
}
