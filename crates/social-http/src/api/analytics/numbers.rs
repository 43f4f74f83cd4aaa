//! Adding up what is known, without taking what is unknown for nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use social_core::domain::{Metric, PostId};
use utoipa::ToSchema;

use super::Visible;

/// Numbers. Null: no network told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Numbers {
    /// How many posts became visible.
    pub(crate) posts: u64,
    /// How often they were shown or, where a network counts only that, viewed.
    pub(crate) impressions: Option<u64>,
    /// Likes, comments, shares, saves and clicks together, as far as they are told.
    pub(crate) engagements: Option<u64>,
    /// Likes and other reactions.
    pub(crate) likes: Option<u64>,
    /// Shares and reposts.
    pub(crate) reposts: Option<u64>,
    /// Comments and replies.
    pub(crate) replies: Option<u64>,
    /// Clicks on them or their links.
    pub(crate) clicks: Option<u64>,
}

/// A sum under way.
#[derive(Debug, Default)]
pub(super) struct Sum {
    posts: BTreeSet<PostId>,
    values: BTreeMap<Metric, u64>,
    impressions: Option<u64>,
}

impl Sum {
    pub(super) fn add(&mut self, item: &Visible) {
        self.posts.insert(item.delivery.post_id);
        let Some(latest) = &item.latest else { return };
        let values = &latest.metrics.values;
        for (metric, value) in values {
            *self.values.entry(*metric).or_default() += value;
        }
        let shown = values.get(&Metric::Impressions).or_else(|| values.get(&Metric::Views));
        if let Some(shown) = shown {
            *self.impressions.get_or_insert(0) += shown;
        }
    }

    pub(super) fn numbers(&self) -> Numbers {
        let value = |metric| self.values.get(&metric).copied();
        let engaged =
            [Metric::Likes, Metric::Comments, Metric::Shares, Metric::Saves, Metric::Clicks];
        let engaged: Vec<u64> = engaged.into_iter().filter_map(value).collect();
        Numbers {
            posts: self.posts.len() as u64,
            impressions: self.impressions,
            engagements: (!engaged.is_empty()).then(|| engaged.iter().sum()),
            likes: value(Metric::Likes),
            reposts: value(Metric::Shares),
            replies: value(Metric::Comments),
            clicks: value(Metric::Clicks),
        }
    }
}
