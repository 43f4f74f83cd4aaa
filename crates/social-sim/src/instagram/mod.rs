//! Instagram with Facebook Login, on the Graph API.
//! <https://developers.facebook.com/docs/instagram-platform/content-publishing>

mod checks;
mod container;
mod create;
mod insights;
mod publish;
mod read;

use std::collections::BTreeMap;

use social_core::Timestamp;

pub(crate) use container::{Container, bytes_name};
pub(crate) use create::received;
pub(crate) use read::account_fields;

use crate::call::Call;
use crate::meta::errors::{GraphError, GraphResult};
use crate::operations as op;
use crate::routing::Route;
use crate::state::State;

/// A published medium.
#[derive(Debug, Clone)]
pub(crate) struct Media {
    pub account: String,
    pub caption: String,
    pub alt_text: Option<String>,
    pub product: Product,
    pub hashes: Vec<String>,
    pub at: Timestamp,
}

/// Where a medium shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Product {
    Feed,
    Reels,
    Story,
}

/// A comment.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub media: String,
    pub text: String,
    pub at: Timestamp,
}

/// Everything on Instagram.
#[derive(Debug, Default)]
pub(crate) struct Instagram {
    pub containers: BTreeMap<String, Container>,
    pub media: BTreeMap<String, Media>,
    pub comments: BTreeMap<String, Comment>,
    /// When each account published, for the quota: deleting gives nothing back.
    pub published: Vec<(String, Timestamp)>,
}

pub(crate) fn run(state: &mut State, call: &Call, route: &Route) -> GraphResult {
    let id = route.id.as_str();
    match route.operation {
        op::IG_ACCOUNT => read::account(state, call, id),
        op::IG_MEDIA_CREATE => create::create(state, call, id),
        op::IG_CONTAINER => container::read(state, call, id),
        op::IG_PUBLISH => publish::publish(state, call, id),
        op::IG_QUOTA => publish::quota(state, call, id),
        op::IG_MEDIA_LIST => read::list(state, call, id, false),
        op::IG_STORIES => read::list(state, call, id, true),
        op::IG_MEDIA => read::media(state, call, id),
        op::IG_DELETE => read::delete(state, call, id),
        op::IG_COMMENT => read::comment(state, call, id),
        op::IG_COMMENT_LIST => read::comments(state, call, id),
        op::IG_INSIGHTS => insights::media(state, call, id),
        op::IG_ACCOUNT_INSIGHTS => insights::account(state, call, id),
        _ => Err(GraphError::unreachable(call.method.as_str(), id)),
    }
}
