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

/// What stands behind a [`PostingWindow`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Posts of the account.
    Own,
    /// Hardly any of them; posts of other accounts of the workspace.
    Others,
    /// No posts at all: that most people sleep at night.
    Habit,
}

/// An hour of the week, and how posts do that become visible in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PostingWindow {
    /// 0 is Monday.
    pub weekday: u8,
    /// The hour it begins, as clocks show it in `zone`.
    pub hour: u8,
    /// Where the audience lives, as IANA names it.
    pub zone: String,
    /// The likeliest reach of a post then, as a factor of the account's usual one.
    pub factor: f64,
    /// In four of five cases the factor is at least this.
    pub low: f64,
    /// In four of five cases the factor is at most this.
    pub high: f64,
    /// How many posts of the account went out in this very hour of the week.
    pub posts: u32,
    /// How many within an hour of it, on days like it.
    pub near: u32,
    /// How many of other accounts did.
    pub others: u32,
    /// What it mostly rests on.
    pub basis: Basis,
}

impl PostingWindow {
    /// What stands behind it, in words: `14 posts about that hour, reach 1.3 to 1.9 times the
    /// usual`.
    #[must_use]
    pub fn evidence(&self) -> String {
        let Self { low, high, near, others, .. } = self;
        let own = match near {
            0 => "no posts".to_owned(),
            1 => "1 post".to_owned(),
            n => format!("{n} posts"),
        };
        let others =
            if *others > 0 { format!(" and {others} of other accounts") } else { String::new() };
        format!("{own}{others} about that hour, reach {low:.1} to {high:.1} times the usual")
    }
}
