//! Numbers of pages, posts and videos; the dead metrics stay dead.
//! <https://developers.facebook.com/docs/graph-api/reference/page/insights>

use serde_json::{Value, json};

use super::{page_of, readable};
use crate::call::Call;
use crate::growth;
use crate::meta::auth;
use crate::meta::errors::{GraphError, GraphResult};
use crate::reply;
use crate::state::State;

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
    let seed = state.cfg.seed;
    let one = |key: &str, metric: &str, at| {
        growth::count(seed, key, metric, call.now.since(at), growth::span(metric))
    };
    let rows: Vec<Value> = metrics
        .iter()
        .map(|metric| {
            let value: Value = match metric.as_str() {
                "page_follows" => page.followers.into(),
                name if is_page => state
                    .pages
                    .posts
                    .iter()
                    .filter(|(_, post)| post.page == page.id)
                    .filter_map(|(key, post)| post.publish_at.map(|at| one(key, name, at)))
                    .sum::<u64>()
                    .into(),
                name if name.contains("by_type") || name.contains("by_reaction") => {
                    let at = since.unwrap_or(call.now);
                    json!({"like": one(id, "like", at), "love": one(id, "love", at) / 4})
                }
                name => one(id, name, since.unwrap_or(call.now)).into(),
            };
            let mut point = json!({ "value": value });
            if period != "lifetime" {
                point["end_time"] = call.now.to_graph().into();
            }
            json!({
                "name": metric,
                "period": period,
                "values": [point],
                "title": metric.replace('_', " "),
                "description": "",
                "id": format!("{id}/insights/{metric}/{period}"),
            })
        })
        .collect();
    Ok(reply::json(200, &json!({ "data": rows })))
}
