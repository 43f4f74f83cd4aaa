//! Numbers of a TikTok post, and of an account.
//!
//! TikTok for Developers, "Query videos" (public posts only) and "Get user info".

use serde_json::{Map, Value, json};
use social_core::PlatformError;
use social_core::domain::{Metric, Metrics};
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

/// How many posts one question is about at most.
pub(super) const BATCH: usize = 20;

/// `POST /v2/video/query/` for the numbers of posts, in the order of `ids`.
#[derive(Debug)]
pub(super) struct ReadNumbers<'a> {
    pub(super) ids: &'a [&'a str],
}

impl Endpoint<Open<'_>> for ReadNumbers<'_> {
    type Output = Vec<Metrics>;
    const OPERATION: &'static str = "tiktok.video_query";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, open: &Open<'_>) -> Result<Request, PlatformError> {
        query(open, self.ids, "id,view_count,like_count,comment_count,share_count")
    }

    fn parse(&self, open: &Open<'_>, response: &Response) -> Result<Vec<Metrics>, PlatformError> {
        let list: Videos<Map<String, Value>> = open.read(self.effect(), response)?;
        // What is not public is left out, and the rest may come in any order.
        let of = |id: &&str| list.videos.iter().find(|video| video.get("id") == Some(&json!(id)));
        Ok(self.ids.iter().map(|id| metrics(of(id).cloned())).collect())
    }
}

fn metrics(video: Option<Map<String, Value>>) -> Metrics {
    let mut metrics = Metrics::default();
    let seen = video.is_some();
    for (name, value) in video.unwrap_or_default() {
        let known = NAMES.iter().find(|(known, _)| *known == name);
        if let (Some((_, metric)), Some(number)) = (known, value.as_u64()) {
            metrics.values.insert(*metric, number);
        }
        metrics.raw.insert(name, value);
    }
    metrics.explained(|metric| {
        let counted = NAMES.iter().any(|(_, known)| *known == metric);
        match (counted, seen) {
            (true, false) => "TikTok gives numbers of public posts only",
            (true, true) => "TikTok did not tell it this time",
            (false, _) => "TikTok does not tell programs this number of a post",
        }
    })
}

/// `GET /v2/user/info/` for the numbers of an account, which are of all time.
#[derive(Debug)]
pub(super) struct ReadStats;

impl Endpoint<Open<'_>> for ReadStats {
    type Output = Metrics;
    const OPERATION: &'static str = "tiktok.user_info";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, open: &Open<'_>) -> Result<Request, PlatformError> {
        let fields = "follower_count,following_count,likes_count,video_count";
        open.get("v2/user/info/").query("fields", fields).finish(open.platform)
    }

    fn parse(&self, open: &Open<'_>, response: &Response) -> Result<Metrics, PlatformError> {
        #[derive(serde::Deserialize)]
        struct Data {
            user: Map<String, Value>,
        }
        let Data { user } = open.read(self.effect(), response)?;
        let mut metrics = Metrics::default();
        if let Some(followers) = user.get("follower_count").and_then(Value::as_u64) {
            metrics.values.insert(Metric::Followers, followers);
        }
        metrics.raw = user.into_iter().collect();
        Ok(metrics.explained(|metric| match metric {
            Metric::Likes => "TikTok tells the likes of all time alone, as likes_count",
            Metric::Followers => "TikTok did not tell it this time",
            _ => "TikTok tells programs this number of each post, not of the account",
        }))
    }
}
