//! What an author wrote, and for whom.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::series::OccurrenceRef;
use super::{AccountId, AssetId, DeliveryStatus, Platform, PostId, Wishes, WorkspaceId};
use crate::Timestamp;

/// What an author wrote. Where and when it goes stands in its deliveries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// Its id.
    pub id: PostId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The text, unless a network has its own.
    pub content: String,
    /// What single networks get instead.
    pub overrides: BTreeMap<Platform, Override>,
    /// The media, in order.
    pub media: Vec<MediaRef>,
    /// What it is part of, for reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// The instant it was scheduled for.
    pub due_at: Timestamp,
    /// Which occurrence of a series it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurrence: Option<OccurrenceRef>,
    /// When it was written.
    pub created_at: Timestamp,
    /// Rises with each change; a write with an old one is refused.
    pub version: i64,
}

/// What one network gets instead of the common content.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Another text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// What only this network knows, such as TikTok's `privacy_level`.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub options: serde_json::Map<String, serde_json::Value>,
}

/// A media item of a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaRef {
    /// The uploaded file.
    pub asset: AssetId,
    /// What it shows, for those who cannot see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
    /// How a picture is to be made fit.
    #[serde(default, skip_serializing_if = "Wishes::is_default")]
    pub wishes: Wishes,
}

impl MediaRef {
    /// The file as it is made fit by default, without a description.
    #[must_use]
    pub fn new(asset: AssetId) -> Self {
        Self { asset, alt: None, wishes: Wishes::default() }
    }
}

/// Where a post shall go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The network.
    pub platform: Platform,
    /// One of its accounts; `None` means its only one.
    pub account: Option<AccountId>,
}

impl From<Platform> for Target {
    fn from(platform: Platform) -> Self {
        Self { platform, account: None }
    }
}

/// How a post as a whole stands, as its deliveries tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostStatus {
    /// Not submitted.
    Draft,
    /// A person must approve it.
    PendingApproval,
    /// It waits for its time.
    Scheduled,
    /// At least one delivery is under way.
    Publishing,
    /// Visible everywhere.
    Published,
    /// Visible somewhere, not everywhere.
    Partial,
    /// Visible nowhere.
    Failed,
    /// Somewhere nobody can tell whether it is visible.
    Unconfirmed,
    /// Called off.
    Cancelled,
}

impl PostStatus {
    /// The status of a post with deliveries of these statuses; a post without one is a draft.
    #[must_use]
    pub fn of(deliveries: &[DeliveryStatus]) -> Self {
        use DeliveryStatus as D;
        let any = |status| deliveries.contains(&status);
        // What was called off says nothing about the rest.
        let mut live = deliveries.iter().filter(|status| **status != D::Cancelled).peekable();
        if live.peek().is_none() {
            return if deliveries.is_empty() { Self::Draft } else { Self::Cancelled };
        }
        if any(D::Publishing) {
            Self::Publishing
        } else if any(D::PendingApproval) {
            Self::PendingApproval
        } else if any(D::Scheduled) {
            if any(D::Published) { Self::Publishing } else { Self::Scheduled }
        } else if any(D::Draft) {
            Self::Draft
        } else if any(D::Unconfirmed) {
            Self::Unconfirmed
        } else if live.clone().all(|status| *status == D::Published) {
            Self::Published
        } else if any(D::Published) {
            Self::Partial
        } else {
            Self::Failed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_stands_as_its_deliveries_do() {
        use DeliveryStatus as D;
        for (deliveries, expected) in [
            (vec![], PostStatus::Draft),
            (vec![D::Published, D::Published], PostStatus::Published),
            (vec![D::Published, D::Failed], PostStatus::Partial),
            (vec![D::Published, D::Cancelled], PostStatus::Published),
            (vec![D::Failed, D::Failed], PostStatus::Failed),
            (vec![D::Published, D::Unconfirmed], PostStatus::Unconfirmed),
            (vec![D::Scheduled, D::Publishing], PostStatus::Publishing),
            (vec![D::Cancelled], PostStatus::Cancelled),
        ] {
            assert_eq!(PostStatus::of(&deliveries), expected, "{deliveries:?}");
        }
    }
}
