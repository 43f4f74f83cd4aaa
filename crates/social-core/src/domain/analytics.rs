//! The numbers that networks give back, in one vocabulary.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AccountId, DeliveryId, WorkspaceId};
use crate::Timestamp;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Metric {
    /// How often it was shown.
    Impressions,
    /// To how many people.
    Reach,
    /// How often it was watched or looked at.
    Views,
    /// Likes and other reactions.
    Likes,
    /// Comments and replies.
    Comments,
    /// Shares and reposts.
    Shares,
    /// How often it was kept for later.
    Saves,
    /// Clicks on it or its links.
    Clicks,
    /// Followers gained.
    Followers,
}

impl Metric {
    /// All of them, in the order people read them.
    pub const ALL: [Self; 9] = [
        Self::Impressions,
        Self::Reach,
        Self::Views,
        Self::Likes,
        Self::Comments,
        Self::Shares,
        Self::Saves,
        Self::Clicks,
        Self::Followers,
    ];
}

/// The numbers of one post at one time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PostMetrics {
    /// What the network says. What is not here is unknown, which is not zero.
    pub values: BTreeMap<Metric, u64>,
    /// Why a number is not there.
    pub missing: BTreeMap<Metric, String>,
    /// The network's own names and numbers.
    pub raw: BTreeMap<String, serde_json::Value>,
}

/// The numbers of a delivery as read at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Whose they are.
    pub workspace_id: WorkspaceId,
    /// Of which delivery.
    pub delivery_id: DeliveryId,
    /// On which account.
    pub account_id: AccountId,
    /// When they were read.
    pub taken_at: Timestamp,
    /// The numbers.
    pub metrics: PostMetrics,
}

/// A stretch of the week at which posting did well.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PostingWindow {
    /// 0 is Monday.
    pub weekday: u8,
    /// The hour it begins, in UTC.
    pub hour: u8,
    /// How much the usual reach was exceeded, as a factor, by the posts of this window.
    pub factor: f64,
    /// How many posts stand behind it.
    pub posts: u32,
}
