//! TikTok: Login Kit, Content Posting API and Display API, version 2.
//! <https://developers.tiktok.com/doc/content-posting-api-get-started>

mod auth;
mod checks;
mod creator;
mod display;
mod envelope;
mod init;
pub(crate) mod oauth;
mod photos;
mod publish;
mod status;
mod upload;

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;
use social_core::Timestamp;

pub(crate) use envelope::{rate_limited, server_error};

use crate::call::Call;
use crate::network::Network;
use crate::operations as op;
use crate::reply::Answer;
use crate::routing::Route;
use crate::state::State;
use envelope::TtError;

/// One publish, from init to its end.
#[derive(Debug, Clone)]
pub(crate) struct Publish {
    pub creator: String,
    pub client: String,
    /// A direct post, or a draft in the inbox.
    pub direct: bool,
    pub photo: bool,
    pub pulled: bool,
    pub title: String,
    pub public: bool,
    pub created_at: Timestamp,
    pub size: u64,
    pub chunk: u64,
    pub chunks: u64,
    pub bytes: Vec<u8>,
    pub received: u64,
    pub chunks_done: u64,
    pub hashes: Vec<String>,
    /// When the media were all there.
    pub received_at: Option<Timestamp>,
    /// When it is done, well or not.
    pub done_at: Option<Timestamp>,
    pub failure: Option<&'static str>,
    /// The id of the post, shown from `public_at` on.
    pub post: Option<String>,
    pub public_at: Option<Timestamp>,
}

/// Everything on TikTok.
#[derive(Debug, Default)]
pub(crate) struct Tiktok {
    pub publishes: BTreeMap<String, Publish>,
    /// Upload id to publish id.
    pub uploads: BTreeMap<String, String>,
    /// Requests of the last minute, by token and endpoint.
    pub minutes: BTreeMap<(String, &'static str), VecDeque<Timestamp>>,
}

pub(crate) fn route(call: &Call) -> Route {
    let path = call.path();
    let operation = match (call.host.as_str(), path.as_slice()) {
        ("tiktok", ["v2", "auth", "authorize"]) => op::TT_AUTHORIZE,
        ("tiktok-upload", ["video"]) => op::TT_UPLOAD,
        ("tiktok-api", ["v2", rest @ ..]) => match (call.method.as_str(), rest) {
            ("POST", ["oauth", "token"]) => op::TT_TOKEN,
            ("POST", ["oauth", "revoke"]) => op::TT_REVOKE,
            // All paths end with a slash; without it they are others.
            _ if !call.raw_path.ends_with('/') => op::TT_UNKNOWN,
            ("POST", ["post", "publish", "creator_info", "query"]) => op::TT_CREATOR,
            ("POST", ["post", "publish", "video", "init"]) => op::TT_VIDEO_INIT,
            ("POST", ["post", "publish", "inbox", "video", "init"]) => op::TT_INBOX_INIT,
            ("POST", ["post", "publish", "content", "init"]) => op::TT_PHOTO_INIT,
            ("POST", ["post", "publish", "status", "fetch"]) => op::TT_STATUS,
            ("POST", ["post", "publish", "cancel"]) => op::TT_CANCEL,
            ("GET", ["user", "info"]) => op::TT_USER,
            ("POST", ["video", "list"]) => op::TT_VIDEO_LIST,
            ("POST", ["video", "query"]) => op::TT_VIDEO_QUERY,
            _ => op::TT_UNKNOWN,
        },
        _ => op::TT_UNKNOWN,
    };
    Route::new(Network::Tiktok, operation, "")
}

pub(crate) fn run(state: &mut State, call: &Call, route: &Route) -> Answer {
    let result = match route.operation {
        op::TT_AUTHORIZE => return oauth::authorize(state, call),
        op::TT_TOKEN => return oauth::token(state, call),
        op::TT_REVOKE => return oauth::revoke(state, call),
        op::TT_UPLOAD => return upload::put(state, call),
        op::TT_CREATOR => creator::info(state, call),
        op::TT_VIDEO_INIT => init::direct(state, call),
        op::TT_INBOX_INIT => init::inbox(state, call),
        op::TT_PHOTO_INIT => photos::init(state, call),
        op::TT_STATUS => status::fetch(state, call),
        op::TT_CANCEL => status::cancel(state, call),
        op::TT_USER => display::user(state, call),
        op::TT_VIDEO_LIST => display::list(state, call),
        op::TT_VIDEO_QUERY => display::query(state, call),
        _ => Err(TtError::new(404, "unsupported_path", "The path is not found")),
    };
    match result {
        Ok(data) => envelope::ok(state, &data),
        Err(error) => error.answer(state),
    }
}

/// What TikTok pulls.
pub(crate) fn addresses(call: &Call, route: &Route) -> Vec<String> {
    let body = call.json().unwrap_or_default();
    let pulls =
        body.pointer("/source_info/source").and_then(Value::as_str) == Some("PULL_FROM_URL");
    match route.operation {
        op::TT_VIDEO_INIT | op::TT_INBOX_INIT if pulls => {
            let url = body.pointer("/source_info/video_url").and_then(Value::as_str);
            url.map(str::to_owned).into_iter().collect()
        }
        op::TT_PHOTO_INIT if pulls => photos::addresses(&body),
        _ => Vec::new(),
    }
}
