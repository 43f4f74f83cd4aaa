//! Numbers of a Page's post.
//!
//! Meta, "Page and post insights" (metrics valid after the impressions family ended), and the
//! counts that the post itself carries.

use http::Method;
use serde::Deserialize;
use serde_json::Value;
use social_core::PlatformError;
use social_core::domain::{Metric, PostMetrics};
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
pub(super) fn metrics(counts: &Counts, rows: &[Row], refused: Option<&str>) -> PostMetrics {
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
    for metric in Metric::ALL {
        if metrics.values.contains_key(&metric) {
            continue;
        }
        let why = match metric {
            Metric::Impressions => {
                "Facebook counts views instead of impressions since November 2025"
            }
            Metric::Saves => "Facebook does not tell how often a post was saved",
            Metric::Followers => "Facebook tells followers gained for the Page, not for a post",
            _ => refused.unwrap_or("Facebook has not counted it yet: it counts once a day"),
        };
        metrics.missing.insert(metric, why.to_owned());
    }
    metrics
}
