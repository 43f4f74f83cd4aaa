//! `/{page}/videos`: in pieces, by address, by handle.
//! <https://developers.facebook.com/docs/graph-api/reference/page/videos>

use bytes::Bytes;
use serde_json::json;
use social_core::Timestamp;

use super::{Post, Video, checks, feed, writable};
use crate::call::Call;
use crate::meta::errors::{GraphError, GraphResult};
use crate::meta::rupload::Incoming;
use crate::meta::success;
use crate::reply;
use crate::state::State;

const SCOPES: &[&str] = &["pages_manage_posts", "pages_read_engagement"];

pub(super) fn blank(page: &str, reel: bool, now: Timestamp, size: u64) -> Video {
    Video {
        page: page.to_owned(),
        reel,
        story: false,
        title: String::new(),
        description: String::new(),
        hash: None,
        incoming: Some(Incoming { size, ..Incoming::default() }),
        created_at: now,
        uploaded_at: None,
        ready_at: None,
        error: None,
        publish_at: None,
        post: None,
    }
}

pub(crate) fn start(state: &mut State, call: &Call, page: &str) -> GraphResult {
    writable(state, call, page, SCOPES)?;
    let size = call
        .params
        .number("file_size")
        .filter(|size| *size > 0)
        .ok_or_else(|| GraphError::missing("file_size"))?;
    let id = state.ids.decimal("98770", 10);
    state.pages.videos.insert(id.clone(), blank(page, false, call.now, size));
    let end = size.min(state.cfg.meta.video_chunk);
    Ok(reply::json(
        200,
        &json!({
            "upload_session_id": session_of(&id),
            "video_id": id,
            "start_offset": "0",
            "end_offset": end.to_string(),
        }),
    ))
}

fn session_of(video: &str) -> String {
    format!("7{video}")
}

/// The upload that a call names by its session.
fn upload<'a>(
    state: &'a mut State,
    call: &Call,
    page: &str,
) -> Result<(String, &'a mut Video), GraphError> {
    let session = call
        .params
        .filled("upload_session_id")
        .ok_or_else(|| GraphError::missing("upload_session_id"))?;
    let id = session.strip_prefix('7').unwrap_or_default().to_owned();
    let video = state.pages.videos.get_mut(&id).filter(|video| video.page == page && !video.reel);
    video.map(|video| (id, video)).ok_or_else(|| {
        GraphError::new(6_000, "(#6000) There was a problem uploading your video file.")
    })
}

pub(crate) fn transfer(state: &mut State, call: &Call, page: &str) -> GraphResult {
    writable(state, call, page, SCOPES)?;
    let chunk = state.cfg.meta.video_chunk;
    let offset =
        call.params.number("start_offset").ok_or_else(|| GraphError::missing("start_offset"))?;
    let piece = call
        .params
        .file("video_file_chunk")
        .cloned()
        .ok_or_else(|| GraphError::missing("video_file_chunk"))?;
    let (id, video) = upload(state, call, page)?;
    let Some(incoming) = video.incoming.as_mut().filter(|incoming| !incoming.whole) else {
        return Ok(offsets(0, 0, true));
    };
    let have = incoming.received();
    if offset != have || have + piece.len() as u64 > incoming.size {
        let end = incoming.size.min(have + chunk);
        let mut error = GraphError::new(
            6_001,
            "(#6001) There was a problem uploading your video file. Please try again with the \
             offsets given.",
        )
        .sub(1_363_037);
        error.data = Some(json!({"start_offset": have.to_string(), "end_offset": end.to_string()}));
        return Err(error);
    }
    incoming.bytes.extend_from_slice(&piece);
    let (have, size) = (incoming.received(), incoming.size);
    if have == size {
        incoming.whole = true;
        let bytes: Bytes = std::mem::take(&mut incoming.bytes).into();
        let hash = state.shelf.keep(bytes);
        received(state, &id, &hash, call.now);
    }
    Ok(offsets(have, size.min(have + chunk), false))
}

fn offsets(start: u64, end: u64, done: bool) -> reply::Answer {
    let (start, end) = if done { (end, end) } else { (start, end) };
    reply::json(200, &json!({"start_offset": start.to_string(), "end_offset": end.to_string()}))
}

/// All bytes are there: processing starts, and ends as the bytes deserve.
pub(crate) fn received(state: &mut State, id: &str, hash: &str, now: Timestamp) {
    let Some(reel) = state.pages.videos.get(id).map(|video| video.reel) else { return };
    let error = checks::video(state, hash, reel);
    if let Some(video) = state.pages.videos.get_mut(id) {
        video.hash = Some(hash.to_owned());
        video.uploaded_at = Some(now);
        video.error = error;
    }
}

pub(crate) fn finish(state: &mut State, call: &Call, page: &str) -> GraphResult {
    writable(state, call, page, SCOPES)?;
    let at = feed::publish_at(call)?;
    let (id, video) = upload(state, call, page)?;
    if video.uploaded_at.is_none() {
        return Err(GraphError::new(
            6_000,
            "(#6000) There was a problem uploading your video file: it is not complete.",
        ));
    }
    publish(state, call, &id, at);
    success()
}

/// In one request: `file_url`, a handle of the Resumable Upload API, or the file itself.
pub(crate) fn whole(state: &mut State, call: &Call, page: &str) -> GraphResult {
    writable(state, call, page, SCOPES)?;
    let at = feed::publish_at(call)?;
    let hash = if let Some(handle) = call.params.filled("fbuploader_video_file_chunk") {
        let bad = || GraphError::param("Invalid fbuploader_video_file_chunk");
        state.pages.handles.get(handle).cloned().ok_or_else(bad)?
    } else if let Some(url) = call.params.filled("file_url") {
        let media = call.fetched(url).map_err(|why| {
            GraphError::new(389, "(#389) Unable to fetch video file from URL.")
                .told("Unable to fetch video", &why)
        })?;
        state.shelf.keep(media.bytes.clone())
    } else if let Some(file) = call.params.file("source") {
        state.shelf.keep(file.clone())
    } else {
        return Err(GraphError::missing("upload_phase"));
    };
    let id = state.ids.decimal("98770", 10);
    let mut video = blank(page, false, call.now, state.shelf.size(&hash));
    if let Some(incoming) = &mut video.incoming {
        incoming.whole = true;
    }
    state.pages.videos.insert(id.clone(), video);
    received(state, &id, &hash, call.now);
    publish(state, call, &id, at);
    Ok(reply::json(200, &json!({ "id": id })))
}

/// Takes the texts and, unless it stays a draft or fails, makes the post that shows the video
/// once it is processed. A second finish changes nothing.
pub(super) fn publish(state: &mut State, call: &Call, id: &str, at: Option<Timestamp>) {
    let processing = state.cfg.meta.video_processing;
    let Some(video) = state.pages.videos.get_mut(id) else { return };
    if video.post.is_some() || video.ready_at.is_some() {
        return;
    }
    let ready = video.uploaded_at.unwrap_or(call.now).max(call.now) + processing;
    let text = |name: &str| call.params.get(name).unwrap_or_default().to_owned();
    video.title = text("title");
    video.description = text("description");
    video.ready_at = Some(ready);
    if video.error.is_some() {
        return;
    }
    video.publish_at = at.map(|at| at.max(ready));
    let post = Post {
        page: video.page.clone(),
        message: video.description.clone(),
        link: None,
        photos: Vec::new(),
        video: Some(id.to_owned()),
        created_at: call.now,
        publish_at: video.publish_at,
    };
    if video.story {
        let (page, hash) = (video.page.clone(), video.hash.clone());
        let post = state.ids.decimal("12219", 10);
        let hashes: Vec<String> = hash.into_iter().collect();
        super::stories::show(state, &page, id, &post, "video", &hashes, ready);
        if let Some(video) = state.pages.videos.get_mut(id) {
            video.post = Some(post);
        }
        return;
    }
    if video.publish_at.is_some() {
        let post_id = feed::insert(state, post);
        if let Some(video) = state.pages.videos.get_mut(id) {
            video.post = Some(post_id);
        }
    }
}
