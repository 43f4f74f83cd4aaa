//! Numbers of an Instagram post, and of an account.
//!
//! Meta, "Instagram media insights": these metrics exist for posts, carousels and reels alike.

use std::time::Duration;

use serde_json::Value;
use social_core::domain::{Metric, Metrics};

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
pub(super) fn metrics(rows: &[Row]) -> Metrics {
    let mut metrics = Metrics::default();
    for row in rows {
        if let Some(value) = row.value() {
            metrics.raw.insert(row.name.clone(), value.clone());
        }
        let known = NAMES.iter().find(|(name, _)| *name == row.name);
        if let (Some((_, metric)), Some(number)) = (known, row.number()) {
            metrics.values.insert(*metric, number);
        }
    }
    metrics.explained(|metric| match metric {
        Metric::Impressions => NO_IMPRESSIONS,
        Metric::Clicks => "Instagram counts no clicks on a post",
        Metric::Followers => {
            "Instagram tells followers gained for the account, not for all kinds of posts"
        }
        _ => "Instagram has not counted it yet: it may take two days",
    })
}

const NO_IMPRESSIONS: &str = "Instagram counts views instead of impressions since July 2024";

/// What is asked of an account. Meta, "Instagram user insights".
pub(super) const OF_ACCOUNT: &str = "reach,views,likes,comments,shares,saves,profile_links_taps";

/// So much time at most is asked for at once.
pub(super) const MOST: Duration = Duration::from_secs(30 * 24 * 3600);

const ACCOUNT_NAMES: &[(&str, Metric)] = &[
    ("reach", Metric::Reach),
    ("views", Metric::Views),
    ("likes", Metric::Likes),
    ("comments", Metric::Comments),
    ("shares", Metric::Shares),
    ("saves", Metric::Saves),
    ("profile_links_taps", Metric::Clicks),
];

/// The rows of each part of a time, and the followers, in the one vocabulary.
pub(super) fn of_account(parts: &[Vec<Row>], followers: Option<u64>) -> Metrics {
    let mut metrics = Metrics::default();
    for row in parts.iter().flatten() {
        let raw =
            metrics.raw.entry(row.name.clone()).or_insert_with(|| Value::from(Vec::<u64>::new()));
        if let Value::Array(all) = raw {
            all.push(row.all());
        }
        let known = ACCOUNT_NAMES.iter().find(|(name, _)| *name == row.name);
        if let (Some((_, metric)), Some(number)) = (known, row.sum()) {
            metrics.add(*metric, number);
        }
    }
    // The same person may be among those of both halves.
    if parts.len() > 1 && metrics.values.remove(&Metric::Reach).is_some() {
        let why = "Instagram counts reach over at most 30 days, and it does not add up";
        metrics.missing.insert(Metric::Reach, why.to_owned());
    }
    if let Some(followers) = followers {
        metrics.raw.insert("followers_count".to_owned(), followers.into());
        metrics.values.insert(Metric::Followers, followers);
    }
    metrics.explained(|metric| match metric {
        Metric::Impressions => NO_IMPRESSIONS,
        _ => "Instagram did not tell it for this time",
    })
}
