//! Numbers of a LinkedIn post.
//!
//! Microsoft Learn, "Organization share statistics" and "Member post statistics". Of members one
//! number comes with each call.

use http::Method;
use serde::Deserialize;
use serde_json::Value;
use social_core::PlatformError;
use social_core::domain::{Metric, PostMetrics};
use social_core::flow::Effect;
use social_core::ports::{Request, Response};

use super::endpoints::Elements;
use super::rest::{Rest, encoded};
use crate::endpoint::Endpoint;

/// `GET /rest/organizationalEntityShareStatistics` of one post.
#[derive(Debug)]
pub(super) struct ShareStatistics<'a> {
    pub(super) organization: &'a str,
    pub(super) post: &'a str,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Share {
    total_share_statistics: serde_json::Map<String, Value>,
}

impl Endpoint<Rest<'_>> for ShareStatistics<'_> {
    type Output = PostMetrics;
    const OPERATION: &'static str = "linkedin.share_statistics";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        let (organization, post) = (encoded(self.organization), encoded(self.post));
        let list = if is_ugc(self.post) { "ugcPosts" } else { "shares" };
        let query = format!(
            "q=organizationalEntity&organizationalEntity={organization}&{list}=List({post})"
        );
        rest.named(Method::GET, "FINDER", "organizationalEntityShareStatistics", &query)
            .finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<PostMetrics, PlatformError> {
        let list: Elements<Share> = rest.read(self.effect(), response)?;
        let mut metrics = PostMetrics::default();
        let known = [
            ("impressionCount", Metric::Impressions),
            ("uniqueImpressionsCount", Metric::Reach),
            ("clickCount", Metric::Clicks),
            ("likeCount", Metric::Likes),
            ("commentCount", Metric::Comments),
            ("shareCount", Metric::Shares),
        ];
        if let Some(share) = list.elements.into_iter().next() {
            for (name, metric) in known {
                // Likes taken back can make it negative.
                if let Some(number) = share.total_share_statistics.get(name) {
                    let number = number.as_i64().unwrap_or(0);
                    metrics.values.insert(metric, u64::try_from(number).unwrap_or(0));
                }
            }
            metrics.raw = share.total_share_statistics.into_iter().collect();
        }
        Ok(metrics)
    }
}

/// The numbers of a member's post, by what they are called in a query.
pub(super) const QUERIES: &[(&str, Metric)] = &[
    ("IMPRESSION", Metric::Impressions),
    ("MEMBERS_REACHED", Metric::Reach),
    ("REACTION", Metric::Likes),
    ("COMMENT", Metric::Comments),
    ("RESHARE", Metric::Shares),
];

/// `GET /rest/memberCreatorPostAnalytics` for one number of one post.
#[derive(Debug)]
pub(super) struct MemberNumber<'a> {
    pub(super) post: &'a str,
    pub(super) query: &'a str,
}

#[derive(Debug, Deserialize)]
struct Count {
    count: u64,
}

impl Endpoint<Rest<'_>> for MemberNumber<'_> {
    type Output = Option<u64>;
    const OPERATION: &'static str = "linkedin.member_post_analytics";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        let kind = if is_ugc(self.post) { "ugc" } else { "share" };
        let (post, query) = (encoded(self.post), self.query);
        let query = format!("q=entity&entity=({kind}:{post})&queryType={query}&aggregation=TOTAL");
        rest.named(Method::GET, "FINDER", "memberCreatorPostAnalytics", &query)
            .finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<Option<u64>, PlatformError> {
        let list: Elements<Count> = rest.read(self.effect(), response)?;
        Ok(list.elements.first().map(|row| row.count))
    }
}

fn is_ugc(urn: &str) -> bool {
    urn.starts_with("urn:li:ugcPost:")
}

/// Says of what is not there why.
pub(super) fn explain(mut metrics: PostMetrics, refused: Option<&str>) -> PostMetrics {
    for metric in Metric::ALL {
        if metrics.values.contains_key(&metric) {
            continue;
        }
        let why = match metric {
            Metric::Views => "LinkedIn tells impressions; views are counted of clips alone",
            Metric::Saves => "LinkedIn does not tell how often a post was saved",
            Metric::Followers => "LinkedIn tells followers gained for the account, not for a post",
            Metric::Clicks if refused.is_none() => "LinkedIn has no clicks for this post",
            _ => refused.unwrap_or("LinkedIn has counted nothing for this post yet"),
        };
        metrics.missing.insert(metric, why.to_owned());
    }
    metrics
}

/// `GET /rest/networkSizes/{urn}`: the followers of an organisation.
#[derive(Debug)]
pub(super) struct NetworkSize<'a> {
    pub(super) organization: &'a str,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Size {
    first_degree_size: u64,
}

impl Endpoint<Rest<'_>> for NetworkSize<'_> {
    type Output = u64;
    const OPERATION: &'static str = "linkedin.network_sizes";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        let path = format!("networkSizes/{}", encoded(self.organization));
        rest.build(Method::GET, &path, "edgeType=COMPANY_FOLLOWED_BY_MEMBER").finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<u64, PlatformError> {
        rest.read::<Size>(self.effect(), response).map(|size| size.first_degree_size)
    }
}
