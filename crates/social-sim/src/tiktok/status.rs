//! How far a publish is, and cancelling a pull.
//! <https://developers.tiktok.com/doc/content-posting-api-reference-get-video-status>

use serde_json::{Value, json};
use social_core::Timestamp;

use super::auth::{pace, viewer};
use super::envelope::{TtError, TtResult};
use super::{Publish, init, upload};
use crate::call::Call;
use crate::network::Network;
use crate::state::State;
use crate::tokens::DAY;

/// The publish that a call names, if it is the caller's.
fn named(state: &State, call: &Call) -> Result<(String, Publish), TtError> {
    let (token, creator) = viewer(state, call, &["video.publish", "video.upload"])?;
    let body = init::body(call)?;
    let id = body.get("publish_id").and_then(Value::as_str).unwrap_or_default();
    let publish =
        state.tiktok.publishes.get(id).ok_or_else(|| {
            TtError::new(400, "invalid_publish_id", "The publish_id does not exist")
        })?;
    if publish.creator != creator.open_id || publish.client != token.client {
        return Err(TtError::new(
            400,
            "token_not_authorized_for_specified_publish_id",
            "The access token is not authorized for this publish_id",
        ));
    }
    Ok((id.to_owned(), publish.clone()))
}

/// Where a publish stands.
fn status(publish: &Publish, now: Timestamp) -> &'static str {
    match (publish.done_at, publish.failure) {
        (Some(done), Some(_)) if done <= now => "FAILED",
        (Some(done), None) if done <= now && publish.direct => "PUBLISH_COMPLETE",
        (Some(done), None) if done <= now => "SEND_TO_USER_INBOX",
        // An upload that never ends fails when its address has long been dead.
        (None, _) if now >= publish.created_at + DAY => "FAILED",
        _ if publish.pulled => "PROCESSING_DOWNLOAD",
        _ => "PROCESSING_UPLOAD",
    }
}

pub(super) fn fetch(state: &mut State, call: &Call) -> TtResult {
    let (id, publish) = named(state, call)?;
    pace(state, call, "status", 30)?;
    let status = status(&publish, call.now);
    // No page lists the id; a client of the field cannot do without it.
    let mut data = json!({ "publish_id": id, "status": status });
    if publish.pulled {
        data["downloaded_bytes"] = publish.size.into();
    } else {
        data["uploaded_bytes"] = upload::have(&publish).into();
    }
    if status == "FAILED" {
        data["fail_reason"] = publish.failure.unwrap_or("internal").into();
    }
    if status == "PUBLISH_COMPLETE" {
        // The id is there for public posts only, after moderation; the spelling is TikTok's.
        let post = publish.post.filter(|_| publish.public_at.is_some_and(|at| at <= call.now));
        let id = |id: String| match id.parse::<u64>() {
            Ok(number) if !state.cfg.tiktok.ids_as_text => Value::from(number),
            _ => Value::from(id),
        };
        data["publicaly_available_post_id"] = post.into_iter().map(id).collect();
    }
    Ok(data)
}

pub(super) fn cancel(state: &mut State, call: &Call) -> TtResult {
    let (id, publish) = named(state, call)?;
    if status(&publish, call.now) != "PROCESSING_DOWNLOAD" {
        let text = "The publish cannot be cancelled any more";
        return Err(TtError::new(400, "publish_not_cancellable", text));
    }
    // It never became visible, so the ledger must not say that it will.
    if let Some(post) = &publish.post {
        state.hide(Network::Tiktok, post, call.now);
    }
    if let Some(publish) = state.tiktok.publishes.get_mut(&id) {
        publish.failure = Some("publish_cancelled");
        publish.done_at = Some(call.now);
        publish.post = None;
        publish.public_at = None;
    }
    Ok(Value::Null)
}
