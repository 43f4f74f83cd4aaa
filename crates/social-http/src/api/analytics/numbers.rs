//! Numbers as the contract names them.

use serde::Serialize;
use social_core::domain::{Metric, Sums};
use utoipa::ToSchema;

/// Numbers. Null: no network told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct Numbers {
    /// How many posts became visible: one for each account that a post went to.
    pub(crate) posts: u64,
    /// How often they were shown or, where a network counts only that, viewed.
    pub(crate) impressions: Option<u64>,
    /// Likes, comments, shares, saves and clicks together, as far as they are told.
    pub(crate) engagements: Option<u64>,
    /// Likes, comments, shares and saves over how many saw them, of the posts that tell both.
    pub(crate) engagement_rate: Option<f64>,
    /// Likes and other reactions.
    pub(crate) likes: Option<u64>,
    /// Shares and reposts.
    pub(crate) reposts: Option<u64>,
    /// Comments and replies.
    pub(crate) replies: Option<u64>,
    /// How often they were kept for later.
    pub(crate) saves: Option<u64>,
    /// Clicks on them or their links.
    pub(crate) clicks: Option<u64>,
}

impl From<&Sums> for Numbers {
    fn from(sums: &Sums) -> Self {
        Self {
            posts: sums.posts,
            impressions: sums.shown.known(),
            engagements: sums.engagements(),
            engagement_rate: sums.rate().map(|rate| round(rate, 1e5)),
            likes: sums.get(Metric::Likes),
            reposts: sums.get(Metric::Shares),
            replies: sums.get(Metric::Comments),
            saves: sums.get(Metric::Saves),
            clicks: sums.get(Metric::Clicks),
        }
    }
}

/// By what factor numbers are those of the time before, as long as this one. Null: there is nothing
/// to compare with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct Growth {
    /// Of how many posts became visible.
    pub(crate) posts: Option<f64>,
    /// Of how often they were shown.
    pub(crate) impressions: Option<f64>,
    /// Of what people did.
    pub(crate) engagements: Option<f64>,
    /// Of the engagement rate.
    pub(crate) engagement_rate: Option<f64>,
}

impl Growth {
    pub(super) fn of(before: &Numbers, now: &Numbers) -> Self {
        let counts = |before: Option<u64>, now: Option<u64>| {
            social_core::statistics::growth(before?, now?).map(|factor| round(factor, 1e3))
        };
        let rates = match (before.engagement_rate, now.engagement_rate) {
            (Some(before), Some(now)) if before > 0.0 => Some(round(now / before, 1e3)),
            _ => None,
        };
        Self {
            posts: counts(Some(before.posts), Some(now.posts)),
            impressions: counts(before.impressions, now.impressions),
            engagements: counts(before.engagements, now.engagements),
            engagement_rate: rates,
        }
    }
}

fn round(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}
