//! Numbers of an Instagram post.
//!
//! Meta, "Instagram media insights": these metrics exist for posts, carousels and reels alike.

use social_core::domain::{Metric, PostMetrics};

use crate::meta::insights::Row;

/// What is asked for.
pub(super) const METRICS: &str = "reach,views,likes,comments,saved,shares,total_interactions";

const NAMES: &[(&str, Metric)] = &[
    ("reach", Metric::Reach),
    ("views", Metric::Views),
    ("likes", Metric::Likes),
    ("comments", Metric::Comments),
    ("saved", Metric::Saves),
    ("shares", Metric::Shares),
];

/// The rows in the one vocabulary.
pub(super) fn metrics(rows: &[Row]) -> PostMetrics {
    let mut metrics = PostMetrics::default();
    for row in rows {
        if let Some(value) = row.value() {
            metrics.raw.insert(row.name.clone(), value.clone());
        }
        let known = NAMES.iter().find(|(name, _)| *name == row.name);
        if let (Some((_, metric)), Some(number)) = (known, row.number()) {
            metrics.values.insert(*metric, number);
        }
    }
    for metric in Metric::ALL {
        if metrics.values.contains_key(&metric) {
            continue;
        }
        let why = match metric {
            Metric::Impressions => "Instagram counts views instead of impressions since July 2024",
            Metric::Clicks => "Instagram counts no clicks on a post",
            Metric::Followers => {
                "Instagram tells followers gained for the account, not for all kinds of posts"
            }
            _ => "Instagram has not counted it yet: it may take two days",
        };
        metrics.missing.insert(metric, why.to_owned());
    }
    metrics
}
