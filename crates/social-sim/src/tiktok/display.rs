//! The Display API: the creator and the public videos.
//! <https://developers.tiktok.com/doc/tiktok-api-v2-video-list>

use serde_json::{Map, Value, json};
use social_core::Timestamp;

use super::Publish;
use super::auth::{pace_client, viewer};
use super::envelope::{TtError, TtResult};
use crate::call::Call;
use crate::growth;
use crate::network::Network;
use crate::state::State;

/// The fields asked for; asking for none, or for an unknown one, is an error.
fn fields(call: &Call) -> Result<Vec<String>, TtError> {
    let fields = call.params.list("fields");
    if fields.is_empty() {
        return Err(TtError::new(400, "invalid_params", "fields is required"));
    }
    Ok(fields)
}

fn select(object: &Value, fields: &[String]) -> Result<Value, TtError> {
    let mut chosen = Map::new();
    for field in fields {
        let value = object.get(field).ok_or_else(|| {
            TtError::new(400, "invalid_params", format!("The field {field} is unknown"))
        })?;
        chosen.insert(field.clone(), value.clone());
    }
    Ok(Value::Object(chosen))
}

const PROFILE: &[&str] = &["bio_description", "profile_deep_link", "is_verified", "username"];
const STATS: &[&str] = &["follower_count", "following_count", "likes_count", "video_count"];

pub(super) fn user(state: &mut State, call: &Call) -> TtResult {
    let scopes = ["user.info.basic", "user.info.profile", "user.info.stats"];
    let (token, creator) = viewer(state, call, &scopes)?;
    pace_client(state, call, "user_info", &token)?;
    let fields = fields(call)?;
    for field in &fields {
        let scope = match field.as_str() {
            name if PROFILE.contains(&name) => "user.info.profile",
            name if STATS.contains(&name) => "user.info.stats",
            _ => "user.info.basic",
        };
        if !token.allows(scope) {
            let text = format!("The field {field} needs the scope {scope}");
            return Err(TtError::new(400, "scope_permission_missed", text));
        }
    }
    let avatar = state.url("__sim/avatar.svg");
    let own = public(state, &creator.open_id, call.now);
    let likes: u64 =
        own.iter().map(|(id, publish)| grown(state, id, publish, "like_count", call.now)).sum();
    let object = json!({
        "open_id": creator.open_id,
        "union_id": format!("u{}", creator.open_id),
        "avatar_url": avatar,
        "avatar_url_100": avatar,
        "avatar_large_url": avatar,
        "display_name": creator.nickname,
        "bio_description": "Small roaster by the water.",
        "profile_deep_link": state.url(&format!("__sim/feed/tiktok/{}", creator.open_id)),
        "is_verified": false,
        "username": creator.username,
        "follower_count": creator.followers,
        "following_count": 64,
        "likes_count": likes,
        "video_count": own.len(),
    });
    Ok(json!({ "user": select(&object, &fields)? }))
}

/// The creator's posts that all can see by now, newest first.
fn public<'a>(state: &'a State, creator: &str, now: Timestamp) -> Vec<(&'a str, &'a Publish)> {
    let mut found: Vec<(&str, &Publish)> = state
        .tiktok
        .publishes
        .values()
        .filter(|publish| publish.creator == creator)
        .filter(|publish| publish.public_at.is_some_and(|at| at <= now))
        .filter_map(|publish| Some((publish.post.as_deref()?, publish)))
        .collect();
    found.sort_by_key(|(id, publish)| std::cmp::Reverse((publish.done_at, *id)));
    found
}

fn grown(state: &State, id: &str, publish: &Publish, metric: &str, now: Timestamp) -> u64 {
    let age = now.since(publish.done_at.unwrap_or(now));
    growth::count(state.cfg.seed, id, metric, age, growth::span(metric))
}

fn video(state: &State, id: &str, publish: &Publish, now: Timestamp) -> Value {
    let done = publish.done_at.unwrap_or(now);
    let hash = publish.hashes.first().map(String::as_str).unwrap_or_default();
    let facts = state.shelf.video(hash);
    let description: String = publish.title.chars().take(150).collect();
    let link = state.permalink(Network::Tiktok, id);
    json!({
        "id": id,
        "create_time": done.as_secs(),
        "cover_image_url": state.url("__sim/avatar.svg"),
        "share_url": link,
        "video_description": description,
        "duration": facts.map_or(0, |facts| facts.duration_ms / 1000),
        "height": facts.map_or(0, |facts| facts.height),
        "width": facts.map_or(0, |facts| facts.width),
        "title": publish.title,
        "embed_html": "",
        "embed_link": link,
        "like_count": grown(state, id, publish, "like_count", now),
        "comment_count": grown(state, id, publish, "comment_count", now),
        "share_count": grown(state, id, publish, "share_count", now),
        "view_count": grown(state, id, publish, "view_count", now),
    })
}

pub(super) fn list(state: &mut State, call: &Call) -> TtResult {
    let (token, creator) = viewer(state, call, &["video.list"])?;
    pace_client(state, call, "video_list", &token)?;
    let fields = fields(call)?;
    let body = call.json().unwrap_or_default();
    let count = body.get("max_count").and_then(Value::as_u64).unwrap_or(10);
    if !(1..=20).contains(&count) {
        return Err(TtError::new(400, "invalid_params", "max_count must be between 1 and 20"));
    }
    let cursor = body.get("cursor").and_then(Value::as_i64).filter(|cursor| *cursor > 0);
    let older: Vec<(&str, &Publish)> = public(state, &creator.open_id, call.now)
        .into_iter()
        .filter(|(_, p)| {
            cursor.is_none_or(|cursor| p.done_at.is_some_and(|at| at.as_millis() < cursor))
        })
        .collect();
    let shown = &older[..older.len().min(usize::try_from(count).unwrap_or(10))];
    let videos = shown
        .iter()
        .map(|(id, publish)| select(&video(state, id, publish, call.now), &fields))
        .collect::<Result<Vec<Value>, TtError>>()?;
    let last = shown.last().and_then(|(_, publish)| publish.done_at);
    Ok(json!({
        "videos": videos,
        "cursor": last.map_or(call.now, |at| at).as_millis(),
        "has_more": shown.len() < older.len(),
    }))
}

pub(super) fn query(state: &mut State, call: &Call) -> TtResult {
    let (token, creator) = viewer(state, call, &["video.list"])?;
    pace_client(state, call, "video_query", &token)?;
    let fields = fields(call)?;
    let body = call.json().unwrap_or_default();
    let ids: Vec<&str> = body
        .pointer("/filters/video_ids")
        .and_then(Value::as_array)
        .map(|ids| ids.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    if !(1..=20).contains(&ids.len()) {
        return Err(TtError::new(400, "invalid_params", "1 to 20 video_ids are required"));
    }
    let videos = public(state, &creator.open_id, call.now)
        .into_iter()
        .filter(|(id, _)| ids.contains(id))
        .map(|(id, publish)| select(&video(state, id, publish, call.now), &fields))
        .collect::<Result<Vec<Value>, TtError>>()?;
    Ok(json!({ "videos": videos }))
}
