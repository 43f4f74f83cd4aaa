//! Images and documents: announce, put the bytes with the token, look at the status.

use serde_json::{Value, json};

use super::errors::{LiError, LiResult};
use super::{Image, auth};
use crate::call::Call;
use crate::media::MediaFacts;
use crate::reply;
use crate::state::State;
use crate::tokens::DAY;

/// More pixels than this are refused.
const MAX_PIXELS: u64 = 36_152_320;

pub(super) fn initialize(state: &mut State, call: &Call, kind: &str) -> LiResult {
    let (token, member) = auth::viewer(state, call)?;
    let body = call.json().unwrap_or_default();
    let owner = body
        .pointer("/initializeUploadRequest/owner")
        .and_then(Value::as_str)
        .ok_or_else(|| {
            let line = "/initializeUploadRequest/owner :: field is required but not found and has \
                        no default value";
            LiError::schema(&[line.to_owned()])
        })?
        .to_owned();
    auth::may_write(&token, member, call, &owner, ("images", "ACTION-initializeUpload"))?;
    let name = format!("C4E10AQ{}", state.ids.decimal("", 12));
    let urn = format!("urn:li:{kind}:{name}");
    let image = Image { owner, hash: None, ready_at: None, failed: false };
    state.linkedin.images.insert(urn.clone(), image);
    let url = state.url(&format!("linkedin-upload/image/{urn}"));
    let ends = (call.now + DAY * 30).as_millis();
    let mut value = json!({"uploadUrlExpiresAt": ends, "uploadUrl": url});
    value[kind] = urn.into();
    Ok(reply::json(200, &json!({ "value": value })))
}

/// Unlike a video's part, an image must be put with the token.
pub(super) fn put(state: &mut State, call: &Call, urn: &str) -> LiResult {
    auth::viewer(state, call)?;
    if call.method != http::Method::PUT {
        return Err(LiError::new(405, "METHOD_NOT_ALLOWED", "PUT is expected"));
    }
    if !state.linkedin.images.contains_key(urn) {
        return Err(LiError::new(400, "EXPIRED_UPLOAD_URL", "The upload URL is unknown"));
    }
    let hash = state.shelf.keep(call.body.clone());
    let fine = match state.shelf.facts(&hash) {
        MediaFacts::Image(image) => u64::from(image.width) * u64::from(image.height) < MAX_PIXELS,
        _ => urn.contains(":document:"),
    };
    let ready = call.now + state.cfg.linkedin.image_processing;
    let check = state.cfg.check_media;
    if let Some(image) = state.linkedin.images.get_mut(urn) {
        image.hash = Some(hash);
        image.ready_at = Some(ready);
        image.failed = check && !fine;
    }
    Ok(reply::empty(201))
}

pub(super) fn get(state: &State, call: &Call, urn: &str) -> LiResult {
    let (token, _) = auth::viewer(state, call)?;
    let reads = ["r_organization_social", "rw_organization_admin", "r_member_social"];
    if state.cfg.linkedin.image_read_forbidden && !reads.iter().any(|scope| token.allows(scope)) {
        let text = "Accessing this image resource is forbidden for the authenticated member";
        return Err(LiError::new(403, "ACCESS_DENIED", text).service(100));
    }
    let image = state.linkedin.images.get(urn).ok_or_else(|| LiError::not_found(urn))?;
    let status = match image.ready_at {
        None => "WAITING_UPLOAD",
        Some(at) if call.now < at => "PROCESSING",
        Some(_) if image.failed => "PROCESSING_FAILED",
        Some(_) => "AVAILABLE",
    };
    let mut body = json!({"id": urn, "owner": image.owner, "status": status});
    if let (Some(hash), "AVAILABLE") = (&image.hash, status) {
        body["downloadUrl"] = state.media_url(hash).into();
        body["downloadUrlExpiresAt"] = (call.now + DAY).as_millis().into();
    }
    Ok(reply::json(200, &body))
}
