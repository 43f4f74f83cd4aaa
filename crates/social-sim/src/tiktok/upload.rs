//! The bytes of a video, chunk by chunk and strictly in order.
//! <https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide>

use crate::call::Call;
use crate::reply::{self, Answer, with_header};
use crate::state::State;
use crate::tiktok::publish;

use super::Publish;

/// How long an upload address lives.
const LIFE: std::time::Duration = std::time::Duration::from_secs(3_600);

fn progress(status: u16, have: u64, size: u64) -> Answer {
    with_header(reply::empty(status), "content-range", &format!("bytes 0-{have}/{size}"))
}

/// `bytes FIRST-LAST/TOTAL`.
fn range(text: &str) -> Option<(u64, u64, u64)> {
    let (span, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = span.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?, total.parse().ok()?))
}

pub(super) fn put(state: &mut State, call: &Call) -> Answer {
    let get = |name: &str| call.params.get(name).unwrap_or_default();
    let key = format!("{}.{}", get("upload_id"), get("upload_token"));
    let Some(id) = state.tiktok.uploads.get(&key).cloned() else { return reply::empty(404) };
    let creators = &state.cfg.tiktok.creators;
    let Some(publish) = state.tiktok.publishes.get_mut(&id) else { return reply::empty(404) };
    let creator = creators.iter().find(|creator| creator.open_id == publish.creator).cloned();
    let (have, size) = (have(publish), publish.size);
    if call.method != http::Method::PUT {
        return progress(400, have, size);
    }
    if call.now >= publish.created_at + LIFE {
        return progress(403, have, size);
    }
    let kind = call.header("content-type").unwrap_or_default();
    let known = matches!(kind, "video/mp4" | "video/quicktime" | "video/webm");
    let Some((first, last, total)) = call.header("content-range").and_then(range) else {
        return progress(400, have, size);
    };
    let length = call.body.len() as u64;
    if !known || total != size || last < first || last - first != length.wrapping_sub(1) {
        return progress(400, have, size);
    }
    let declared = call.header("content-length").and_then(|text| text.parse::<u64>().ok());
    if declared.is_some_and(|declared| declared != length) {
        return progress(400, have, size);
    }
    let is_last = publish.chunks_done + 1 == publish.chunks;
    let expected = if is_last { size - have } else { publish.chunk };
    if publish.received_at.is_some() || first != have || length != expected {
        return progress(416, have, size);
    }
    publish.received += length;
    if state.cfg.keep_uploads {
        publish.bytes.extend_from_slice(&call.body);
    }
    publish.chunks_done += 1;
    if !is_last {
        return progress(206, have + length, size);
    }
    let bytes = std::mem::take(&mut publish.bytes);
    let hash = state.shelf.keep(bytes.into());
    if let Some(publish) = state.tiktok.publishes.get_mut(&id) {
        publish.hashes = vec![hash];
    }
    if let Some(creator) = creator {
        publish::received(state, &id, &creator, call.now);
    }
    progress(201, size, size)
}

/// How many bytes have come.
pub(super) fn have(publish: &Publish) -> u64 {
    if publish.received_at.is_some() { publish.size } else { publish.received }
}
