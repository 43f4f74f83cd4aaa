//! Reading posts back: organisations only, members cannot list theirs.

use serde_json::{Value, json};

use super::errors::{LiError, LiResult};
use super::{Post, auth};
use crate::call::Call;
use crate::reply;
use crate::state::State;

const POSTS: &str = "partnerApiPostsExternal";

fn fields(urn: &str, post: &Post) -> Value {
    let mut object = post.body.clone();
    object["id"] = urn.into();
    object["createdAt"] = post.created_at.as_millis().into();
    object["publishedAt"] = post.created_at.as_millis().into();
    object["lastModifiedAt"] = post.modified_at.as_millis().into();
    object["lifecycleStateInfo"] = json!({"isEditedByAuthor": post.modified_at != post.created_at});
    object
}

/// Reading a member's post takes a closed scope, an organisation's one of the open ones.
fn may_read(state: &State, call: &Call, author: &str, method: &str) -> Result<(), LiError> {
    let (token, member) = auth::viewer(state, call)?;
    if author.starts_with("urn:li:organization:") {
        auth::require(&token, call, &["r_organization_social"], (POSTS, method))?;
        if auth::runs(member, author) {
            return Ok(());
        }
    }
    auth::require(&token, call, &["r_member_social"], (POSTS, method))
}

pub(super) fn get(state: &State, call: &Call, urn: &str) -> LiResult {
    let (token, _) = auth::viewer(state, call)?;
    let Some(post) = state.linkedin.posts.get(urn) else {
        auth::require(&token, call, &["r_organization_social", "r_member_social"], (POSTS, "GET"))?;
        return Err(LiError::not_found(urn));
    };
    may_read(state, call, &post.author, "GET")?;
    Ok(reply::json(200, &fields(urn, post)))
}

/// `q=author`, newest first.
pub(super) fn find(state: &State, call: &Call) -> LiResult {
    if call.params.get("q") != Some("author") {
        return Err(LiError::new(400, "QUERY_PARAM_NOT_ALLOWED", "Unknown finder"));
    }
    let author = call
        .params
        .filled("author")
        .ok_or_else(|| LiError::new(400, "PARAM_INVALID", "Parameter author is required"))?;
    may_read(state, call, author, "FINDER-author")?;
    let number = |name: &str, usual: usize| {
        call.params.number(name).and_then(|n| usize::try_from(n).ok()).unwrap_or(usual)
    };
    let (start, count) = (number("start", 0), number("count", 10).min(100));
    let mut found: Vec<(&String, &Post)> =
        state.linkedin.posts.iter().filter(|(_, post)| post.author == author).collect();
    let by_creation = call.params.get("sortBy") == Some("CREATED");
    found.sort_by_key(|(urn, post)| {
        let at = if by_creation { post.created_at } else { post.modified_at };
        std::cmp::Reverse((at, (*urn).clone()))
    });
    let elements: Vec<Value> =
        found.iter().skip(start).take(count).map(|(urn, post)| fields(urn, post)).collect();
    Ok(reply::json(200, &list(&elements, start, count)))
}

/// A list as Rest.li answers it.
pub(super) fn list(elements: &[Value], start: usize, count: usize) -> Value {
    json!({
        "paging": {"start": start, "count": count, "links": []},
        "elements": elements,
    })
}
