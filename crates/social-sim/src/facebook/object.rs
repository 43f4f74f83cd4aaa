//! The fields of pages, posts, photos, videos and comments.

use serde_json::{Value, json};
use social_core::Timestamp;

use super::{Video, page_of, readable};
use crate::call::Call;
use crate::growth;
use crate::instagram::bytes_name;
use crate::meta::errors::GraphResult;
use crate::meta::fields::select;
use crate::network::Network;
use crate::reply;
use crate::state::State;

pub(crate) fn page(state: &State, call: &Call, id: &str) -> GraphResult {
    let page = readable(state, call, id)?;
    let mut object = json!({
        "id": page.id,
        "name": page.name,
        "username": page.name.replace(' ', "").to_lowercase(),
        "category": page.category,
        "link": state.url(&format!("__sim/feed/facebook/{}", page.id)),
        "followers_count": page.followers,
        "fan_count": page.followers,
        "about": "Small roaster by the water.",
        "picture": {"data": {"url": state.url("__sim/avatar.svg"), "is_silhouette": false}},
        "verification_status": "not_verified",
        "is_published": true,
    });
    if let Some(ig) = &page.instagram {
        object["instagram_business_account"] = crate::instagram::account_fields(state, ig);
    }
    Ok(reply::json(200, &select(&object, call.params.get("fields"), &["name"])))
}

/// All fields of a post.
pub(crate) fn post(state: &State, id: &str, now: Timestamp) -> Value {
    let Some(post) = state.pages.posts.get(id) else { return json!({ "id": id }) };
    let age = now.since(post.publish_at.unwrap_or(now));
    let grown = |metric: &str| growth::count(state.cfg.seed, id, metric, age, growth::span(metric));
    let own = state.pages.comments.values().filter(|c| c.object == id).count() as u64;
    let published = post.published(now);
    let mut object = json!({
        "id": id,
        "created_time": post.created_at.to_graph(),
        "updated_time": post.created_at.to_graph(),
        "permalink_url": state.permalink(Network::Facebook, id),
        "is_published": published,
        "from": {"id": post.page},
        "application": {"id": "sim-app", "name": "Sim App"},
        "status_type": if post.video.is_some() { "added_video" }
            else if post.photos.is_empty() { "mobile_status_update" } else { "added_photos" },
        "reactions": {"data": [], "summary": {"total_count": grown("likes")}},
        "comments": {"data": [], "summary": {"total_count": own + grown("comments")}},
        "shares": {"count": grown("shares")},
    });
    if !post.message.is_empty() {
        object["message"] = post.message.as_str().into();
    }
    if let Some(at) = post.publish_at.filter(|_| !published) {
        object["scheduled_publish_time"] = at.as_secs().into();
    }
    if let Some(photo) = post.photos.first().and_then(|photo| state.pages.photos.get(photo)) {
        object["full_picture"] = state.media_url(&photo.hash).into();
    }
    object
}

/// `GET /{id}` of anything on a page.
pub(crate) fn get(state: &State, call: &Call, id: &str) -> GraphResult {
    readable(state, call, &page_of(state, call, id)?)?;
    let pages = &state.pages;
    let (object, usual): (Value, &[&str]) = if pages.posts.contains_key(id) {
        (post(state, id, call.now), &["created_time", "message"])
    } else if let Some(photo) = pages.photos.get(id) {
        let link = photo.post.as_deref().unwrap_or(id);
        let object = json!({
            "id": id,
            "name": photo.caption,
            "created_time": photo.created_at.to_graph(),
            "link": state.permalink(Network::Facebook, link),
            "page_story_id": photo.post,
            "images": [{"source": state.media_url(&photo.hash)}],
        });
        (object, &["created_time", "name"])
    } else if let Some(video) = pages.videos.get(id) {
        (video_fields(state, id, video, call.now), &["created_time", "description"])
    } else if let Some(comment) = pages.comments.get(id) {
        let object = json!({
            "id": id,
            "message": comment.message,
            "created_time": comment.at.to_graph(),
            "from": {"id": comment.page},
        });
        (object, &["created_time", "message", "from"])
    } else {
        (json!({ "id": id }), &[])
    };
    Ok(reply::json(200, &select(&object, call.params.get("fields"), usual)))
}

/// The fields of a video, with the phases of its status.
fn video_fields(state: &State, id: &str, video: &Video, now: Timestamp) -> Value {
    let link = video.post.as_deref().unwrap_or(id);
    let shown = video.publish_at.is_some_and(|at| at <= now);
    json!({
        "id": id,
        "title": video.title,
        "description": video.description,
        "created_time": video.created_at.to_graph(),
        "published": shown,
        "post_id": video.post.as_deref().and_then(|post| post.split('_').next_back()),
        "permalink_url": state.permalink(Network::Facebook, link),
        "source": video.hash.as_deref().map(|hash| state.media_url(hash)),
        "length": video.hash.as_deref().and_then(|hash| state.shelf.video(hash))
            .map(|facts| facts.duration_ms as f64 / 1000.0),
        "status": status(video, now, bytes_name(state)),
    })
}

fn status(video: &Video, now: Timestamp, bytes_name: &str) -> Value {
    let incoming = video.incoming.as_ref();
    let size = incoming.map_or(0, |incoming| incoming.size);
    let got = incoming.map_or(0, |i| if i.whole { i.size } else { i.received() });
    let uploaded = video.uploaded_at.is_some();
    let processed = video.ready_at.is_some_and(|at| at <= now);
    let overall = match (uploaded, video.ready_at, processed, video.error) {
        (false, ..) => "uploading",
        (true, None, ..) => "upload_complete",
        (true, Some(_), false, _) => "processing",
        (true, Some(_), true, Some(_)) => "error",
        (true, Some(_), true, None) => "ready",
    };
    let uploading = match (uploaded, got) {
        (true, _) => "complete",
        (false, 0) => "not_started",
        (false, _) => "in_progress",
    };
    let mut processing = json!({"status": match overall {
        "processing" => "in_progress",
        "ready" => "complete",
        "error" => "error",
        _ => "not_started",
    }});
    if let (true, Some((code, message))) = (processed, video.error) {
        processing["error"] = json!({"code": code, "message": message});
        processing["errors"] = json!([{"code": code, "message": message}]);
    }
    let mut publishing = json!({"status": "not_started"});
    if processed && video.error.is_none() {
        publishing = match video.publish_at {
            Some(at) if at <= now => json!({
                "status": "complete", "publish_status": "published", "publish_time": at.as_secs(),
            }),
            Some(at) => json!({
                "status": "in_progress", "publish_status": "scheduled",
                "publish_time": at.as_secs(),
            }),
            None => json!({"status": "not_started", "publish_status": "draft"}),
        };
    }
    json!({
        "video_status": overall,
        "uploading_phase": {
            "status": uploading, (bytes_name): got, "source_file_size": size,
        },
        "processing_phase": processing,
        "publishing_phase": publishing,
    })
}
