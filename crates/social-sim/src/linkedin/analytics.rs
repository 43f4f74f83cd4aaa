//! Numbers of posts.
//! <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/members/post-statistics>

use serde_json::{Value, json};
use social_core::Timestamp;

use super::errors::{LiError, LiResult};
use super::{Post, auth, read};
use crate::call::Call;
use crate::growth;
use crate::reply;
use crate::state::State;
use crate::tokens::DAY;

const QUERIES: &[&str] = &[
    "IMPRESSION",
    "MEMBERS_REACHED",
    "RESHARE",
    "REACTION",
    "COMMENT",
    "POST_SAVE",
    "LINK_CLICKS",
    "FOLLOWER_GAINED_FROM_CONTENT",
    "PROFILE_VIEW_FROM_CONTENT",
];

fn grown(state: &State, call: &Call, urn: &str, post: &Post, metric: &str) -> u64 {
    let age = call.now.since(post.created_at);
    growth::count(state.cfg.seed, urn, metric, age, growth::span(metric))
}

/// The URN in `(share:urn…)` or `(ugc:urn…)`. Only the inside may be percent-encoded: the
/// brackets encoded too are refused, as on the real gateway.
fn entity(call: &Call) -> Option<String> {
    let raw = call.raw_query.split('&').find_map(|pair| pair.strip_prefix("entity="))?;
    let inside = raw.strip_prefix('(')?.strip_suffix(')')?;
    let (kind, urn) = inside.split_once(':')?;
    let urn = percent_encoding::percent_decode_str(urn).decode_utf8().ok()?;
    matches!(kind, "share" | "ugc").then(|| urn.into_owned())
}

/// One metric of one post, or of all posts of the member (`q=me`).
pub(super) fn member(state: &State, call: &Call) -> LiResult {
    let (token, member) = auth::viewer(state, call)?;
    let what = ("memberCreatorPostAnalytics", "FINDER-entity");
    auth::require(&token, call, &["r_member_postAnalytics"], what)?;
    let invalid = |text: &str| LiError::new(400, "PARAM_INVALID", text);
    let query = call.params.filled("queryType").ok_or_else(|| invalid("queryType is required"))?;
    if !QUERIES.contains(&query) {
        return Err(invalid("Unknown queryType"));
    }
    let aggregation = call.params.get("aggregation").unwrap_or("TOTAL");
    if aggregation == "DAILY" && query == "MEMBERS_REACHED" {
        return Err(invalid("DAILY is not supported for MEMBERS_REACHED"));
    }
    let urn = member.urn();
    let mine = state.linkedin.posts.iter().filter(|(_, post)| post.author == urn);
    let mut element = json!({ "metricType": query });
    // Before 202605 the metric was a record.
    if call.header("linkedin-version").is_some_and(|version| version < "202605") {
        const TYPE: &str = "com.linkedin.adsexternalapi.memberanalytics.v1.\
                            CreatorPostAnalyticsMetricTypeV1";
        element["metricType"] = json!({ (TYPE): query });
    }
    match call.params.get("q") {
        Some("me") => {
            let (from, to) = date_range(call)?.unwrap_or((Timestamp::UNIX_EPOCH, call.now));
            let span = (from, to.min(call.now));
            let (seed, since) = (state.cfg.seed, |post: &Post| post.created_at);
            let each = |(key, post): (&String, &Post)| {
                growth::between(seed, key, query, since(post), span)
            };
            let sum: u64 = mine.map(each).sum();
            element["count"] = sum.into();
        }
        Some("entity") => {
            let target =
                entity(call).ok_or_else(|| invalid("Parameter entity could not be parsed"))?;
            let (_, post) = mine
                .into_iter()
                .find(|(key, _)| **key == target)
                .ok_or_else(|| LiError::not_found(&target))?;
            element["count"] = grown(state, call, &target, post, query).into();
            let kind = if target.contains(":ugcPost:") { "ugc" } else { "share" };
            element["targetEntity"] = json!({ kind: target });
        }
        _ => return Err(LiError::new(400, "QUERY_PARAM_NOT_ALLOWED", "Unknown finder")),
    }
    Ok(reply::json(200, &read::list(&[element], 0, 10)))
}

/// The parameter as it stands in the query: its brackets are not encoded.
fn raw<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    let pairs = call.raw_query.split('&');
    pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|it| it.1)
}

/// The number behind `name:`.
fn number(text: &str, name: &str) -> Option<i64> {
    let (_, rest) = text.split_once(&format!("{name}:"))?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

/// `dateRange=(start:(day:1,month:6,year:2026),end:(…))`, whose end is no longer of it.
fn date_range(call: &Call) -> Result<Option<(Timestamp, Timestamp)>, LiError> {
    let Some(text) = raw(call, "dateRange") else { return Ok(None) };
    let invalid = || LiError::new(400, "PARAM_INVALID", "dateRange could not be parsed");
    let (start, end) = text.split_once("end:").ok_or_else(invalid)?;
    let day = |text: &str| {
        let text = format!(
            "{:04}-{:02}-{:02}T00:00:00+0000",
            number(text, "year")?,
            number(text, "month")?,
            number(text, "day")?
        );
        Timestamp::from_graph(&text).ok()
    };
    Ok(Some((day(start).ok_or_else(invalid)?, day(end).ok_or_else(invalid)?)))
}

/// The days of `timeIntervals=(timeRange:(start:…,end:…),timeGranularityType:DAY)`.
fn days(call: &Call) -> Result<Vec<(Timestamp, Timestamp)>, LiError> {
    let Some(text) = raw(call, "timeIntervals") else { return Ok(Vec::new()) };
    let invalid = || LiError::new(400, "PARAM_INVALID", "timeIntervals could not be parsed");
    let at = |name: &str| number(text, name).map(Timestamp::from_millis).ok_or_else(invalid);
    let (mut from, to) = (at("start")?, at("end")?);
    if !text.contains("timeGranularityType:DAY") || from >= to {
        return Err(invalid());
    }
    let mut days = Vec::new();
    while from < to {
        days.push((from, (from + DAY).min(to).min(call.now)));
        from = from + DAY;
    }
    Ok(days)
}

/// The URNs in `List(a,b)` of a query parameter.
fn urns(call: &Call, name: &str) -> Vec<String> {
    let text = call.params.get(name).unwrap_or_default();
    let inside = text.strip_prefix("List(").and_then(|rest| rest.strip_suffix(')'));
    let items = inside.unwrap_or_default().split(',').filter(|urn| !urn.is_empty());
    items.map(str::to_owned).collect()
}

/// Totals of an organisation, or of its posts named in `shares` and `ugcPosts`.
pub(super) fn organization(state: &State, call: &Call) -> LiResult {
    let (token, member) = auth::viewer(state, call)?;
    let what = ("organizationalEntityShareStatistics", "FINDER-organizationalEntity");
    auth::require(&token, call, &["rw_organization_admin"], what)?;
    let org = call.params.get("organizationalEntity").unwrap_or_default();
    if !auth::runs(member, org) {
        return Err(LiError::denied(what.0, what.1, ""));
    }
    let statistics = |posts: &[(&String, &Post)], (from, to): (Timestamp, Timestamp)| {
        let sum = |metric: &str| -> u64 {
            let one = |(urn, post): &(&String, &Post)| {
                growth::between(state.cfg.seed, urn, metric, post.created_at, (from, to))
            };
            posts.iter().map(one).sum()
        };
        let (seen, likes) = (sum("impressionCount"), sum("likeCount"));
        let (clicks, comments, shares) =
            (sum("clickCount"), sum("commentCount"), sum("shareCount"));
        json!({
            "impressionCount": seen,
            "uniqueImpressionsCount": seen * 7 / 10,
            "clickCount": clicks,
            "likeCount": likes,
            "commentCount": comments,
            "shareCount": shares,
            "engagement": (clicks + likes + comments + shares) as f64 / seen.max(1) as f64,
            "shareMentionsCount": 0,
            "commentMentionsCount": 0,
        })
    };
    let ever = (Timestamp::UNIX_EPOCH, call.now);
    let own = || state.linkedin.posts.iter().filter(|(_, post)| post.author == org);
    let mut named = urns(call, "shares");
    named.extend(urns(call, "ugcPosts"));
    let days = days(call)?;
    let elements: Vec<Value> = if named.is_empty() {
        let all: Vec<_> = own().collect();
        let whole = |span| {
            json!({"organizationalEntity": org, "totalShareStatistics": statistics(&all, span),
                "timeRange": {"start": span.0.as_millis(), "end": span.1.as_millis()}})
        };
        if days.is_empty() { vec![whole(ever)] } else { days.into_iter().map(whole).collect() }
    } else {
        own()
            .filter(|(urn, post)| named.contains(*urn) && call.now > post.created_at)
            .map(|(urn, post)| {
                let kind = if urn.contains(":ugcPost:") { "ugcPost" } else { "share" };
                json!({
                    "organizationalEntity": org,
                    kind: urn,
                    "totalShareStatistics": statistics(&[(urn, post)], ever),
                })
            })
            .collect()
    };
    Ok(reply::json(200, &read::list(&elements, 0, 10)))
}
