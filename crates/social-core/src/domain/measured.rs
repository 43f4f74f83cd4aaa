//! Published posts as reports know them: what they are grouped by, and what their numbers come to.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{AccountId, Delivery, DeliveryId, Metric, Platform, PostId, WorkspaceId, Zone};
use crate::Timestamp;
use crate::rules::hashtags;
use crate::timing::Hour;

/// What posts can be grouped by, beside their network and day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Dimension {
    /// Nothing: all posts are one group, whose key is empty.
    All,
    /// The account.
    Account,
    /// The hour of the week at which it became visible, by the account's clocks: `mon-18`.
    Hour,
    /// Its hashtags, each in small letters and without `#`.
    Hashtag,
    /// The campaign that its author named.
    Campaign,
}

impl Dimension {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::All, Self::Account, Self::Hour, Self::Hashtag, Self::Campaign];

    /// Its name where it is written: `all`, `account`, …
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Account => "account",
            Self::Hour => "hour",
            Self::Hashtag => "hashtag",
            Self::Campaign => "campaign",
        }
    }
}

/// A published delivery whose numbers are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// Which delivery.
    pub delivery_id: DeliveryId,
    /// Of which post.
    pub post_id: PostId,
    /// On which account.
    pub account_id: AccountId,
    /// On which network.
    pub platform: Platform,
    /// The network's id of it, where that is known.
    pub remote_id: Option<String>,
    /// When it became visible.
    pub published_at: Timestamp,
    /// What it is grouped by.
    pub keys: BTreeSet<(Dimension, String)>,
    /// When its numbers are to be read next, if ever again.
    pub next_at: Option<Timestamp>,
}

impl Measured {
    /// A delivery as reports know it, by the clocks of `zone`. `None` where it is not published.
    #[must_use]
    pub fn of(delivery: &Delivery, campaign: Option<&str>, zone: Zone) -> Option<Self> {
        let published = delivery.published.as_ref()?;
        let mut keys = BTreeSet::from([
            (Dimension::All, String::new()),
            (Dimension::Account, delivery.account_id.to_string()),
            (Dimension::Hour, Hour::of(published.at, zone.tz()).to_string()),
        ]);
        keys.extend(hashtags(&delivery.text).map(|tag| (Dimension::Hashtag, tag.to_lowercase())));
        keys.extend(campaign.map(|name| (Dimension::Campaign, name.to_owned())));
        Some(Self {
            workspace_id: delivery.workspace_id,
            delivery_id: delivery.id,
            post_id: delivery.post_id,
            account_id: delivery.account_id,
            platform: delivery.platform.clone(),
            remote_id: published.remote_id.clone(),
            published_at: published.at,
            keys,
            next_at: None,
        })
    }
}

/// A sum, and of how many posts it is: those that do not tell are left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// The sum.
    pub value: u64,
    /// Of how many posts.
    pub posts: u64,
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.value = self.value.saturating_add(other.value);
        self.posts += other.posts;
    }

    /// The sum, where any post tells.
    #[must_use]
    pub fn known(self) -> Option<u64> {
        (self.posts > 0).then_some(self.value)
    }
}

/// What the numbers of posts come to. A post on two accounts counts as two: each has its numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// How many posts.
    pub posts: u64,
    /// The sum of each number.
    pub of: BTreeMap<Metric, Sum>,
    /// How often they were shown or, where a network counts only that, viewed.
    pub shown: Sum,
    /// What people did (likes, comments, shares, saves) with the posts that have a rate.
    pub acts: u64,
    /// How many saw those: their reach, else their views, else their impressions.
    pub seen: u64,
    /// How many posts have a rate.
    pub rated: u64,
    /// When any of the numbers was read last.
    pub read_at: Option<Timestamp>,
}

const ACTS: [Metric; 4] = [Metric::Likes, Metric::Comments, Metric::Shares, Metric::Saves];

impl Sums {
    /// Those of one post.
    #[must_use]
    pub fn one(values: &BTreeMap<Metric, u64>, read_at: Option<Timestamp>) -> Self {
        let get = |metric: &Metric| values.get(metric).copied();
        let sum = |value: u64| Sum { value, posts: 1 };
        let shown = get(&Metric::Impressions).or(get(&Metric::Views));
        let seen =
            [Metric::Reach, Metric::Views, Metric::Impressions].iter().find_map(get).unwrap_or(0);
        let acts: Vec<u64> = ACTS.iter().filter_map(get).collect();
        let rated = seen > 0 && !acts.is_empty();
        Self {
            posts: 1,
            of: values.iter().map(|(metric, value)| (*metric, sum(*value))).collect(),
            shown: shown.map(sum).unwrap_or_default(),
            acts: if rated { acts.iter().sum() } else { 0 },
            seen: if rated { seen } else { 0 },
            rated: rated.into(),
            read_at,
        }
    }

    /// Adds those of other posts.
    pub fn add(&mut self, other: &Self) {
        self.posts += other.posts;
        for (metric, sum) in &other.of {
            self.of.entry(*metric).or_default().add(*sum);
        }
        self.shown.add(other.shown);
        self.acts = self.acts.saturating_add(other.acts);
        self.seen = self.seen.saturating_add(other.seen);
        self.rated += other.rated;
        self.read_at = self.read_at.max(other.read_at);
    }

    /// The sum of a number; `None` where no post tells it.
    #[must_use]
    pub fn get(&self, metric: Metric) -> Option<u64> {
        self.of.get(&metric).and_then(|sum| sum.known())
    }

    /// Likes, comments, shares, saves and clicks together, as far as they are told.
    #[must_use]
    pub fn engagements(&self) -> Option<u64> {
        let told = ACTS.iter().chain([&Metric::Clicks]).filter_map(|metric| self.get(*metric));
        told.fold(None, |sum: Option<u64>, one| Some(sum.unwrap_or(0).saturating_add(one)))
    }

    /// What people did over how many saw it, of the posts that tell both.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        (self.rated > 0 && self.seen > 0).then(|| self.acts as f64 / self.seen as f64)
    }
}

/// Posts of one network that have a key in common, and what they come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The network.
    pub platform: Platform,
    /// The day, in UTC, at which they became visible, where it is asked for.
    pub day: Option<NaiveDate>,
    /// What they are grouped by.
    pub dimension: Dimension,
    /// The key.
    pub key: String,
    /// What they come to.
    pub sums: Sums,
}

/// A post that did well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Best {
    /// Which.
    pub measured: Measured,
    /// Its numbers.
    pub sums: Sums,
}

/// What all posts of a network gained on a day, whenever they became visible: less than nothing
/// where the network took something back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gained {
    /// The day, in UTC.
    pub day: NaiveDate,
    /// The network.
    pub platform: Platform,
    /// What was gained.
    pub values: BTreeMap<Metric, i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_say_of_how_many_they_are_and_unknown_is_no_zero() {
        let one = |values: &[(Metric, u64)]| Sums::one(&values.iter().copied().collect(), None);
        let mut sums = one(&[(Metric::Reach, 200), (Metric::Likes, 8), (Metric::Saves, 2)]);
        sums.add(&one(&[(Metric::Views, 100), (Metric::Likes, 5), (Metric::Clicks, 3)]));
        sums.add(&one(&[(Metric::Likes, 1)]));
        sums.add(&one(&[]));
        assert_eq!((sums.posts, sums.rated, sums.acts, sums.seen), (4, 2, 15, 300));
        assert_eq!(sums.rate(), Some(0.05));
        assert_eq!(sums.get(Metric::Likes), Some(14));
        assert_eq!(sums.of[&Metric::Likes], Sum { value: 14, posts: 3 });
        assert_eq!(sums.get(Metric::Comments), None);
        assert_eq!(sums.engagements(), Some(19));
        assert_eq!(sums.shown.known(), Some(100));
        assert_eq!((one(&[]).engagements(), one(&[]).rate()), (None, None));
    }
}
