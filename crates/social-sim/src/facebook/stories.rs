//! Stories of a page: `/{page}/photo_stories`, `/{page}/stories`. Clips go by `reels`.
//! <https://developers.facebook.com/docs/video-api/guides/page-stories-api>

use serde_json::{Value, json};
use social_core::Timestamp;

use super::{Story, readable, writable};
use crate::call::Call;
use crate::meta::errors::{GraphError, GraphResult};
use crate::meta::fields::select;
use crate::meta::paging;
use crate::network::Network;
use crate::reply;
use crate::state::{Shown, State};
use crate::tokens::DAY;

const SCOPES: &[&str] = &["pages_show_list", "pages_read_engagement", "pages_manage_posts"];

pub(crate) fn photo(state: &mut State, call: &Call, page: &str) -> GraphResult {
    writable(state, call, page, SCOPES)?;
    let id =
        call.params.filled("photo_id").ok_or_else(|| GraphError::missing("photo_id"))?.to_owned();
    let photo = state.pages.photos.get(&id).filter(|photo| photo.page == page);
    let photo = photo.ok_or_else(|| GraphError::unreachable("post", &id))?.clone();
    if photo.post.is_some() {
        return Err(GraphError::param("The photo was used in a post or story before"));
    }
    let post = state.ids.decimal("12219", 10);
    show(state, page, &id, &post, "photo", &[photo.hash], call.now);
    if let Some(photo) = state.pages.photos.get_mut(&id) {
        photo.post = Some(post.clone());
    }
    Ok(reply::json(200, &json!({"success": true, "post_id": post.parse::<u64>().unwrap_or(0)})))
}

/// Writes down that a story is visible from `at` on.
pub(super) fn show(
    state: &mut State,
    page: &str,
    media: &str,
    post: &str,
    kind: &'static str,
    hashes: &[String],
    at: Timestamp,
) {
    state.show(&Shown {
        platform: Network::Facebook,
        account_id: page,
        remote_id: post,
        kind: "story",
        text: "",
        media: hashes,
        parent: None,
        at,
    });
    let (page, media, post) = (page.to_owned(), media.to_owned(), post.to_owned());
    state.pages.stories.push(Story { page, media, post, kind, at });
}

/// `GET /{page}/stories`: newest first; what is older than a day is archived.
pub(crate) fn list(state: &State, call: &Call, page: &str) -> GraphResult {
    readable(state, call, page)?;
    let rows: Vec<Value> = state
        .pages
        .stories
        .iter()
        .rev()
        .filter(|story| story.page == page && story.at <= call.now)
        .map(|story| {
            let live = call.now < story.at + DAY;
            let row = json!({
                "post_id": story.post.parse::<u64>().unwrap_or(0),
                "status": if live { "PUBLISHED" } else { "ARCHIVED" },
                "creation_time": story.at.as_secs(),
                "media_type": story.kind,
                "media_id": story.media,
                "url": state.permalink(Network::Facebook, &story.post),
            });
            select(&row, call.params.get("fields"), &["post_id", "status"])
        })
        .collect();
    Ok(reply::json(200, &paging::whole(&rows)))
}
