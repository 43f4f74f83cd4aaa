//! The numbers that networks give back, in one vocabulary.

use std::collections::BTreeMap;
use std::time::Duration;

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
    /// Followers: those that a post gained, or those that an account has.
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

impl Metric {
    /// Its name where it is written: `impressions`, `reach`, …
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Impressions => "impressions",
            Self::Reach => "reach",
            Self::Views => "views",
            Self::Likes => "likes",
            Self::Comments => "comments",
            Self::Shares => "shares",
            Self::Saves => "saves",
            Self::Clicks => "clicks",
            Self::Followers => "followers",
        }
    }
}

/// From when, up to before when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeSpan {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant that is no longer of it.
    pub to: Timestamp,
}

impl TimeSpan {
    /// How long it is.
    #[must_use]
    pub fn length(self) -> Duration {
        self.to.since(self.from)
    }

    /// The same cut into parts of at most `most`, oldest first.
    #[must_use]
    pub fn parts(self, most: Duration) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut from = self.from;
        while from < self.to && !most.is_zero() {
            let to = (from + most).min(self.to);
            parts.push(Self { from, to });
            from = to;
        }
        parts
    }
}

/// The numbers of one post at one time, or of one account over a time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// What the network says. What is not here is unknown, which is not zero.
    pub values: BTreeMap<Metric, u64>,
    /// Why a number is not there.
    pub missing: BTreeMap<Metric, String>,
    /// The network's own names and numbers.
    pub raw: BTreeMap<String, serde_json::Value>,
}

impl Metrics {
    /// Says of every number that is not there why.
    #[must_use]
    pub fn explained<T: Into<String>>(mut self, why: impl Fn(Metric) -> T) -> Self {
        for metric in Metric::ALL {
            if !self.values.contains_key(&metric) {
                self.missing.entry(metric).or_insert_with(|| why(metric).into());
            }
        }
        self
    }

    /// The number, or why there is none.
    ///
    /// # Errors
    /// The reason, in a sentence.
    pub fn get(&self, metric: Metric) -> Result<u64, &str> {
        let why = || self.missing.get(&metric).map_or("it was not told", String::as_str);
        self.values.get(&metric).copied().ok_or_else(why)
    }

    /// Adds to a number, which begins at zero.
    pub fn add(&mut self, metric: Metric, number: u64) {
        *self.values.entry(metric).or_default() += number;
    }
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
    pub metrics: Metrics,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_cut_without_a_gap() {
        let at = Timestamp::from_secs;
        let span = TimeSpan { from: at(0), to: at(250) };
        let parts = span.parts(Duration::from_secs(100));
        let ends: Vec<_> = parts.iter().map(|it| (it.from.as_secs(), it.to.as_secs())).collect();
        assert_eq!(ends, [(0, 100), (100, 200), (200, 250)]);
        assert!(span.parts(Duration::ZERO).is_empty());
    }

    #[test]
    fn a_metric_is_written_by_its_name() {
        for metric in Metric::ALL {
            assert_eq!(serde_json::to_value(metric).unwrap(), metric.as_str());
        }
    }

    #[test]
    fn what_is_not_there_has_a_reason_of_its_own_or_the_common_one() {
        let mut metrics = Metrics::default();
        metrics.add(Metric::Likes, 2);
        metrics.add(Metric::Likes, 3);
        metrics.missing.insert(Metric::Reach, "counted by the day".to_owned());
        let metrics = metrics.explained(|_| "not told");
        assert_eq!(metrics.get(Metric::Likes), Ok(5));
        assert_eq!(metrics.get(Metric::Reach), Err("counted by the day"));
        assert_eq!(metrics.get(Metric::Saves), Err("not told"));
    }
}
