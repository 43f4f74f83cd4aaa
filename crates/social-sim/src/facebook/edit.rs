//! Changing and deleting.

use super::{feed, page_of, writable};
use crate::call::Call;
use crate::meta::errors::{GraphError, GraphResult};
use crate::meta::success;
use crate::network::Network;
use crate::state::State;

/// `POST /{post-id}`: the message, or `is_published=true`.
pub(crate) fn update(state: &mut State, call: &Call, id: &str) -> GraphResult {
    let page = page_of(state, call, id)?;
    writable(state, call, &page, &["pages_manage_posts", "pages_read_engagement"])?;
    let message = call.params.get("message").map(str::to_owned);
    if let Some(message) = &message {
        feed::check_message(message)?;
    }
    let Some(post) = state.pages.posts.get_mut(id) else {
        return Err(GraphError::param("This object cannot be changed"));
    };
    if let Some(message) = message {
        post.message.clone_from(&message);
        for entry in &mut state.ledger {
            if entry.platform == Network::Facebook && entry.remote_id == id {
                entry.text.clone_from(&message);
            }
        }
    }
    match call.params.flag("is_published") {
        Some(true) if !post.published(call.now) => {
            let scheduled = post.publish_at.is_some();
            post.publish_at = Some(call.now);
            if scheduled {
                for entry in &mut state.ledger {
                    if entry.platform == Network::Facebook && entry.remote_id == id {
                        entry.visible_at = call.now;
                    }
                }
            } else {
                feed::show(state, id, call.now);
            }
        }
        Some(false) if post.published(call.now) => {
            return Err(GraphError::param("A published post cannot be unpublished"));
        }
        _ => {}
    }
    success()
}

pub(crate) fn delete(state: &mut State, call: &Call, id: &str) -> GraphResult {
    let page = page_of(state, call, id)?;
    writable(state, call, &page, &["pages_manage_posts", "pages_read_engagement"])?;
    let post = state
        .pages
        .photos
        .remove(id)
        .and_then(|photo| photo.post)
        .or_else(|| state.pages.videos.remove(id).and_then(|video| video.post));
    state.pages.comments.remove(id);
    let post = post.unwrap_or_else(|| id.to_owned());
    state.pages.posts.remove(&post);
    state.hide(Network::Facebook, &post, call.now);
    success()
}
