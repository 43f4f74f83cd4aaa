//! `GET /api/posts/{id}` and the story of its deliveries.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Json, Response};
use serde::Serialize;
use serde_json::Value;
use social_core::engine::{PostView, explain as explain_delivery};
use utoipa::ToSchema;

use super::super::app::App;
use super::super::auth::Caller;
use super::super::extract::{Asked, id};
use super::super::{codes, table};
use super::answer::{HowMuch, PostAnswer, etag, word};
use crate::Problem;

/// The post of an address.
pub(crate) async fn find(app: &App, caller: &Caller, text: &str) -> Result<PostView, Problem> {
    let id = id(text, &codes::POST_NOT_FOUND)?;
    app.posts().get(caller.workspace(), id).await.map_err(table::problem)
}

/// A post as it is told, with its version and, while it waits for that, where to approve it.
pub(crate) fn told(app: &App, view: &PostView, much: super::answer::View) -> Response {
    let mut told = PostAnswer::of(view, much).with_content(view);
    if told.status == "pending_approval" {
        told.approve_url = Some(app.config.approval(&told.id).to_string());
    }
    (etag(view), Json(told)).into_response()
}

/// Read one post.
#[utoipa::path(
    get, path = "/api/posts/{id}", tag = "posts",
    params(("id" = String, Path, description = "`post_…`"), HowMuch),
    responses((status = 200, description = "The post; `ETag` is its version", body = PostAnswer)),
)]
pub(crate) async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Asked(much): Asked<HowMuch>,
) -> Result<Response, Problem> {
    let view = find(&app, &caller, &id).await?;
    Ok(told(&app, &view, much.view))
}

/// The story of a post.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Story {
    id: String,
    status: String,
    /// One story a network.
    deliveries: Vec<DeliveryStory>,
}

/// The story of a post on one network.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryStory {
    delivery_id: String,
    platform: String,
    account_id: String,
    status: String,
    /// How it stands and what to do, in a sentence or two.
    summary: String,
    /// Each step as it happened: what was asked, what came back.
    #[schema(value_type = Vec<Object>)]
    attempts: Vec<Value>,
}

/// Tell what was sent, what came back, and what now.
#[utoipa::path(
    get, path = "/api/posts/{id}/explain", tag = "posts",
    params(("id" = String, Path, description = "`post_…`")),
    responses((status = 200, description = "The story, network by network", body = Story)),
)]
pub(crate) async fn explain(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Story>, Problem> {
    let view = find(&app, &caller, &id).await?;
    let mut deliveries = Vec::new();
    for delivery in &view.deliveries {
        let story = explain_delivery(&app.ports, caller.workspace(), delivery.id)
            .await
            .map_err(table::problem)?;
        deliveries.push(DeliveryStory {
            delivery_id: delivery.id.to_string(),
            platform: delivery.platform.to_string(),
            account_id: delivery.account_id.to_string(),
            status: word(&delivery.status),
            summary: story.summary,
            attempts: story.attempts.iter().map(step).collect(),
        });
    }
    Ok(Json(Story { id: view.post.id.to_string(), status: word(&view.status), deliveries }))
}

fn step(attempt: &social_core::domain::Attempt) -> Value {
    serde_json::json!({
        "at": attempt.started_at,
        "ended_at": attempt.ended_at,
        "operation": attempt.operation,
        "effect": attempt.effect,
        "state": attempt.state,
        "method": attempt.request.method,
        "address": attempt.request.address,
        "http_status": attempt.status,
        "failure": attempt.failure,
    })
}
