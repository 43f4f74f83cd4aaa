//! Numbers of a Page's post, and of the Page.
//!
//! Meta, "Page and post insights" (metrics valid after the impressions family ended), and the
//! counts that the post itself carries.

use std::time::Duration;

use http::Method;
use serde::Deserialize;
use serde_json::Value;
use social_core::PlatformError;
use social_core::domain::{Metric, Metrics, TimeSpan};
use social_core::flow::Effect;
use social_core::ports::{Request, Response};

use crate::endpoint::Endpoint;
use crate::meta::graph::Graph;
use crate::meta::insights::Row;

/// What is asked of insights.
pub(super) const METRICS: &str =
    "post_media_view,post_total_media_view_unique,post_clicks,post_reactions_by_type_total";

const NAMES: &[(&str, Metric)] = &[
    ("post_media_view", Metric::Views),
    ("post_total_media_view_unique", Metric::Reach),
    ("post_clicks", Metric::Clicks),
    ("post_reactions_by_type_total", Metric::Likes),
];

/// `GET /{post}` for its counts.
#[derive(Debug)]
pub(super) struct ReadCounts<'a> {
    pub(super) post: &'a str,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Counts {
    shares: Option<Shares>,
    reactions: Option<Summed>,
    comments: Option<Summed>,
}

#[derive(Debug, Deserialize)]
struct Shares {
    count: u64,
}

#[derive(Debug, Deserialize)]
struct Summed {
    summary: Option<Summary>,
}

#[derive(Debug, Deserialize)]
struct Summary {
    total_count: u64,
}

impl Endpoint<Graph<'_>> for ReadCounts<'_> {
    type Output = Counts;
    const OPERATION: &'static str = "facebook.object";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, graph: &Graph<'_>) -> Result<Request, PlatformError> {
        graph
            .build(Method::GET, self.post)
            .query(
                "fields",
                "shares,reactions.summary(true).limit(0),comments.summary(true).limit(0)",
            )
            .finish(graph.platform)
    }

    fn parse(&self, graph: &Graph<'_>, response: &Response) -> Result<Counts, PlatformError> {
        graph.read(self.effect(), response)
    }
}

/// Both in the one vocabulary. `refused` is why insights gave nothing.
pub(super) fn metrics(counts: &Counts, rows: &[Row], refused: Option<&str>) -> Metrics {
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
    let total = |summed: &Option<Summed>| Some(summed.as_ref()?.summary.as_ref()?.total_count);
    // A post nobody shared has no such field.
    let shares = Some(counts.shares.as_ref().map_or(0, |shares| shares.count));
    for (name, metric, number) in [
        ("shares", Metric::Shares, shares),
        ("reactions", Metric::Likes, total(&counts.reactions)),
        ("comments", Metric::Comments, total(&counts.comments)),
    ] {
        if let Some(number) = number {
            metrics.raw.insert(name.to_owned(), Value::from(number));
            metrics.values.insert(metric, number);
        }
    }
    let refused = refused.unwrap_or("Facebook has not counted it yet: it counts once a day");
    metrics.explained(|metric| match metric {
        Metric::Impressions => NO_IMPRESSIONS,
        Metric::Saves => "Facebook does not tell how often a post was saved",
        Metric::Followers => "Facebook tells followers gained for the Page, not for a post",
        _ => refused,
    })
}

const NO_IMPRESSIONS: &str = "Facebook counts views instead of impressions since November 2025";

/// What is asked of a Page, by the day.
pub(super) const OF_PAGE: &str =
    "page_media_view,page_total_actions,page_actions_post_reactions_total";

/// So much time at most is asked for at once.
pub(super) const MOST: Duration = Duration::from_secs(90 * DAY);

const DAY: u64 = 24 * 3600;

const PAGE_NAMES: &[(&str, Metric)] = &[
    ("page_media_view", Metric::Views),
    ("page_total_actions", Metric::Clicks),
    ("page_actions_post_reactions_total", Metric::Likes),
];

/// How many people something reached, by the time over which that is counted.
pub(super) const REACH: &str = "page_total_media_view_unique";

/// The period of which Facebook counts people, where it does of so much time: the days of one
/// another's cannot be added up.
pub(super) fn period_of(span: TimeSpan) -> Option<&'static str> {
    match (span.length().as_secs() + DAY / 2) / DAY {
        0 | 1 => Some("day"),
        7 => Some("week"),
        28 => Some("days_28"),
        _ => None,
    }
}

/// The rows of a Page, and its followers, in the one vocabulary. `refused` is why insights gave
/// nothing.
pub(super) fn of_page(
    rows: &[Row],
    reach: Option<&Row>,
    followers: Option<u64>,
    refused: Option<&str>,
) -> Metrics {
    let mut metrics = Metrics::default();
    for row in rows {
        metrics.raw.insert(row.name.clone(), row.all());
        let known = PAGE_NAMES.iter().find(|(name, _)| *name == row.name);
        if let (Some((_, metric)), Some(number)) = (known, row.sum()) {
            metrics.add(*metric, number);
        }
    }
    if let Some(row) = reach {
        metrics.raw.insert(row.name.clone(), row.all());
        metrics.values.extend(row.number().map(|number| (Metric::Reach, number)));
    }
    if let Some(followers) = followers {
        metrics.raw.insert("followers_count".to_owned(), followers.into());
        metrics.values.insert(Metric::Followers, followers);
    }
    let none = refused.unwrap_or("Facebook has not counted it yet: it counts once a day");
    metrics.explained(|metric| match metric {
        Metric::Impressions => NO_IMPRESSIONS,
        Metric::Saves => "Facebook does not tell how often posts were saved",
        Metric::Comments | Metric::Shares => "Facebook tells it of each post, not of the Page",
        Metric::Reach if refused.is_none() => {
            "Facebook counts reach of a day, a week or 28 days, and it does not add up"
        }
        _ => none,
    })
}
