//! Numbers of media and accounts, with the metrics that are still alive.
//! <https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/insights>

use std::time::Duration;

use serde_json::{Value, json};
use social_core::Timestamp;

use super::Product;
use crate::call::Call;
use crate::growth;
use crate::meta::auth;
use crate::meta::errors::{GraphError, GraphResult};
use crate::reply;
use crate::state::State;
use crate::tokens::DAY;

const EVERYWHERE: &[&str] =
    &["reach", "views", "shares", "total_interactions", "reposts", "facebook_views"];
const FEED: &[&str] =
    &["likes", "comments", "saved", "follows", "profile_visits", "profile_activity"];
const REELS: &[&str] = &[
    "likes",
    "comments",
    "saved",
    "ig_reels_avg_watch_time",
    "ig_reels_video_view_total_time",
    "reels_skip_rate",
    "crossposted_views",
];
const STORY: &[&str] =
    &["follows", "profile_visits", "profile_activity", "replies", "navigation", "link_clicks"];
const ACCOUNT: &[&str] = &[
    "reach",
    "views",
    "accounts_engaged",
    "comments",
    "likes",
    "saves",
    "shares",
    "replies",
    "reposts",
    "total_interactions",
    "profile_links_taps",
    "follows_and_unfollows",
    "follower_count",
    "profile_views",
    "website_clicks",
];

fn asked(call: &Call, known: &[&[&str]]) -> Result<Vec<String>, GraphError> {
    let metrics = call.params.list("metric");
    if metrics.is_empty() {
        return Err(GraphError::missing("metric"));
    }
    for (index, metric) in metrics.iter().enumerate() {
        if !known.iter().any(|names| names.contains(&metric.as_str())) {
            let names: Vec<&str> = known.iter().flat_map(|names| names.iter().copied()).collect();
            return Err(GraphError::param(format_args!(
                "metric[{index}] must be one of the following values: {}",
                names.join(", ")
            )));
        }
    }
    Ok(metrics)
}

fn title(metric: &str) -> String {
    let text = metric.replace('_', " ");
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// `GET /{media}/insights`.
pub(crate) fn media(state: &State, call: &Call, id: &str) -> GraphResult {
    let token = auth::viewer(state, call)?;
    let unreachable = || GraphError::unreachable("get", id);
    let media = state.instagram.media.get(id).ok_or_else(unreachable)?;
    auth::instagram(state, &token, &media.account).ok_or_else(unreachable)?;
    auth::require(&token, 10, &["instagram_basic", "instagram_manage_insights"])?;
    let own = match media.product {
        Product::Feed => FEED,
        Product::Reels => REELS,
        Product::Story => STORY,
    };
    let metrics = asked(call, &[EVERYWHERE, own])?;
    let age = call.now.since(media.at);
    if media.product == Product::Story && age >= DAY {
        return Ok(reply::json(200, &json!({ "data": [] })));
    }
    let grown = |metric: &str| growth::count(state.cfg.seed, id, metric, age, growth::span(metric));
    let rows: Vec<Value> = metrics
        .iter()
        .map(|metric| {
            // The sum is the sum, and fewer people are reached than times a post is seen.
            let value = match metric.as_str() {
                "total_interactions" => {
                    ["likes", "comments", "saved", "shares"].iter().map(|part| grown(part)).sum()
                }
                "reach" => grown("views") * 7 / 10,
                name => grown(name),
            };
            json!({
                "name": metric,
                "period": "lifetime",
                "values": [{"value": value}],
                "title": title(metric),
                "description": "",
                "id": format!("{id}/insights/{metric}/lifetime"),
            })
        })
        .collect();
    Ok(reply::json(200, &json!({ "data": rows })))
}

/// The most that may be asked for at once.
const MOST: Duration = Duration::from_secs(30 * 24 * 3600);

/// `since..until`, of which the default is the last day.
fn asked_span(call: &Call) -> Result<(Timestamp, Timestamp), GraphError> {
    let at = |name: &str| {
        let secs = call.params.number(name).and_then(|secs| i64::try_from(secs).ok());
        secs.map(Timestamp::from_secs)
    };
    let until = at("until").unwrap_or(call.now);
    let since = at("since").unwrap_or(until - DAY);
    if until.since(since) > MOST {
        return Err(GraphError::param(
            "There cannot be more than 30 days (2592000 s) between since and until",
        ));
    }
    Ok((since, until.min(call.now)))
}

/// `GET /{ig-user}/insights`: sums over the media of the account.
pub(crate) fn account(state: &State, call: &Call, id: &str) -> GraphResult {
    let token = auth::viewer(state, call)?;
    let ig =
        auth::instagram(state, &token, id).ok_or_else(|| GraphError::unreachable("get", id))?;
    auth::require(&token, 10, &["instagram_basic", "instagram_manage_insights"])?;
    let metrics = asked(call, &[ACCOUNT])?;
    let period = call.params.get("period").unwrap_or("day");
    let series = call.params.get("metric_type") == Some("time_series");
    // Only some are told day by day; of the others the sum must be asked for.
    let daily = ["reach", "follower_count"];
    let total = call.params.get("metric_type") == Some("total_value");
    if let Some(metric) = metrics.iter().find(|it| !total && !daily.contains(&it.as_str())) {
        return Err(GraphError::param(format_args!(
            "The following metrics ({metric}) should be specified with parameter \
             metric_type=total_value"
        )));
    }
    let span = asked_span(call)?;
    let rows: Vec<Value> = metrics
        .iter()
        .map(|metric| {
            let sum = |metric: &str| -> u64 {
                let all = state.instagram.media.iter().filter(|(_, media)| media.account == id);
                let seed = state.cfg.seed;
                all.map(|(key, media)| growth::between(seed, key, metric, media.at, span)).sum()
            };
            let value = match metric.as_str() {
                "follower_count" => ig.followers,
                // Media call it otherwise.
                "saves" => sum("saved"),
                "reach" => sum("views") * 7 / 10,
                name => sum(name),
            };
            let mut row = json!({
                "name": metric,
                "period": period,
                "title": title(metric),
                "description": "",
                "id": format!("{id}/insights/{metric}/{period}"),
            });
            if series || !total {
                row["values"] = json!([{"value": value, "end_time": span.1.to_graph()}]);
            } else {
                row["total_value"] = json!({ "value": value });
            }
            row
        })
        .collect();
    Ok(reply::json(200, &json!({ "data": rows })))
}
