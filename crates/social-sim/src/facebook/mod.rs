//! Facebook Pages on the Graph API.
//! <https://developers.facebook.com/docs/pages-api/posts>

mod checks;
mod comments;
mod edit;
mod feed;
mod insights;
mod object;
mod photos;
mod reels;
mod stories;
mod uploads;
mod videos;

use std::collections::BTreeMap;

use social_core::Timestamp;

pub(crate) use videos::received;

use crate::call::Call;
use crate::meta::auth;
use crate::meta::errors::{GraphError, GraphResult};
use crate::meta::rupload::Incoming;
use crate::operations as op;
use crate::people::FacebookPage;
use crate::routing::Route;
use crate::state::State;

/// A post of a page.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    pub page: String,
    pub message: String,
    pub link: Option<String>,
    pub photos: Vec<String>,
    pub video: Option<String>,
    pub created_at: Timestamp,
    /// Since when, or from when on, it is published; `None` for an unpublished post.
    pub publish_at: Option<Timestamp>,
}

impl Post {
    pub(crate) fn published(&self, now: Timestamp) -> bool {
        self.publish_at.is_some_and(|at| at <= now)
    }
}

/// A photo.
#[derive(Debug, Clone)]
pub(crate) struct Photo {
    pub page: String,
    pub caption: String,
    pub hash: String,
    pub post: Option<String>,
    pub created_at: Timestamp,
}

/// A video or a reel.
#[derive(Debug, Clone)]
pub(crate) struct Video {
    pub page: String,
    pub reel: bool,
    pub story: bool,
    pub title: String,
    pub description: String,
    pub hash: Option<String>,
    pub incoming: Option<Incoming>,
    pub created_at: Timestamp,
    /// When the last byte came.
    pub uploaded_at: Option<Timestamp>,
    /// When processing ends.
    pub ready_at: Option<Timestamp>,
    /// What processing ends in.
    pub error: Option<(i64, &'static str)>,
    pub publish_at: Option<Timestamp>,
    pub post: Option<String>,
}

/// A session of the Resumable Upload API.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub length: u64,
    pub bytes: Vec<u8>,
}

/// A story of a page.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub page: String,
    pub media: String,
    pub post: String,
    pub kind: &'static str,
    pub at: Timestamp,
}

/// A comment on a post.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub page: String,
    pub object: String,
    pub message: String,
    pub at: Timestamp,
}

/// Everything on pages.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    pub posts: BTreeMap<String, Post>,
    pub photos: BTreeMap<String, Photo>,
    pub videos: BTreeMap<String, Video>,
    pub comments: BTreeMap<String, Comment>,
    /// Photos that are stories: the photo, its story, since when.
    pub stories: Vec<Story>,
    pub sessions: BTreeMap<String, Session>,
    pub handles: BTreeMap<String, String>,
}

impl Pages {
    pub(crate) fn knows(&self, id: &str) -> bool {
        self.page_of(id).is_some()
    }

    /// The page that a post, photo, video or comment belongs to.
    pub(crate) fn page_of(&self, id: &str) -> Option<&str> {
        self.posts
            .get(id)
            .map(|post| &post.page)
            .or_else(|| self.photos.get(id).map(|photo| &photo.page))
            .or_else(|| self.videos.get(id).map(|video| &video.page))
            .or_else(|| self.comments.get(id).map(|comment| &comment.page))
            .map(String::as_str)
    }
}

pub(crate) fn run(state: &mut State, call: &Call, route: &Route) -> GraphResult {
    let id = route.id.as_str();
    match route.operation {
        op::FB_PAGE => object::page(state, call, id),
        op::FB_FEED_CREATE => feed::create(state, call, id),
        op::FB_FEED_LIST => feed::list(state, call, id, false),
        op::FB_PUBLISHED => feed::list(state, call, id, true),
        op::FB_PHOTO => photos::create(state, call, id),
        op::FB_UPLOAD_START => uploads::start(state, call),
        op::FB_UPLOAD_BYTES => uploads::bytes(state, call, id),
        op::FB_UPLOAD_STATUS => uploads::status(state, call, id),
        op::FB_VIDEO_START => videos::start(state, call, id),
        op::FB_VIDEO_TRANSFER => videos::transfer(state, call, id),
        op::FB_VIDEO_FINISH => videos::finish(state, call, id),
        op::FB_VIDEO => videos::whole(state, call, id),
        op::FB_REEL_START => reels::start(state, call, id),
        op::FB_REEL_FINISH => reels::finish(state, call, id),
        op::FB_PHOTO_STORY => stories::photo(state, call, id),
        op::FB_STORIES => stories::list(state, call, id),
        op::FB_OBJECT => object::get(state, call, id),
        op::FB_UPDATE => edit::update(state, call, id),
        op::FB_DELETE => edit::delete(state, call, id),
        op::FB_COMMENT => comments::create(state, call, id),
        op::FB_COMMENT_LIST => comments::list(state, call, id),
        op::FB_INSIGHTS => insights::get(state, call, id),
        _ => Err(GraphError::unreachable(call.method.as_str(), id)),
    }
}

/// The page `id` for writing: with the page's own token and the scopes named.
fn writable(
    state: &State,
    call: &Call,
    id: &str,
    scopes: &[&str],
) -> Result<FacebookPage, GraphError> {
    let token = auth::viewer(state, call)?;
    let page = auth::page(state, &token, id)
        .ok_or_else(|| GraphError::unreachable(call.method.as_str(), id))?;
    if token.page.is_none() {
        let text = "(#210) A page access token is required to request this resource.";
        return Err(GraphError::new(210, text).status(403));
    }
    auth::require(&token, 200, scopes)?;
    Ok(page.clone())
}

/// The page `id` for reading.
fn readable(state: &State, call: &Call, id: &str) -> Result<FacebookPage, GraphError> {
    let token = auth::viewer(state, call)?;
    let page = auth::page(state, &token, id)
        .ok_or_else(|| GraphError::unreachable(call.method.as_str(), id))?
        .clone();
    auth::require(&token, 10, &["pages_read_engagement"])?;
    Ok(page)
}

/// The page that the object `id` belongs to, or "does not exist".
fn page_of(state: &State, call: &Call, id: &str) -> Result<String, GraphError> {
    state
        .pages
        .page_of(id)
        .map(str::to_owned)
        .ok_or_else(|| GraphError::unreachable(call.method.as_str(), id))
}
