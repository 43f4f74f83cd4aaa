//! LinkedIn: the versioned REST API for members and organisations.
//! <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api>

mod accounts;
mod analytics;
mod auth;
mod comments;
mod content;
mod errors;
mod images;
pub(crate) mod little_text;
pub(crate) mod oauth;
mod posts;
mod read;
mod routes;
mod videos;

use std::collections::BTreeMap;

use serde_json::Value;
use social_core::Timestamp;

pub(crate) use errors::{rate_limited, server_error};
pub(crate) use routes::route;

use crate::call::Call;
use crate::operations as op;
use crate::reply::{Answer, with_header};
use crate::routing::Route;
use crate::state::State;
use errors::{LiError, LiResult};

/// A post.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    pub author: String,
    pub body: Value,
    pub hashes: Vec<String>,
    pub created_at: Timestamp,
    pub modified_at: Timestamp,
}

/// An image or a document.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    pub owner: String,
    pub hash: Option<String>,
    pub ready_at: Option<Timestamp>,
    pub failed: bool,
}

/// A video with its parts.
#[derive(Debug, Clone)]
pub(crate) struct Video {
    pub owner: String,
    pub size: u64,
    pub token: String,
    pub parts: BTreeMap<u64, (String, bytes::Bytes)>,
    pub hash: Option<String>,
    pub ready_at: Option<Timestamp>,
    pub failed: Option<&'static str>,
}

/// A comment.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub actor: String,
    pub post: String,
    pub text: String,
    pub at: Timestamp,
}

/// Everything on LinkedIn.
#[derive(Debug, Default)]
pub(crate) struct Linkedin {
    pub posts: BTreeMap<String, Post>,
    pub images: BTreeMap<String, Image>,
    pub videos: BTreeMap<String, Video>,
    pub comments: BTreeMap<String, Comment>,
    /// The day and how many requests it had, by member and by app.
    pub calls: BTreeMap<String, (i64, u32)>,
}

pub(crate) fn run(state: &mut State, call: &Call, route: &Route) -> Answer {
    let answer = match perform(state, call, route) {
        Ok(answer) => answer,
        Err(error) => error.answer(),
    };
    let trace = state.ids.secret("li-uuid");
    let trace = trace.get(..24).unwrap_or(&trace);
    with_header(with_header(answer, "x-li-fabric", "prod-sim"), "x-li-uuid", trace)
}

/// Counts a request against the day of its member and of its app, which begins at midnight UTC.
/// <https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/rate-limits>
fn count(state: &mut State, call: &Call) -> Result<(), LiError> {
    let Some(token) = call.bearer().and_then(|text| state.tokens.access.get(text)) else {
        return Ok(());
    };
    let (member, app) = (format!("member {}", token.user), format!("app {}", token.client));
    let day = call.now.as_secs().div_euclid(86_400);
    let config = &state.cfg.linkedin;
    for (who, most, level) in [
        (member, config.member_calls_per_day, "MEMBER"),
        (app, config.app_calls_per_day, "APPLICATION"),
    ] {
        let (of, calls) = state.linkedin.calls.entry(who).or_default();
        if *of != day {
            (*of, *calls) = (day, 0);
        }
        if *calls >= most {
            return Err(LiError::day_is_full(level));
        }
        *calls += 1;
    }
    Ok(())
}

fn perform(state: &mut State, call: &Call, route: &Route) -> LiResult {
    let id = route.id.as_str();
    if call.host == "linkedin-api" && call.path.first().is_some_and(|part| part == "rest") {
        auth::check_headers(state, call)?;
        count(state, call)?;
    }
    match route.operation {
        op::LI_AUTHORIZE => Ok(oauth::authorize(state, call)),
        op::LI_TOKEN => Ok(oauth::token(state, call)),
        op::LI_INTROSPECT => Ok(oauth::introspect(state, call)),
        op::LI_REVOKE => Ok(oauth::revoke(state, call)),
        op::LI_UPDATE => {
            Ok(crate::reply::redirect(&state.url(&format!("__sim/post/linkedin/{id}"))))
        }
        op::LI_USERINFO => accounts::userinfo(state, call),
        op::LI_ACLS => accounts::acls(state, call),
        op::LI_ORG => accounts::organization(state, call, id),
        op::LI_NETWORK => accounts::network_size(state, call, id),
        op::LI_FOLLOWERS => accounts::followers(state, call),
        op::LI_POST_CREATE => posts::create(state, call),
        op::LI_POST_UPDATE => posts::update(state, call, id),
        op::LI_POST_DELETE => posts::delete(state, call, id),
        op::LI_POST_GET => read::get(state, call, id),
        op::LI_POST_FIND => read::find(state, call),
        op::LI_IMAGE_INIT => images::initialize(state, call, id),
        op::LI_IMAGE_PUT => images::put(state, call, id),
        op::LI_IMAGE_GET => images::get(state, call, id),
        op::LI_VIDEO_INIT => videos::initialize(state, call),
        op::LI_VIDEO_PUT => videos::put(state, call, id),
        op::LI_VIDEO_FINALIZE => videos::finalize(state, call),
        op::LI_VIDEO_GET => videos::get(state, call, id),
        op::LI_COMMENT => comments::create(state, call, id),
        op::LI_COMMENT_LIST => comments::list(state, call, id),
        op::LI_MEMBER_ANALYTICS => analytics::member(state, call),
        op::LI_ORG_ANALYTICS => analytics::organization(state, call),
        _ => Err(LiError::new(404, "RESOURCE_NOT_FOUND", "No virtual resource found")),
    }
}
