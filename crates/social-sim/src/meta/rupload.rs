//! `rupload.facebook.com`: the bytes of a reel or of an Instagram container.
//! <https://developers.facebook.com/docs/video-api/guides/reels-publishing>

use bytes::Bytes;
use serde_json::json;

use super::auth;
use crate::call::Call;
use crate::reply::{self, Answer};
use crate::state::State;

/// Bytes that come in pieces.
#[derive(Debug, Clone, Default)]
pub(crate) struct Incoming {
    pub size: u64,
    pub bytes: Vec<u8>,
    pub whole: bool,
}

impl Incoming {
    pub(crate) fn received(&self) -> u64 {
        self.bytes.len() as u64
    }
}

fn failed(status: u16, kind: &str, retriable: bool, message: &str) -> Answer {
    let info = json!({"retriable": retriable, "type": kind, "message": message});
    reply::json(status, &json!({ "debug_info": info }))
}

pub(crate) fn upload(state: &mut State, call: &Call, id: &str) -> Answer {
    // The token counts in the header only, spelt `OAuth` as in the guide.
    let Some(token) = call.bearer() else {
        return failed(
            401,
            "NotAuthorizedError",
            false,
            "No access token in the Authorization header",
        );
    };
    if let Err(error) = auth::check(state, call, token) {
        return failed(401, "NotAuthorizedError", false, &error.message);
    }
    let instagram = state.instagram.containers.get_mut(id).and_then(|c| c.incoming.as_mut());
    let is_instagram = instagram.is_some();
    let Some(incoming) =
        instagram.or_else(|| state.pages.videos.get_mut(id).and_then(|v| v.incoming.as_mut()))
    else {
        return failed(404, "ProcessingFailedError", false, "This upload does not exist");
    };
    if incoming.whole {
        return failed(400, "OffsetInvalidError", false, "The upload is complete");
    }
    let bytes: Bytes = if let Some(url) = call.header("file_url") {
        match call.fetched(url) {
            Ok(media) => media.bytes.clone(),
            Err(why) => return failed(400, "ProcessingFailedError", true, &why),
        }
    } else {
        let number = |name| call.header(name).and_then(|text| text.parse::<u64>().ok());
        let (Some(offset), Some(size)) = (number("offset"), number("file_size")) else {
            return failed(400, "HeaderInvalidError", false, "offset and file_size are required");
        };
        if incoming.size == 0 {
            incoming.size = size;
        }
        if incoming.size != size {
            return failed(400, "HeaderInvalidError", false, "file_size changed");
        }
        if offset != incoming.received() {
            let text = format!("offset {offset} is not {}", incoming.received());
            return failed(400, "OffsetInvalidError", true, &text);
        }
        if offset + call.body.len() as u64 > size {
            return failed(400, "PartialRequestError", false, "more bytes than file_size");
        }
        incoming.bytes.extend_from_slice(&call.body);
        if incoming.received() < size {
            // What came is kept: the client reads the status and goes on from there.
            let text = format!("{} of {size} bytes", incoming.received());
            return failed(400, "PartialRequestError", true, &text);
        }
        std::mem::take(&mut incoming.bytes).into()
    };
    incoming.whole = true;
    incoming.size = bytes.len() as u64;
    let hash = state.shelf.keep(bytes);
    if is_instagram {
        crate::instagram::received(state, id, &hash, call.now);
    } else {
        crate::facebook::received(state, id, &hash, call.now);
    }
    let text = "Upload successful. Make sure to finish the publishing process.";
    reply::json(200, &json!({"success": true, "message": text}))
}
