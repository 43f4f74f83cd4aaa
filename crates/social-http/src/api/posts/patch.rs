//! `PATCH /api/posts/{id}`: a merge patch (RFC 7396) on what an author may change.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use social_core::domain::{DeliveryStatus, PostStatus, Target, WritePolicy};
use social_core::engine::{PostEdit, PostView, Promise};
use social_core::ports::{PostRequest, Submit, When};
use utoipa::ToSchema;

use super::super::app::App;
use super::super::auth::Caller;
use super::super::extract::{AnyJson, typed};
use super::super::{codes, confirm};
use super::answer::{PostAnswer, View};
use super::body::{self, MediaItem, OwnContent};
use super::create::may_publish;
use super::one::{find, told};
use crate::Problem;

/// What changes. What is left out stays as it is, and null takes away.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "it is there for the document; the patch is read as it is")]
struct PostPatch {
    /// Another text.
    content: Option<String>,
    /// An instant with its offset, `now` or `next-slot`.
    time: Option<String>,
    /// All media, in order.
    media: Option<Vec<MediaItem>>,
    /// What single networks get instead.
    overrides: Option<BTreeMap<String, OwnContent>>,
    /// False submits a draft.
    draft: Option<bool>,
    /// For `now`, where the key needs it: the token that the same request without one answered.
    confirm: Option<String>,
}

/// What can be changed of a post.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Editable {
    content: String,
    time: String,
    #[serde(default)]
    media: Vec<MediaItem>,
    #[serde(default)]
    overrides: BTreeMap<String, OwnContent>,
    #[serde(default)]
    draft: bool,
}

/// Change a post that waits.
#[utoipa::path(
    patch, path = "/api/posts/{id}", tag = "posts",
    params(
        ("id" = String, Path, description = "`post_…`"),
        ("If-Match" = Option<String>, Header, description = "The ETag that the change is based on"),
    ),
    request_body(content = PostPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The post as it is now", body = PostAnswer)),
)]
pub(crate) async fn patch(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    AnyJson(mut change): AnyJson,
) -> Result<Response, Problem> {
    let view = find(&app, &caller, &id).await?;
    let version = based_on(&headers, &view)?;
    let token = change.as_object_mut().and_then(|fields| fields.remove("confirm"));
    let before = editable(&view);
    let mut merged = json!(before);
    merge(&mut merged, change);
    let after: Editable = typed(merged)?;
    if after == before {
        return Ok(told(&app, &view, View::Compact));
    }
    let mut edit = edit(&app, &caller, &before, &after).await?;
    if caller.policy() == WritePolicy::Approve && view.status == PostStatus::Scheduled {
        // A person approved it as it was: it waits for a person again.
        edit.submit = edit.submit.or(Some(Submit::Approval));
    }
    let request = as_request(&view, &caller, &edit);
    let token = token.as_ref().and_then(Value::as_str);
    let promise = guard(&app, &caller, &view, &edit, &request, token).await?;
    let posts = app.posts_of(&caller).with(promise);
    let edited = posts.edit(caller.workspace(), view.post.id, Some(version), edit).await;
    let view = edited.map_err(confirm::refused)?;
    Ok(told(&app, &view, View::Compact))
}

/// The version that the change is based on: the client's, or the one just read.
fn based_on(headers: &HeaderMap, view: &PostView) -> Result<i64, Problem> {
    let version = view.post.version;
    let Some(asked) = headers.get(header::IF_MATCH) else { return Ok(version) };
    let asked = asked.to_str().unwrap_or_default();
    let current = format!("\"{version}\"");
    if asked == "*" || asked.split(',').any(|tag| tag.trim() == current) {
        return Ok(version);
    }
    let detail = format!("the post is at version {current}, and the change is based on {asked}");
    Err(codes::REVISION_MISMATCH.problem(detail))
}

fn editable(view: &PostView) -> Editable {
    let own =
        |(platform, own): (&social_core::domain::Platform, &social_core::domain::Override)| {
            let own = OwnContent { content: own.content.clone(), options: own.options.clone() };
            (platform.to_string(), own)
        };
    Editable {
        content: view.post.content.clone(),
        time: view.post.due_at.to_string(),
        media: body::media_items(&view.post.media),
        overrides: view.post.overrides.iter().map(own).collect(),
        draft: view.status == PostStatus::Draft,
    }
}

/// RFC 7396, section 2.
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let Value::Object(target) = target else { return };
    for (name, value) in patch {
        if value.is_null() {
            target.remove(&name);
        } else {
            merge(target.entry(name).or_insert(Value::Null), value);
        }
    }
}

/// What changes, as the engine takes it.
async fn edit(
    app: &App,
    caller: &Caller,
    before: &Editable,
    after: &Editable,
) -> Result<PostEdit, Problem> {
    let mut edit = PostEdit::default();
    if after.content != before.content {
        edit.content = Some(after.content.clone());
    }
    if after.time != before.time {
        edit.time = Some(body::read_when(Some(&after.time))?);
    }
    if after.media != before.media {
        edit.media = Some(body::media(app, caller, &after.media).await?);
    }
    if after.overrides != before.overrides {
        let names = app.ports.platforms.names();
        edit.overrides = Some(body::overrides(&after.overrides, &names)?);
    }
    if after.draft != before.draft {
        edit.submit = Some(match caller.policy() {
            _ if after.draft => Submit::Draft,
            WritePolicy::Approve => Submit::Approval,
            _ => Submit::Schedule,
        });
    }
    Ok(edit)
}

/// The post as it would be, as if it were asked for anew.
fn as_request(view: &PostView, caller: &Caller, edit: &PostEdit) -> PostRequest {
    let live = view.deliveries.iter().filter(|d| d.status != DeliveryStatus::Cancelled);
    let targets = live.map(|delivery| Target {
        platform: delivery.platform.clone(),
        account: Some(delivery.account_id),
    });
    let content = edit.content.clone().unwrap_or_else(|| view.post.content.clone());
    let mut request = PostRequest::new(caller.workspace(), content, targets);
    request.when = edit.time.unwrap_or(When::At(view.post.due_at));
    request.media = edit.media.clone().unwrap_or_else(|| view.post.media.clone());
    request.overrides = edit.overrides.clone().unwrap_or_else(|| view.post.overrides.clone());
    request
}

/// A change must not be a way around what writing anew would be held to. The promise that it is made
/// with, where it needs one.
async fn guard(
    app: &App,
    caller: &Caller,
    view: &PostView,
    edit: &PostEdit,
    request: &PostRequest,
    token: Option<&str>,
) -> Result<Option<Promise>, Problem> {
    let stays_draft = match edit.submit {
        Some(submit) => submit == Submit::Draft,
        None => view.status == PostStatus::Draft,
    };
    if stays_draft {
        return Ok(None);
    }
    may_publish(caller, request.when)?;
    if request.when != When::Now || caller.policy() != WritePolicy::Confirm {
        return Ok(None);
    }
    let shown = json!({
        "text": request.content,
        "platforms": request.targets,
        "media": request.media,
        "overrides": request.overrides,
    });
    let act = format!("edit {} {shown}", view.post.id);
    confirm::promised(app, caller, token, &act, shown).await.map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_patch_adds_replaces_and_takes_away() {
        let mut target = json!({"a": 1, "b": {"c": 2, "d": 3}, "e": [1, 2]});
        merge(&mut target, json!({"a": null, "b": {"c": 4, "f": {"g": 5, "h": null}}, "e": [9]}));
        assert_eq!(target, json!({"b": {"c": 4, "d": 3, "f": {"g": 5}}, "e": [9]}));
    }
}
