//! Which operation a path of the Graph API is. Paths start with an id, so it takes the state to
//! tell what kind of thing is meant.

use http::Method;

use super::auth;
use crate::call::Call;
use crate::network::Network;
use crate::operations as op;
use crate::routing::Route;
use crate::state::State;

/// What an id names.
enum Node {
    User,
    Page,
    Instagram,
    Container,
    Media,
    Facebook,
    Unknown,
}

fn node(state: &State, id: &str) -> Node {
    let users = &state.cfg.meta.users;
    let mut pages = users.iter().flat_map(|user| &user.pages);
    if users.iter().any(|user| user.id == id) {
        Node::User
    } else if pages.clone().any(|page| page.id == id) {
        Node::Page
    } else if pages.any(|page| page.instagram.as_ref().is_some_and(|ig| ig.id == id)) {
        Node::Instagram
    } else if state.instagram.containers.contains_key(id) {
        Node::Container
    } else if state.instagram.media.contains_key(id) || state.instagram.comments.contains_key(id) {
        Node::Media
    } else if state.pages.knows(id) {
        Node::Facebook
    } else {
        Node::Unknown
    }
}

fn is_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

pub(crate) fn route(state: &State, call: &Call) -> Route {
    let mut path = call.path();
    let facebook = |operation, id: &str| Route::new(Network::Facebook, operation, id);
    match call.host.as_str() {
        "facebook" => return facebook(op::FB_DIALOG, ""),
        "instagram" => return Route::new(Network::Instagram, op::IG_DIALOG, ""),
        "instagram-oauth" => return Route::new(Network::Instagram, op::IG_TOKEN, ""),
        "instagram-graph"
            if matches!(path.as_slice(), ["access_token" | "refresh_access_token"]) =>
        {
            return Route::new(Network::Instagram, op::IG_LONG, path[0]);
        }
        "rupload" => {
            let id = path.last().copied().unwrap_or_default();
            return match path.first() {
                Some(&"ig-api-upload") => Route::new(Network::Instagram, op::IG_RUPLOAD, id),
                _ => facebook(op::FB_RUPLOAD, id),
            };
        }
        _ => {}
    }
    if path.first().is_some_and(|part| is_version(part)) {
        path.remove(0);
    }
    match path.as_slice() {
        ["oauth", "access_token"] => return facebook(op::FB_TOKEN, ""),
        ["debug_token"] => return facebook(op::FB_DEBUG_TOKEN, ""),
        [_, "uploads"] => return facebook(op::FB_UPLOAD_START, ""),
        [session] if session.starts_with("upload:") => {
            let get = call.method == Method::GET;
            return facebook(if get { op::FB_UPLOAD_STATUS } else { op::FB_UPLOAD_BYTES }, session);
        }
        _ => {}
    }
    let Some(first) = path.first() else { return facebook(op::FB_UNKNOWN, "") };
    // `me` is whoever the token belongs to.
    let me = call.token().and_then(|token| state.tokens.access.get(token));
    let id = match (*first, me) {
        ("me", Some(token)) if token.by_instagram() => auth::own_instagram(state, token),
        ("me", Some(token)) => token.page.clone().unwrap_or_else(|| token.user.clone()),
        (id, _) => id.to_owned(),
    };
    let rest = &path[1..];
    match node(state, &id) {
        Node::User => facebook(user(call, rest), &id),
        Node::Page => facebook(page(call, rest), &id),
        Node::Facebook => facebook(object(call, rest), &id),
        Node::Instagram => Route::new(Network::Instagram, account(call, rest), id),
        Node::Container => Route::new(Network::Instagram, op::IG_CONTAINER, id),
        Node::Media => Route::new(Network::Instagram, media(call, rest), id),
        // Without a valid token `me` is nobody; the handler says what is wrong with the token.
        Node::Unknown if *first == "me" => facebook(user(call, rest), ""),
        Node::Unknown => facebook(op::FB_UNKNOWN, &id),
    }
}

fn user(call: &Call, rest: &[&str]) -> &'static str {
    match (call.method.as_str(), rest) {
        ("GET", []) => op::FB_ME,
        ("GET", ["accounts"]) => op::FB_ACCOUNTS,
        ("GET", ["permissions"]) => op::FB_PERMISSIONS,
        ("DELETE", ["permissions", ..]) => op::FB_REVOKE,
        _ => op::FB_UNKNOWN,
    }
}

fn page(call: &Call, rest: &[&str]) -> &'static str {
    match (call.method.as_str(), rest) {
        ("GET", []) => op::FB_PAGE,
        ("POST", ["feed"]) => op::FB_FEED_CREATE,
        ("GET", ["feed"]) => op::FB_FEED_LIST,
        ("GET", ["published_posts" | "posts"]) => op::FB_PUBLISHED,
        ("POST", ["photos"]) => op::FB_PHOTO,
        ("POST", ["videos"]) => match call.params.get("upload_phase") {
            Some("start") => op::FB_VIDEO_START,
            Some("transfer") => op::FB_VIDEO_TRANSFER,
            Some("finish") => op::FB_VIDEO_FINISH,
            _ => op::FB_VIDEO,
        },
        ("POST", ["photo_stories"]) => op::FB_PHOTO_STORY,
        ("GET", ["stories"]) => op::FB_STORIES,
        ("POST", ["video_reels" | "video_stories"]) => match call.params.get("upload_phase") {
            Some("start") => op::FB_REEL_START,
            _ => op::FB_REEL_FINISH,
        },
        ("GET", ["insights"]) => op::FB_INSIGHTS,
        _ => op::FB_UNKNOWN,
    }
}

fn object(call: &Call, rest: &[&str]) -> &'static str {
    match (call.method.as_str(), rest) {
        ("GET", []) => op::FB_OBJECT,
        ("POST", []) => op::FB_UPDATE,
        ("DELETE", []) => op::FB_DELETE,
        ("POST", ["comments"]) => op::FB_COMMENT,
        ("GET", ["comments"]) => op::FB_COMMENT_LIST,
        ("GET", ["insights" | "video_insights"]) => op::FB_INSIGHTS,
        _ => op::FB_UNKNOWN,
    }
}

fn account(call: &Call, rest: &[&str]) -> &'static str {
    match (call.method.as_str(), rest) {
        ("GET", []) => op::IG_ACCOUNT,
        ("POST", ["media"]) => op::IG_MEDIA_CREATE,
        ("GET", ["media"]) => op::IG_MEDIA_LIST,
        ("GET", ["stories"]) => op::IG_STORIES,
        ("POST", ["media_publish"]) => op::IG_PUBLISH,
        ("GET", ["content_publishing_limit"]) => op::IG_QUOTA,
        ("GET", ["insights"]) => op::IG_ACCOUNT_INSIGHTS,
        _ => op::FB_UNKNOWN,
    }
}

fn media(call: &Call, rest: &[&str]) -> &'static str {
    match (call.method.as_str(), rest) {
        ("GET", []) => op::IG_MEDIA,
        ("DELETE", []) => op::IG_DELETE,
        ("POST", ["comments"]) => op::IG_COMMENT,
        ("GET", ["comments"]) => op::IG_COMMENT_LIST,
        ("GET", ["insights"]) => op::IG_INSIGHTS,
        _ => op::FB_UNKNOWN,
    }
}
