//! `/{page}/feed`: posting and listing.
//! <https://developers.facebook.com/docs/graph-api/reference/page/feed>

use std::time::Duration;

use serde_json::{Value, json};
use social_core::Timestamp;

use super::{Post, object, readable, writable};
use crate::call::Call;
use crate::meta::errors::{GraphError, GraphResult};
use crate::meta::fields::select;
use crate::meta::paging;
use crate::network::Network;
use crate::reply;
use crate::state::{Shown, State};
use crate::tokens::DAY;

pub(crate) const MAX_MESSAGE: usize = 63_206;

/// From when on a post is published: now, at the time asked for, or not at all.
pub(crate) fn publish_at(call: &Call) -> Result<Option<Timestamp>, GraphError> {
    let published = call.params.flag("published").unwrap_or(true);
    let Some(text) = call.params.filled("scheduled_publish_time") else {
        return Ok(published.then_some(call.now));
    };
    if published {
        return Err(GraphError::param(
            "You cannot specify a scheduled publish time on a published post",
        ));
    }
    let at = match text.parse::<i64>() {
        Ok(secs) => Timestamp::from_secs(secs),
        Err(_) => Timestamp::from_graph(text)
            .map_err(|_| GraphError::param("Invalid scheduled_publish_time"))?,
    };
    // The guide says ten minutes to thirty days.
    let (soonest, latest) = (call.now + Duration::from_secs(600), call.now + DAY * 30);
    if at < soonest || at > latest {
        return Err(GraphError::param(
            "The specified scheduled publish time is invalid. It must be between 10 minutes and \
             30 days from now.",
        ));
    }
    Ok(Some(at))
}

pub(crate) fn create(state: &mut State, call: &Call, page: &str) -> GraphResult {
    writable(state, call, page, &["pages_manage_posts", "pages_read_engagement"])?;
    let message = call.params.get("message").unwrap_or_default().to_owned();
    let link = call.params.filled("link").map(str::to_owned);
    let mut photos = Vec::new();
    for item in call.params.list("attached_media") {
        let id = serde_json::from_str::<Value>(&item)
            .ok()
            .and_then(|value| value.get("media_fbid").cloned())
            .and_then(|id| match id {
                Value::String(text) => Some(text),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            })
            .ok_or_else(|| GraphError::param("attached_media must be an array of media_fbid"))?;
        let photo = state.pages.photos.get(&id).filter(|photo| photo.page == page);
        let lapsed = |at: Timestamp| call.now >= at + state.cfg.meta.photo_lapses;
        if photo.is_none_or(|photo| photo.post.is_none() && lapsed(photo.created_at)) {
            return Err(GraphError::param(format_args!("Invalid media_fbid {id}")));
        }
        if photo.is_some_and(|photo| photo.post.is_some()) {
            return Err(GraphError::new(100, "(#100) One of these photos was already posted")
                .sub(1_366_051));
        }
        photos.push(id);
    }
    if message.trim().is_empty() && link.is_none() && photos.is_empty() {
        let text = "(#197) The post is empty. Please enter a message to share.";
        return Err(GraphError::new(197, text));
    }
    check_message(&message)?;
    if let Some(link) = &link
        && !link.starts_with("http")
    {
        return Err(GraphError::param("The url you supplied is invalid").sub(1_609_005));
    }
    if state.cfg.meta.refuse_duplicates {
        let same = state.pages.posts.values().any(|post| {
            post.page == page
                && post.message == message
                && !message.is_empty()
                && call.now < post.created_at + DAY
        });
        if same {
            let text = "(#506) Duplicate status message";
            return Err(GraphError::new(506, text).told("Duplicate Status Update", text));
        }
    }
    let publish_at = publish_at(call)?;
    let post = Post {
        page: page.to_owned(),
        message,
        link,
        photos,
        video: None,
        created_at: call.now,
        publish_at,
    };
    let id = insert(state, post);
    let object = object::post(state, &id, call.now);
    Ok(reply::json(200, &select(&object, call.params.get("fields"), &[])))
}

pub(crate) fn check_message(message: &str) -> Result<(), GraphError> {
    if message.chars().count() > MAX_MESSAGE {
        return Err(GraphError::param("message must be at most 63206 characters"));
    }
    Ok(())
}

/// Stores a post and, where it is or will be published, writes the ledger.
pub(crate) fn insert(state: &mut State, post: Post) -> String {
    let id = state.ids.decimal(&format!("{}_12210", post.page), 10);
    for photo in &post.photos {
        if let Some(photo) = state.pages.photos.get_mut(photo) {
            photo.post = Some(id.clone());
        }
    }
    let publish_at = post.publish_at;
    state.pages.posts.insert(id.clone(), post);
    if let Some(at) = publish_at {
        show(state, &id, at);
    }
    id
}

/// Writes into the ledger that the post becomes visible at `at`.
pub(crate) fn show(state: &mut State, id: &str, at: Timestamp) {
    let Some(post) = state.pages.posts.get(id).cloned() else { return };
    let video = post.video.as_ref().and_then(|video| state.pages.videos.get(video));
    let kind = match (&video, post.photos.len(), &post.link) {
        (Some(video), ..) if video.reel => "reel",
        (Some(_), ..) => "video",
        (None, 1, _) => "photo",
        (None, 0, Some(_)) => "link",
        (None, 0, None) => "post",
        _ => "album",
    };
    let mut media: Vec<String> = post
        .photos
        .iter()
        .filter_map(|photo| state.pages.photos.get(photo))
        .map(|photo| photo.hash.clone())
        .collect();
    media.extend(video.and_then(|video| video.hash.clone()));
    let text = match &post.link {
        Some(link) if !post.message.contains(link.as_str()) => format!("{}\n{link}", post.message),
        _ => post.message.clone(),
    };
    state.show(&Shown {
        platform: Network::Facebook,
        account_id: &post.page,
        remote_id: id,
        kind,
        text: text.trim(),
        media: &media,
        parent: None,
        at,
    });
}

/// `GET /{page}/feed` shows unpublished posts too, `/published_posts` does not.
pub(crate) fn list(state: &State, call: &Call, page: &str, published_only: bool) -> GraphResult {
    readable(state, call, page)?;
    let mut found: Vec<(&String, &Post)> = state
        .pages
        .posts
        .iter()
        .filter(|(_, post)| post.page == page)
        .filter(|(_, post)| !published_only || post.published(call.now))
        .filter(|(_, post)| paging::in_range(call, post.created_at.as_secs()))
        .collect();
    found.sort_by(|a, b| (b.1.created_at, b.0).cmp(&(a.1.created_at, a.0)));
    let rows: Vec<(String, Value)> = found
        .into_iter()
        .map(|(id, _)| {
            let object = object::post(state, id, call.now);
            let usual = ["created_time", "message", "story"];
            (id.clone(), select(&object, call.params.get("fields"), &usual))
        })
        .collect();
    Ok(reply::json(200, &paging::page(state, call, &rows).unwrap_or_else(|_| json!({"data": []}))))
}
