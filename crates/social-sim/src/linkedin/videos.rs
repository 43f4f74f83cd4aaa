//! Videos: announce, put the parts without a token, join them by their ETags, wait.
//! <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/videos-api>

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::errors::{LiError, LiResult};
use super::{Video, auth};
use crate::call::Call;
use crate::reply::{self, with_header};
use crate::state::State;
use crate::tokens::DAY;

pub(super) fn initialize(state: &mut State, call: &Call) -> LiResult {
    let (token, member) = auth::viewer(state, call)?;
    let body = call.json().unwrap_or_default();
    let missing = |name: &str| {
        LiError::schema(&[format!(
            "/initializeUploadRequest/{name} :: field is required but not found and has no \
             default value"
        )])
    };
    let request = body.get("initializeUploadRequest").unwrap_or(&Value::Null);
    let owner =
        request.get("owner").and_then(Value::as_str).ok_or_else(|| missing("owner"))?.to_owned();
    let size = request
        .get("fileSizeBytes")
        .and_then(Value::as_u64)
        .filter(|size| (1..=5_000_000_000).contains(size))
        .ok_or_else(|| missing("fileSizeBytes"))?;
    auth::may_write(&token, member, call, &owner, ("videos", "ACTION-initializeUpload"))?;
    let urn = format!("urn:li:video:C4D05AQ{}", state.ids.decimal("", 12));
    let part = state.cfg.linkedin.video_part;
    let instructions: Vec<Value> = (0..size.div_ceil(part))
        .map(|index| {
            json!({
                "uploadUrl": state.url(&format!("linkedin-upload/video/{urn}/{index}")),
                "firstByte": index * part,
                "lastByte": ((index + 1) * part).min(size) - 1,
            })
        })
        .collect();
    // Sometimes empty on the real network; it must be echoed either way.
    let upload_token = String::new();
    let video = Video {
        owner,
        size,
        token: upload_token.clone(),
        parts: BTreeMap::new(),
        hash: None,
        ready_at: None,
        failed: None,
    };
    state.linkedin.videos.insert(urn.clone(), video);
    Ok(reply::json(
        200,
        &json!({"value": {
            "uploadUrlsExpireAt": (call.now + DAY * 30).as_millis(),
            "video": urn,
            "uploadInstructions": instructions,
            "uploadToken": upload_token,
        }}),
    ))
}

pub(super) fn put(state: &mut State, call: &Call, urn: &str) -> LiResult {
    // The address is signed by itself, and a token beside it is refused.
    if call.header("authorization").is_some() {
        let text = "Only one auth mechanism allowed: remove the Authorization header";
        return Err(LiError::new(400, "ILLEGAL_ARGUMENT", text));
    }
    if call.method != http::Method::PUT {
        return Err(LiError::new(405, "METHOD_NOT_ALLOWED", "PUT is expected"));
    }
    let part = state.cfg.linkedin.video_part;
    let secret = state.ids.secret("etag");
    let index = call.path.last().and_then(|index| index.parse::<u64>().ok());
    let unknown = || LiError::new(400, "EXPIRED_UPLOAD_URL", "The upload URL is unknown");
    let video = state.linkedin.videos.get_mut(urn).ok_or_else(unknown)?;
    let index = index.filter(|index| *index < video.size.div_ceil(part)).ok_or_else(unknown)?;
    let expected = (video.size - index * part).min(part);
    if call.body.len() as u64 != expected {
        let text = format!("{expected} bytes are expected, {} came", call.body.len());
        return Err(LiError::new(400, "UPDATING_ASSET_FAILED", text));
    }
    let etag = format!("/ambry-video/signedId/{}.bin", secret.get(..32).unwrap_or(&secret));
    video.parts.insert(index, (etag.clone(), call.body.clone()));
    Ok(with_header(reply::empty(200), "etag", &etag))
}

/// Joins the parts in the order of the ids given. A wrong order is taken, and scrambles the file.
pub(super) fn finalize(state: &mut State, call: &Call) -> LiResult {
    let (token, member) = auth::viewer(state, call)?;
    let body = call.json().unwrap_or_default();
    let request = body.get("finalizeUploadRequest").unwrap_or(&Value::Null);
    let urn = request.get("video").and_then(Value::as_str).unwrap_or_default();
    let video =
        state.linkedin.videos.get(urn).ok_or_else(|| {
            LiError::new(400, "INVALID_VIDEO_ID", format!("{urn} does not exist"))
        })?;
    auth::may_write(&token, member, call, &video.owner, ("videos", "ACTION-finalizeUpload"))?;
    if video.hash.is_some() {
        return Ok(reply::empty(200));
    }
    if request.get("uploadToken").and_then(Value::as_str) != Some(&video.token) {
        let text = "uploadToken is not the one given";
        return Err(LiError::new(400, "INVALID_VALUE_FOR_FIELD", text));
    }
    let ids: Vec<&str> = request
        .get("uploadedPartIds")
        .and_then(Value::as_array)
        .map(|ids| ids.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let wanted = video.size.div_ceil(state.cfg.linkedin.video_part);
    let mut bytes = Vec::new();
    for id in &ids {
        // Clients pass the ETag on with or without the quotes of HTTP.
        let id = id.trim_matches('"');
        let part = video.parts.values().find(|(etag, _)| etag == id);
        let unknown = || LiError::new(400, "UPDATING_ASSET_FAILED", format!("unknown part {id}"));
        bytes.extend_from_slice(&part.ok_or_else(unknown)?.1);
    }
    if ids.len() as u64 != wanted {
        let text = format!("{wanted} parts are expected, {} came", ids.len());
        return Err(LiError::new(400, "UPDATING_ASSET_FAILED", text));
    }
    let hash = state.shelf.keep(bytes.into());
    let failed = check(state, &hash);
    let ready = call.now + state.cfg.linkedin.video_processing;
    if let Some(video) = state.linkedin.videos.get_mut(urn) {
        video.hash = Some(hash);
        video.ready_at = Some(ready);
        video.failed = failed;
        video.parts.clear();
    }
    Ok(reply::empty(200))
}

fn check(state: &State, hash: &str) -> Option<&'static str> {
    if !state.cfg.check_media {
        return None;
    }
    let Some(video) = state.shelf.video(hash) else { return Some("The file is not a video") };
    if !(2_950..=1_800_500).contains(&video.duration_ms) {
        Some("The duration must be between 3 seconds and 30 minutes")
    } else if state.shelf.size(hash) > 500 * 1_000 * 1_000 {
        Some("The file must be at most 500 MB")
    } else {
        None
    }
}

pub(super) fn get(state: &State, call: &Call, urn: &str) -> LiResult {
    auth::viewer(state, call)?;
    let video = state.linkedin.videos.get(urn).ok_or_else(|| LiError::not_found(urn))?;
    let status = match video.ready_at {
        None => "WAITING_UPLOAD",
        Some(at) if call.now < at => "PROCESSING",
        Some(_) if video.failed.is_some() => "PROCESSING_FAILED",
        Some(_) => "AVAILABLE",
    };
    let mut body = json!({"id": urn, "owner": video.owner, "status": status});
    match (status, video.failed, &video.hash) {
        ("PROCESSING_FAILED", Some(why), _) => body["processingFailureReason"] = why.into(),
        ("AVAILABLE", _, Some(hash)) => {
            body["downloadUrl"] = state.media_url(hash).into();
            if let Some(facts) = state.shelf.video(hash) {
                body["duration"] = facts.duration_ms.into();
                body["aspectRatioWidth"] = facts.width.into();
                body["aspectRatioHeight"] = facts.height.into();
            }
        }
        _ => {}
    }
    Ok(reply::json(200, &body))
}
