//! `/{page}/video_reels` and `/{page}/video_stories`: start, bytes to rupload, finish.
//! <https://developers.facebook.com/docs/video-api/guides/reels-publishing>

use serde_json::json;

use super::{feed, videos, writable};
use crate::call::Call;
use crate::hosts::under;
use crate::meta::errors::{GraphError, GraphResult};
use crate::meta::{VERSION, success};
use crate::reply;
use crate::state::State;
use crate::tokens::DAY;

const SCOPES: &[&str] = &["pages_show_list", "pages_read_engagement", "pages_manage_posts"];

/// Reels per page in 24 hours.
const MAX_REELS: usize = 30;

/// Stories of clips go the same way under another name.
fn is_story(call: &Call) -> bool {
    call.path.last().is_some_and(|edge| edge == "video_stories")
}

pub(crate) fn start(state: &mut State, call: &Call, page: &str) -> GraphResult {
    writable(state, call, page, SCOPES)?;
    let id = state.ids.decimal("98771", 10);
    let mut video = videos::blank(page, true, call.now, 0);
    video.story = is_story(call);
    state.pages.videos.insert(id.clone(), video);
    let url = under(&state.base, &format!("rupload/video-upload/{VERSION}/{id}"));
    Ok(reply::json(200, &json!({"video_id": id, "upload_url": url.as_str()})))
}

pub(crate) fn finish(state: &mut State, call: &Call, page: &str) -> GraphResult {
    writable(state, call, page, SCOPES)?;
    if call.params.get("upload_phase") != Some("finish") {
        return Err(GraphError::param("upload_phase must be start or finish"));
    }
    let id =
        call.params.filled("video_id").ok_or_else(|| GraphError::missing("video_id"))?.to_owned();
    let video = state
        .pages
        .videos
        .get(&id)
        .filter(|video| video.page == page && video.reel && video.story == is_story(call))
        .ok_or_else(|| GraphError::unreachable("post", &id))?;
    if video.uploaded_at.is_none() {
        return Err(GraphError::new(6_000, "(#6000) The video has not been uploaded yet."));
    }
    let at = match call.params.get("video_state") {
        None if is_story(call) => Some(call.now),
        Some("PUBLISHED") => Some(call.now),
        Some("DRAFT") => None,
        Some("SCHEDULED") => {
            let secs = call.params.number("scheduled_publish_time");
            let secs = secs.and_then(|secs| i64::try_from(secs).ok());
            let missing = || GraphError::missing("scheduled_publish_time");
            Some(social_core::Timestamp::from_secs(secs.ok_or_else(missing)?))
        }
        _ => return Err(GraphError::param("video_state must be PUBLISHED, SCHEDULED or DRAFT")),
    };
    let recent = state.pages.videos.values().filter(|video| {
        video.page == page
            && video.reel
            && !video.story
            && video.post.is_some()
            && call.now < video.created_at + DAY
    });
    if recent.count() >= MAX_REELS {
        return Err(GraphError::new(613, "(#613) Calls to this api have exceeded the rate limit."));
    }
    feed::check_message(call.params.get("description").unwrap_or_default())?;
    videos::publish(state, call, &id, at);
    // Only an acknowledgement: whether it plays is told by the status.
    let post = state.pages.videos.get(&id).and_then(|video| video.post.clone());
    match post.filter(|_| state.cfg.meta.reel_tells_post) {
        Some(post) => Ok(reply::json(200, &json!({"success": true, "post_id": post}))),
        None => success(),
    }
}
