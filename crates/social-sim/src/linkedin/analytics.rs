//! Numbers of posts.
//! <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/members/post-statistics>

use serde_json::{Value, json};

use super::errors::{LiError, LiResult};
use super::{Post, auth, read};
use crate::call::Call;
use crate::growth;
use crate::reply;
use crate::state::State;

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
            let sum: u64 = mine.map(|(key, post)| grown(state, call, key, post, query)).sum();
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
    let statistics = |posts: &[(&String, &Post)]| {
        let sum = |metric: &str| -> u64 {
            posts.iter().map(|(urn, post)| grown(state, call, urn, post, metric)).sum()
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
    let own = || state.linkedin.posts.iter().filter(|(_, post)| post.author == org);
    let mut named = urns(call, "shares");
    named.extend(urns(call, "ugcPosts"));
    let elements: Vec<Value> = if named.is_empty() {
        let all: Vec<_> = own().collect();
        vec![json!({"organizationalEntity": org, "totalShareStatistics": statistics(&all)})]
    } else {
        own()
            .filter(|(urn, post)| named.contains(*urn) && call.now > post.created_at)
            .map(|(urn, post)| {
                let kind = if urn.contains(":ugcPost:") { "ugcPost" } else { "share" };
                json!({
                    "organizationalEntity": org,
                    kind: urn,
                    "totalShareStatistics": statistics(&[(urn, post)]),
                })
            })
            .collect()
    };
    Ok(reply::json(200, &read::list(&elements, 0, 10)))
}
