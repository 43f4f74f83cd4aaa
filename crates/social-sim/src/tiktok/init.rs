//! Announcing a video: a direct post or a draft, uploaded or pulled.
//! <https://developers.tiktok.com/doc/content-posting-api-reference-direct-post>

use serde_json::{Value, json};

use super::auth::{pace, viewer};
use super::envelope::{TtError, TtResult};
use super::{checks, publish};
use crate::call::Call;
use crate::people::TiktokCreator;
use crate::state::State;
use crate::tokens::Token;

pub(super) fn body(call: &Call) -> Result<Value, TtError> {
    let kind = call.header("content-type").unwrap_or_default();
    if !kind.starts_with("application/json") {
        return Err(TtError::param("Content-Type must be application/json"));
    }
    call.json().ok_or_else(|| TtError::param("The request body is not JSON"))
}

pub(super) fn direct(state: &mut State, call: &Call) -> TtResult {
    let (token, creator) = viewer(state, call, &["video.publish"])?;
    pace(state, call, "video_init", 6)?;
    let body = body(call)?;
    let info = body.get("post_info").unwrap_or(&Value::Null);
    let title = info.get("title").and_then(Value::as_str).unwrap_or_default();
    if title.encode_utf16().count() > 2_200 {
        return Err(TtError::param("The title is too long"));
    }
    let level = info.get("privacy_level").and_then(Value::as_str);
    let public = publish::check_privacy(state, &creator, level)?;
    publish::check_disclosure(state, info)?;
    start(state, call, &body, &token, &creator, Some((title.to_owned(), public)))
}

pub(super) fn inbox(state: &mut State, call: &Call) -> TtResult {
    let (token, creator) = viewer(state, call, &["video.upload"])?;
    pace(state, call, "inbox_init", 6)?;
    let body = body(call)?;
    start(state, call, &body, &token, &creator, None)
}

/// `post` is the title and whether all may see it; without it this is a draft.
fn start(
    state: &mut State,
    call: &Call,
    body: &Value,
    token: &Token,
    creator: &TiktokCreator,
    post: Option<(String, bool)>,
) -> TtResult {
    let direct = post.is_some();
    publish::check_creators(state, &token.client, &creator.open_id, call.now, 403)?;
    publish::check_cap(state, &creator.open_id, call.now, direct)?;
    let source = body.get("source_info").unwrap_or(&Value::Null);
    let number = |name: &str| source.get(name).and_then(Value::as_u64);
    let mut new = publish::blank(&creator.open_id, &token.client, call.now);
    new.direct = direct;
    if let Some((title, public)) = post {
        new.title = title;
        new.public = public;
    }
    match source.get("source").and_then(Value::as_str) {
        Some("FILE_UPLOAD") => {
            let missing =
                || TtError::param("video_size, chunk_size and total_chunk_count are required");
            new.size = number("video_size").ok_or_else(missing)?;
            new.chunk = number("chunk_size").ok_or_else(missing)?;
            new.chunks = number("total_chunk_count").ok_or_else(missing)?;
            checks::chunks(new.size, new.chunk, new.chunks)?;
            let stem = if direct { "v_pub_file~v2-1." } else { "v_inbox_file~v2." };
            let id = state.ids.decimal(stem, 19);
            let secret = state.ids.secret("upload");
            let upload = state.ids.decimal("", 12);
            let upload_token = secret.get(..24).unwrap_or(&secret);
            let url = state.url("tiktok-upload/video/");
            let url = format!("{url}?upload_id={upload}&upload_token={upload_token}");
            state.tiktok.uploads.insert(format!("{upload}.{upload_token}"), id.clone());
            state.tiktok.publishes.insert(id.clone(), new);
            Ok(json!({"publish_id": id, "upload_url": url}))
        }
        Some("PULL_FROM_URL") => {
            let url = source.get("video_url").and_then(Value::as_str).unwrap_or_default();
            checks::address(state, url)?;
            new.pulled = true;
            match call.fetched(url) {
                Ok(media) => {
                    let hash = state.shelf.keep(media.bytes.clone());
                    new.size = media.bytes.len() as u64;
                    new.hashes = vec![hash];
                }
                Err(_) => new.failure = Some("video_pull_failed"),
            }
            let stem = if direct { "v_pub_url~v2." } else { "v_inbox_url~v2." };
            let id = state.ids.decimal(stem, 19);
            state.tiktok.publishes.insert(id.clone(), new);
            publish::received(state, &id, creator, call.now);
            Ok(json!({ "publish_id": id }))
        }
        _ => Err(TtError::param("source must be FILE_UPLOAD or PULL_FROM_URL")),
    }
}
