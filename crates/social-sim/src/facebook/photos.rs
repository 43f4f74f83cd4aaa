//! `/{page}/photos`.

use bytes::Bytes;
use serde_json::json;

use super::{Photo, Post, checks, feed, writable};
use crate::call::Call;
use crate::meta::errors::{GraphError, GraphResult};
use crate::reply;
use crate::state::State;

pub(crate) fn create(state: &mut State, call: &Call, page: &str) -> GraphResult {
    writable(state, call, page, &["pages_manage_posts", "pages_read_engagement"])?;
    let bytes: Bytes = match (call.params.file("source"), call.params.filled("url")) {
        (Some(file), _) => file.clone(),
        (None, Some(url)) => call
            .fetched(url)
            .map_err(|why| {
                GraphError::new(324, "(#324) Missing or invalid image file")
                    .sub(2_069_019)
                    .told("Invalid image", &why)
            })?
            .bytes
            .clone(),
        (None, None) => {
            return Err(GraphError::new(324, "(#324) Requires upload file"));
        }
    };
    let publish_at = feed::publish_at(call)?;
    let hash = state.shelf.keep(bytes);
    checks::photo(state, &hash)?;
    let caption = call
        .params
        .filled("message")
        .or_else(|| call.params.get("caption"))
        .unwrap_or_default()
        .to_owned();
    feed::check_message(&caption)?;
    let id = state.ids.decimal("12211", 10);
    let photo = Photo {
        page: page.to_owned(),
        caption: caption.clone(),
        hash,
        post: None,
        created_at: call.now,
    };
    state.pages.photos.insert(id.clone(), photo);
    if publish_at.is_none() {
        return Ok(reply::json(200, &json!({ "id": id })));
    }
    let post = Post {
        page: page.to_owned(),
        message: caption,
        link: None,
        photos: vec![id.clone()],
        video: None,
        created_at: call.now,
        publish_at,
    };
    let post_id = feed::insert(state, post);
    Ok(reply::json(200, &json!({"id": id, "post_id": post_id})))
}
