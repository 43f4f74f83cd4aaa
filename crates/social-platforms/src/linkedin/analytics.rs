//! Numbers of a LinkedIn post, and of an account.
//!
//! Microsoft Learn, "Organization share statistics" and "Member post statistics". Of members one
//! number comes with each call.

use std::time::Duration;

use http::Method;
use serde::Deserialize;
use serde_json::Value;
use social_core::domain::{Metric, Metrics, TimeSpan};
use social_core::flow::Effect;
use social_core::ports::{Request, Response};
use social_core::{PlatformError, Timestamp};

use super::endpoints::Elements;
use super::rest::{Rest, encoded};
use crate::endpoint::Endpoint;

/// `GET /rest/organizationalEntityShareStatistics`.
#[derive(Debug)]
pub(super) struct ShareStatistics<'a> {
    pub(super) organization: &'a str,
    pub(super) of: Of<'a>,
}

/// What numbers are about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Of<'a> {
    /// One post, over all time.
    Post(&'a str),
    /// All posts of the account, day by day.
    All(TimeSpan),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Share {
    total_share_statistics: serde_json::Map<String, Value>,
}

const STATISTICS: &[(&str, Metric)] = &[
    ("impressionCount", Metric::Impressions),
    ("uniqueImpressionsCount", Metric::Reach),
    ("clickCount", Metric::Clicks),
    ("likeCount", Metric::Likes),
    ("commentCount", Metric::Comments),
    ("shareCount", Metric::Shares),
];

impl Endpoint<Rest<'_>> for ShareStatistics<'_> {
    type Output = Metrics;
    const OPERATION: &'static str = "linkedin.share_statistics";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        let organization = encoded(self.organization);
        let which = match self.of {
            Of::Post(post) => {
                let list = if is_ugc(post) { "ugcPosts" } else { "shares" };
                format!("{list}=List({})", encoded(post))
            }
            Of::All(TimeSpan { from, to }) => format!(
                "timeIntervals=(timeRange:(start:{},end:{}),timeGranularityType:DAY)",
                from.as_millis(),
                to.as_millis()
            ),
        };
        let query = format!("q=organizationalEntity&organizationalEntity={organization}&{which}");
        rest.named(Method::GET, "FINDER", "organizationalEntityShareStatistics", &query)
            .finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<Metrics, PlatformError> {
        let list: Elements<Share> = rest.read(self.effect(), response)?;
        let mut metrics = Metrics::default();
        let several = list.elements.len() > 1;
        for share in list.elements {
            for (name, value) in share.total_share_statistics {
                if let Some((_, metric)) = STATISTICS.iter().find(|(known, _)| *known == name) {
                    metrics.add(*metric, count(&value));
                }
                match (several, metrics.raw.entry(name).or_insert(Value::Null)) {
                    (true, Value::Array(all)) => all.push(value),
                    (true, first) => *first = Value::from(vec![value]),
                    (false, only) => *only = value,
                }
            }
        }
        // The same person may be among those of two days.
        if several && metrics.values.remove(&Metric::Reach).is_some() {
            let why = "LinkedIn counts reach by the day, and it does not add up";
            metrics.missing.insert(Metric::Reach, why.to_owned());
        }
        Ok(metrics)
    }
}

/// How many posts of an organisation one question is about at most: as many as a page has.
pub(super) const BATCH: usize = 10;

/// `GET /rest/organizationalEntityShareStatistics` of several posts, in the order of `posts`.
#[derive(Debug)]
pub(super) struct PostsStatistics<'a> {
    pub(super) organization: &'a str,
    pub(super) posts: &'a [&'a str],
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfPost {
    share: Option<String>,
    ugc_post: Option<String>,
    total_share_statistics: serde_json::Map<String, Value>,
}

impl Endpoint<Rest<'_>> for PostsStatistics<'_> {
    type Output = Vec<Metrics>;
    const OPERATION: &'static str = "linkedin.share_statistics";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        let mut query =
            format!("q=organizationalEntity&organizationalEntity={}", encoded(self.organization));
        for (name, ugc) in [("shares", false), ("ugcPosts", true)] {
            let its = self.posts.iter().filter(|post| is_ugc(post) == ugc);
            let its: Vec<_> = its.map(|post| encoded(post)).collect();
            if !its.is_empty() {
                query.push_str(&format!("&{name}=List({})", its.join(",")));
            }
        }
        rest.named(Method::GET, "FINDER", "organizationalEntityShareStatistics", &query)
            .finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<Vec<Metrics>, PlatformError> {
        let list: Elements<OfPost> = rest.read(self.effect(), response)?;
        let mut all = vec![Metrics::default(); self.posts.len()];
        for row in list.elements {
            // What nobody saw yet is left out.
            let urn = row.share.or(row.ugc_post);
            let place = self.posts.iter().position(|post| Some(*post) == urn.as_deref());
            let Some(metrics) = place.and_then(|place| all.get_mut(place)) else { continue };
            for (name, value) in row.total_share_statistics {
                if let Some((_, metric)) = STATISTICS.iter().find(|(known, _)| *known == name) {
                    metrics.add(*metric, count(&value));
                }
                metrics.raw.insert(name, value);
            }
        }
        Ok(all)
    }
}

/// Likes taken back can make it negative.
fn count(value: &Value) -> u64 {
    u64::try_from(value.as_i64().unwrap_or(0)).unwrap_or(0)
}

/// The numbers of a member's post, by what they are called in a query.
pub(super) const QUERIES: &[(&str, Metric)] = &[
    ("IMPRESSION", Metric::Impressions),
    ("MEMBERS_REACHED", Metric::Reach),
    ("REACTION", Metric::Likes),
    ("COMMENT", Metric::Comments),
    ("RESHARE", Metric::Shares),
    ("POST_SAVE", Metric::Saves),
    ("LINK_CLICKS", Metric::Clicks),
    ("FOLLOWER_GAINED_FROM_CONTENT", Metric::Followers),
];

/// `GET /rest/memberCreatorPostAnalytics` for one number.
#[derive(Debug)]
pub(super) struct MemberNumber<'a> {
    pub(super) of: Of<'a>,
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
        let which = match self.of {
            Of::Post(post) => {
                let kind = if is_ugc(post) { "ugc" } else { "share" };
                format!("q=entity&entity=({kind}:{})", encoded(post))
            }
            Of::All(TimeSpan { from, to }) => {
                // Whether the last day is of it is not said; what is to come counts nothing.
                let after = to + Duration::from_secs(24 * 3600);
                format!("q=me&dateRange=(start:({}),end:({}))", day(from), day(after))
            }
        };
        let query = format!("{which}&queryType={}&aggregation=TOTAL", self.query);
        rest.named(Method::GET, "FINDER", "memberCreatorPostAnalytics", &query)
            .finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<Option<u64>, PlatformError> {
        let list: Elements<Count> = rest.read(self.effect(), response)?;
        Ok(list.elements.first().map(|row| row.count))
    }
}

/// A day as Rest.li writes it.
fn day(at: Timestamp) -> String {
    at.as_datetime().format("day:%-d,month:%-m,year:%Y").to_string()
}

fn is_ugc(urn: &str) -> bool {
    urn.starts_with("urn:li:ugcPost:")
}

/// Says of what is not there why. `refused` is why a member's numbers are not told.
pub(super) fn explain(metrics: Metrics, refused: Option<&str>) -> Metrics {
    metrics.explained(|metric| match metric {
        Metric::Views => "LinkedIn tells impressions; views are counted of clips alone",
        _ if refused.is_some() => refused.unwrap_or_default(),
        Metric::Saves => "LinkedIn tells saves of members' posts alone",
        Metric::Followers => "LinkedIn tells followers gained by members' posts alone",
        Metric::Clicks => "LinkedIn has no clicks for this post",
        _ => "LinkedIn has counted nothing for this post yet",
    })
}

/// The same of an account.
pub(super) fn explain_account(metrics: Metrics, refused: Option<&str>) -> Metrics {
    metrics.explained(|metric| match metric {
        Metric::Views => "LinkedIn tells impressions; views are counted of clips alone",
        _ if refused.is_some() => refused.unwrap_or_default(),
        Metric::Saves => "LinkedIn tells saves of members' posts alone",
        _ => "LinkedIn has counted nothing in this time",
    })
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

/// `GET /rest/memberFollowersCount?q=me`: the followers of the member.
#[derive(Debug)]
pub(super) struct MemberFollowers;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FollowersCount {
    member_followers_count: u64,
}

impl Endpoint<Rest<'_>> for MemberFollowers {
    type Output = Option<u64>;
    const OPERATION: &'static str = "linkedin.member_followers";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, rest: &Rest<'_>) -> Result<Request, PlatformError> {
        rest.named(Method::GET, "FINDER", "memberFollowersCount", "q=me").finish(rest.platform)
    }

    fn parse(&self, rest: &Rest<'_>, response: &Response) -> Result<Option<u64>, PlatformError> {
        let list: Elements<FollowersCount> = rest.read(self.effect(), response)?;
        Ok(list.elements.first().map(|row| row.member_followers_count))
    }
}
