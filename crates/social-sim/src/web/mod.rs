//! The simulator's own pages, under `/__sim/`: what people would see, and the controls.

mod control;
mod feed;
pub(crate) mod html;

use crate::call::Call;
use crate::reply::{self, Answer, with_header};
use crate::state::State;

pub(crate) fn serve(state: &mut State, call: &Call) -> Answer {
    if call.host.is_empty() {
        return reply::redirect(&state.url("__sim/"));
    }
    if call.host != "__sim" {
        return reply::html(404, html::page("Not found", &html::nothing("No host of that name.")));
    }
    let path = call.path();
    match (call.method.as_str(), path.as_slice()) {
        ("GET", []) => feed::index(state, call.now),
        ("GET", ["feed", network, account]) => feed::account(state, network, account, call.now),
        ("GET", ["post", network, id]) => feed::post(state, network, id, call.now),
        ("GET" | "HEAD", ["media", hash]) => media(state, call, hash),
        ("GET", ["avatar.svg"]) => reply::body(200, "image/svg+xml", html::AVATAR),
        ("GET", ["ledger"]) => control::ledger(state, call.now),
        ("GET", ["calls"]) => control::calls(state),
        ("GET", ["accounts"]) => control::accounts(state),
        ("GET", ["operations"]) => control::operations(),
        ("GET", ["faults"]) => control::faults(state),
        ("POST", ["faults"]) => control::add_faults(state, call),
        ("DELETE", ["faults"]) => control::clear_faults(state),
        ("POST", ["grant"]) => control::grant(state, call),
        _ => reply::html(404, html::page("Not found", &html::nothing("There is no such page."))),
    }
}

/// The bytes of a medium, whole or in the range that a video player asks for.
fn media(state: &State, call: &Call, hash: &str) -> Answer {
    let Some(medium) = state.shelf.get(hash) else { return reply::empty(404) };
    let mime = state.shelf.mime(hash);
    let size = medium.bytes.len();
    let whole =
        || with_header(reply::body(200, mime, medium.bytes.clone()), "accept-ranges", "bytes");
    let Some((first, last)) = call.header("range").and_then(|text| span(text, size)) else {
        return whole();
    };
    let answer = reply::body(206, mime, medium.bytes.slice(first..=last));
    with_header(answer, "content-range", &format!("bytes {first}-{last}/{size}"))
}

fn span(text: &str, size: usize) -> Option<(usize, usize)> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let (first, last) = match (first.parse::<usize>().ok(), last.parse::<usize>().ok()) {
        (Some(first), Some(last)) => (first, last.min(size.checked_sub(1)?)),
        (Some(first), None) => (first, size.checked_sub(1)?),
        (None, Some(count)) => (size.checked_sub(count)?, size.checked_sub(1)?),
        (None, None) => return None,
    };
    (first <= last).then_some((first, last))
}
