//! Calling off, trying again, approving.

#![allow(unused_qualifications, reason = "the macros of utoipa write them")]

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Json, Response};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use social_core::domain::{DeliveryStatus, PostStatus};
use social_core::engine::{PostView, Removal};
use social_core::ports::{Scheduler as _, When};
use utoipa::{IntoParams, ToSchema};

use super::super::app::App;
use super::super::auth::Caller;
use super::super::extract::{Asked, JsonBody};
use super::super::table::{self, Doing};
use super::super::{codes, confirm};
use super::answer::{PostAnswer, View, word};
use super::create::may_publish;
use super::one::{find, told};
use super::wait;
use crate::Problem;

/// How to call off.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct How {
    /// Take it away from the networks, where it is visible.
    #[serde(default)]
    remote: bool,
    /// The token that the same request without one answered. Needed with `remote`.
    confirm: Option<String>,
}

/// What was called off.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CalledOff {
    id: String,
    status: String,
    /// What became of it on each network, with `remote`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    removed: Vec<Value>,
}

/// Call a post off; with `remote`, take it away where it is visible.
#[utoipa::path(
    delete, path = "/api/posts/{id}", tag = "posts",
    params(("id" = String, Path, description = "`post_…`"), How),
    responses((status = 200, description = "Called off; asking again says the same", body = CalledOff)),
)]
pub(crate) async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Asked(how): Asked<How>,
) -> Result<Json<CalledOff>, Problem> {
    let view = find(&app, &caller, &id).await?;
    let post = view.post.id;
    let visible = view.deliveries.iter().any(|d| d.status == DeliveryStatus::Published);
    if visible && how.remote {
        return remove(&app, &caller, &view, how.confirm.as_deref()).await.map(Json);
    }
    let waits = view.deliveries.iter().any(|d| !d.status.is_settled());
    if visible && !waits {
        let detail = format!("post {post} is visible already");
        return Err(codes::ALREADY_PUBLISHED.problem(detail));
    }
    if view.status != PostStatus::Cancelled {
        let off = app.posts_of(&caller).cancel_scheduled_post(caller.workspace(), post).await;
        off.map_err(|error| table::problem_of(error, Doing::Changing))?;
    }
    let view = find(&app, &caller, &id).await?;
    Ok(Json(CalledOff { id: post.to_string(), status: word(&view.status), removed: Vec::new() }))
}

/// Takes away what is visible, network by network.
async fn remove(
    app: &App,
    caller: &Caller,
    view: &PostView,
    token: Option<&str>,
) -> Result<CalledOff, Problem> {
    may_publish(caller, When::Now)?;
    let post = view.post.id;
    let shown = json!({ "remove": post, "platforms": PostAnswer::of(view, View::Compact).results });
    confirm::required(app, caller, token, &format!("remove {post}"), shown).await?;
    let removals = app.posts_of(caller).remove(caller.workspace(), post).await;
    let tell = |removal: Removal| {
        let platform = removal.platform;
        match removal.outcome {
            Ok(()) => json!({ "platform": platform, "deleted": true }),
            Err(error) => json!({
                "platform": platform, "deleted": false,
                "error": table::problem(error).body(None, None),
            }),
        }
    };
    let removed = removals.map_err(table::problem)?.into_iter().map(tell).collect();
    Ok(CalledOff { id: post.to_string(), status: word(&view.status), removed })
}

/// Try again what failed; never what is published or unconfirmed.
#[utoipa::path(
    post, path = "/api/posts/{id}/retry", tag = "posts",
    params(
        ("id" = String, Path, description = "`post_…`"),
        ("Prefer" = Option<String>, Header, description = "`wait=10`: wait for the outcome"),
    ),
    responses(
        (status = 200, description = "Nothing had failed, or it is done", body = PostAnswer),
        (status = 202, description = "Under way", body = PostAnswer),
    ),
)]
pub(crate) async fn retry(
    State(app): State<App>,
    caller: Caller,
    headers: http::HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let view = find(&app, &caller, &id).await?;
    let post = view.post.id;
    let tried = app.posts_of(&caller).retry(caller.workspace(), post).await;
    let tried = tried.map_err(|error| table::problem_of(error, Doing::Changing))?;
    if tried == 0 {
        return Ok(told(&app, &view, View::Compact));
    }
    let wait = wait::preferred(&headers);
    let view = wait::settled(&app, caller.workspace(), post, wait).await?;
    let mut response = told(&app, &view, View::Compact);
    if wait::under_way(view.status) {
        *response.status_mut() = StatusCode::ACCEPTED;
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("2"));
    }
    Ok(response)
}

/// What a person decided.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decision {
    /// Whether it may go out; false calls it off.
    #[serde(default = "yes")]
    approved: bool,
}

fn yes() -> bool {
    true
}

/// Approve a post that waits for it, or refuse it. Only by a person, or a person's key.
#[utoipa::path(
    post, path = "/api/posts/{id}/approve", tag = "posts", request_body = Decision,
    params(("id" = String, Path, description = "`post_…`")),
    responses((status = 200, description = "Scheduled, or called off", body = PostAnswer)),
)]
pub(crate) async fn approve(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(decision): JsonBody<Decision>,
) -> Result<Response, Problem> {
    let view = decide(&app, &caller, &id, decision.approved).await?;
    Ok(told(&app, &view, View::Compact).into_response())
}

/// A person's word on a post that waits for it.
pub(crate) async fn decide(
    app: &App,
    caller: &Caller,
    id: &str,
    approved: bool,
) -> Result<PostView, Problem> {
    let post = find(app, caller, id).await?.post.id;
    let view = app.posts_of(caller).approve(caller.workspace(), post, approved).await;
    view.map_err(|error| table::problem_of(error, Doing::Changing))
}
