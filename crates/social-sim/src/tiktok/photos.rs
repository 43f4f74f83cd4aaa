//! Photo posts: pulled only, one to thirty-five.
//! <https://developers.tiktok.com/doc/content-posting-api-reference-photo-post>

use serde_json::{Value, json};

use super::auth::{pace, viewer};
use super::envelope::{TtError, TtResult};
use super::{checks, init, publish};
use crate::call::Call;
use crate::state::State;

pub(super) fn addresses(body: &Value) -> Vec<String> {
    body.pointer("/source_info/photo_images")
        .and_then(Value::as_array)
        .map(|urls| urls.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default()
}

pub(super) fn init(state: &mut State, call: &Call) -> TtResult {
    let body = init::body(call)?;
    let text = |path: &str| body.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let direct = match text("/post_mode") {
        "DIRECT_POST" => true,
        "MEDIA_UPLOAD" => false,
        _ => return Err(TtError::param("post_mode must be DIRECT_POST or MEDIA_UPLOAD")),
    };
    let scope = if direct { "video.publish" } else { "video.upload" };
    let (token, creator) = viewer(state, call, &[scope])?;
    pace(state, call, "content_init", 6)?;
    if text("/media_type") != "PHOTO" {
        return Err(TtError::param("media_type must be PHOTO"));
    }
    let (title, description) = (text("/post_info/title"), text("/post_info/description"));
    if title.encode_utf16().count() > 90 || description.encode_utf16().count() > 4_000 {
        return Err(TtError::param("The title or the description is too long"));
    }
    let level = body.pointer("/post_info/privacy_level").and_then(Value::as_str);
    let public = direct && publish::check_privacy(state, &creator, level)?;
    if text("/source_info/source") != "PULL_FROM_URL" {
        return Err(TtError::param("source must be PULL_FROM_URL"));
    }
    let urls = addresses(&body);
    if !(1..=35).contains(&urls.len()) {
        return Err(TtError::param("photo_images must have 1 to 35 URLs"));
    }
    let cover = body.pointer("/source_info/photo_cover_index").and_then(Value::as_u64).unwrap_or(0);
    if cover >= urls.len() as u64 {
        return Err(TtError::param("photo_cover_index is out of range"));
    }
    urls.iter().try_for_each(|url| checks::address(state, url))?;
    if direct {
        publish::check_disclosure(state, body.get("post_info").unwrap_or(&Value::Null))?;
    }
    publish::check_creators(state, &token.client, &creator.open_id, call.now, 403)?;
    publish::check_cap(state, &creator.open_id, call.now, direct)?;

    let mut new = publish::blank(&creator.open_id, &token.client, call.now);
    new.direct = direct;
    new.photo = true;
    new.pulled = true;
    new.public = public;
    new.title = [title, description]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join("\n");
    for url in &urls {
        match call.fetched(url) {
            Ok(media) => {
                new.size += media.bytes.len() as u64;
                new.hashes.push(state.shelf.keep(media.bytes.clone()));
            }
            Err(_) => new.failure = Some("photo_pull_failed"),
        }
    }
    let id = state.ids.decimal("p_pub_url~v2.", 19);
    state.tiktok.publishes.insert(id.clone(), new);
    publish::received(state, &id, &creator, call.now);
    Ok(json!({ "publish_id": id }))
}
