//! Numbers of pages, posts and videos; the dead metrics stay dead.
//! <https://developers.facebook.com/docs/graph-api/reference/page/insights>

use std::time::Duration;

use serde_json::{Value, json};
use social_core::Timestamp;

use super::{page_of, readable};
use crate::call::Call;
use crate::growth;
use crate::meta::auth;
use crate::meta::errors::{GraphError, GraphResult};
use crate::people::FacebookPage;
use crate::reply;
use crate::state::State;
use crate::tokens::DAY;

const POST: &[&str] = &[
    "post_media_view",
    "post_total_media_view_unique",
    "post_clicks",
    "post_clicks_by_type",
    "post_reactions_like_total",
    "post_reactions_love_total",
    "post_reactions_wow_total",
    "post_reactions_haha_total",
    "post_reactions_sorry_total",
    "post_reactions_anger_total",
    "post_reactions_by_type_total",
];
const PAGE: &[&str] = &[
    "page_media_view",
    "page_total_media_view_unique",
    "page_total_actions",
    "page_post_engagements",
    "page_follows",
    "page_daily_follows",
    "page_daily_follows_unique",
    "page_daily_unfollows_unique",
    "page_video_views",
    "page_actions_post_reactions_like_total",
    "page_actions_post_reactions_love_total",
    "page_actions_post_reactions_total",
];
const VIDEO: &[&str] = &[
    "blue_reels_play_count",
    "fb_reels_total_plays",
    "fb_reels_replay_count",
    "post_video_avg_time_watched",
    "post_video_view_time",
    "post_video_social_actions",
    "post_video_likes_by_reaction_type",
    "post_video_followers",
];

pub(crate) fn get(state: &State, call: &Call, id: &str) -> GraphResult {
    let is_page = state.pages.page_of(id).is_none();
    let page = if is_page { id.to_owned() } else { page_of(state, call, id)? };
    let page = readable(state, call, &page)?;
    auth::require(&auth::viewer(state, call)?, 10, &["read_insights", "pages_read_engagement"])?;
    let video = state.pages.videos.get(id);
    let known = if is_page {
        PAGE
    } else if video.is_some() {
        VIDEO
    } else {
        POST
    };
    let mut metrics = call.params.list("metric");
    if metrics.is_empty() && video.is_some() {
        metrics = VIDEO.iter().map(|name| (*name).to_owned()).collect();
    }
    if metrics.is_empty() {
        return Err(GraphError::new(3_001, "(#3001) No metric was specified").sub(1_504_028));
    }
    if let Some(bad) = metrics.iter().find(|metric| !known.contains(&metric.as_str())) {
        return Err(GraphError::param(format_args!(
            "The value must be a valid insights metric: {bad}"
        )));
    }
    let period = call.params.get("period").unwrap_or(if is_page { "day" } else { "lifetime" });
    let since = match (state.pages.posts.get(id), video) {
        (Some(post), _) => post.publish_at,
        (None, Some(video)) => video.publish_at,
        (None, None) => None,
    };
    if is_page {
        let rows = of_page(state, call, &page, &metrics, period)?;
        return Ok(reply::json(200, &json!({ "data": rows })));
    }
    let at = since.unwrap_or(call.now);
    let one = |metric: &str| {
        growth::count(state.cfg.seed, id, metric, call.now.since(at), growth::span(metric))
    };
    let rows: Vec<Value> = metrics
        .iter()
        .map(|metric| {
            let value: Value = match metric.as_str() {
                name if name.contains("by_type") || name.contains("by_reaction") => {
                    json!({"like": one("like"), "love": one("love") / 4})
                }
                name => one(name).into(),
            };
            row(id, metric, period, vec![json!({ "value": value })])
        })
        .collect();
    Ok(reply::json(200, &json!({ "data": rows })))
}

fn row(id: &str, metric: &str, period: &str, values: Vec<Value>) -> Value {
    json!({
        "name": metric,
        "period": period,
        "values": values,
        "title": metric.replace('_', " "),
        "description": "",
        "id": format!("{id}/insights/{metric}/{period}"),
    })
}

/// The most that may be asked for at once.
const MOST: Duration = Duration::from_secs(90 * 24 * 3600);

/// The numbers of a page: one for each period that ends in `since..until`, by default the last.
fn of_page(
    state: &State,
    call: &Call,
    page: &FacebookPage,
    metrics: &[String],
    period: &str,
) -> Result<Vec<Value>, GraphError> {
    let days = match period {
        "day" => 1,
        "week" => 7,
        "days_28" => 28,
        _ => return Err(GraphError::param("period must be day, week or days_28")),
    };
    let at = |name: &str| {
        let secs = call.params.number(name).and_then(|secs| i64::try_from(secs).ok());
        secs.map(Timestamp::from_secs)
    };
    let until = at("until").unwrap_or(call.now);
    let from = at("since").unwrap_or(until - DAY * days);
    if until.since(from) > MOST {
        return Err(GraphError::param(
            "There cannot be more than 90 days (7776000 s) between since and until",
        ));
    }
    let mut ends = Vec::new();
    let mut end = until;
    while end > from {
        ends.push(end);
        end = end - DAY;
    }
    ends.reverse();
    let posts: Vec<_> = state
        .pages
        .posts
        .iter()
        .filter(|(_, post)| post.page == page.id)
        .filter_map(|(key, post)| Some((key, post.publish_at?)))
        .collect();
    let value = |metric: &str, end: Timestamp| -> u64 {
        let span = (end - DAY * days, end.min(call.now));
        let grown = |metric: &str| -> u64 {
            let seed = state.cfg.seed;
            posts.iter().map(|(key, made)| growth::between(seed, key, metric, *made, span)).sum()
        };
        match metric {
            "page_follows" => page.followers,
            "page_total_media_view_unique" => grown("page_media_view") * 7 / 10,
            name => grown(name),
        }
    };
    let points = |metric: &str| {
        let point =
            |end: &Timestamp| json!({"value": value(metric, *end), "end_time": end.to_graph()});
        ends.iter().map(point).collect()
    };
    Ok(metrics.iter().map(|metric| row(&page.id, metric, period, points(metric))).collect())
}
