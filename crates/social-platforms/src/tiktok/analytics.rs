//! Numbers of a TikTok post.
//!
//! TikTok for Developers, "Query videos": public posts only.

use serde_json::{Map, Value};
use social_core::PlatformError;
use social_core::domain::{Metric, PostMetrics};
use social_core::flow::Effect;
use social_core::ports::{Request, Response};

use super::endpoints::{Videos, query};
use super::open::Open;
use crate::endpoint::Endpoint;

const NAMES: &[(&str, Metric)] = &[
    ("view_count", Metric::Views),
    ("like_count", Metric::Likes),
    ("comment_count", Metric::Comments),
    ("share_count", Metric::Shares),
];

/// `POST /v2/video/query/` for the numbers of one post.
#[derive(Debug)]
pub(super) struct ReadNumbers<'a> {
    pub(super) id: &'a str,
}

impl Endpoint<Open<'_>> for ReadNumbers<'_> {
    type Output = PostMetrics;
    const OPERATION: &'static str = "tiktok.video_query";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, open: &Open<'_>) -> Result<Request, PlatformError> {
        query(open, self.id, "id,view_count,like_count,comment_count,share_count")
    }

    fn parse(&self, open: &Open<'_>, response: &Response) -> Result<PostMetrics, PlatformError> {
        let list: Videos<Map<String, Value>> = open.read(self.effect(), response)?;
        Ok(metrics(list.videos.into_iter().next()))
    }
}

fn metrics(video: Option<Map<String, Value>>) -> PostMetrics {
    let mut metrics = PostMetrics::default();
    let seen = video.is_some();
    for (name, value) in video.unwrap_or_default() {
        let known = NAMES.iter().find(|(known, _)| *known == name);
        if let (Some((_, metric)), Some(number)) = (known, value.as_u64()) {
            metrics.values.insert(*metric, number);
        }
        metrics.raw.insert(name, value);
    }
    for metric in Metric::ALL {
        if metrics.values.contains_key(&metric) {
            continue;
        }
        let counted = NAMES.iter().any(|(_, known)| *known == metric);
        let why = match (counted, seen) {
            (true, false) => "TikTok gives numbers of public posts only",
            (true, true) => "TikTok did not tell it this time",
            (false, _) => "TikTok does not tell programs this number of a post",
        };
        metrics.missing.insert(metric, why.to_owned());
    }
    metrics
}
