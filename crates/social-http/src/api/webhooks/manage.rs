//! Making, changing and removing webhooks. Where news go to is a person's decision.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Json, Response};
use http::StatusCode;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use social_core::domain::{BadEventKind, EventKind, WebhookId};
use social_core::engine::{NewWebhook, WebhookChange};
use url::Url;
use utoipa::ToSchema;

use super::super::app::App;
use super::super::auth::Caller;
use super::super::extract::{JsonBody, field, id};
use super::super::{codes, table};
use super::shape::{WebhookAnswer, WebhookList};
use crate::Problem;

/// A webhook to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookRequest {
    /// Where the receiver is: http or https, at a public address.
    #[schema(example = "https://example.org/hooks/social")]
    url: String,
    /// What it is for, for people.
    #[serde(default)]
    description: String,
    /// What it is told of, such as delivery.failed; by default everything.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    events: Vec<String>,
}

/// What changes of a webhook.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookPatch {
    url: Option<String>,
    description: Option<String>,
    /// What it is told of; empty means everything.
    events: Option<Vec<String>>,
    /// active or paused.
    status: Option<Wanted>,
}

/// Whether a webhook is told anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wanted {
    /// It is.
    Active,
    /// It is not.
    Paused,
}

/// List the webhooks, without their secrets.
#[utoipa::path(
    get, path = "/api/webhooks", tag = "webhooks",
    responses((status = 200, description = "All webhooks, and why one is paused", body = WebhookList)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<WebhookList>, Problem> {
    let webhooks = app.webhooks(&caller).list(caller.workspace()).await.map_err(table::problem)?;
    Ok(Json(WebhookList { items: webhooks.into_iter().map(Into::into).collect() }))
}

/// Make a webhook. Its secret is told once. Messages are signed as standardwebhooks.com says.
#[utoipa::path(
    post, path = "/api/webhooks", tag = "webhooks", request_body = WebhookRequest,
    responses((status = 201, description = "Made; `secret` is never told again", body = WebhookAnswer)),
)]
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(asked): JsonBody<WebhookRequest>,
) -> Result<Response, Problem> {
    let new = NewWebhook {
        url: url(&asked.url)?,
        description: asked.description,
        events: events(&asked.events)?,
    };
    let made = app.webhooks(&caller).create(caller.workspace(), new).await;
    let (webhook, secret) = made.map_err(table::problem)?;
    let mut told = WebhookAnswer::from(webhook);
    told.secret = Some(secret.expose_secret().to_owned());
    Ok((StatusCode::CREATED, Json(told)).into_response())
}

/// Look at a webhook.
#[utoipa::path(
    get, path = "/api/webhooks/{id}", tag = "webhooks",
    params(("id" = String, Path, description = "`hook_…`")),
    responses((status = 200, description = "As it stands", body = WebhookAnswer)),
)]
pub(crate) async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Json<WebhookAnswer>, Problem> {
    let webhook = app.webhooks(&caller).get(caller.workspace(), hook(&text)?).await;
    Ok(Json(webhook.map_err(table::problem)?.into()))
}

/// Change a webhook, pause it, or make it active again.
#[utoipa::path(
    patch, path = "/api/webhooks/{id}", tag = "webhooks", request_body = WebhookPatch,
    params(("id" = String, Path, description = "`hook_…`")),
    responses((status = 200, description = "As it stands now", body = WebhookAnswer)),
)]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    JsonBody(asked): JsonBody<WebhookPatch>,
) -> Result<Json<WebhookAnswer>, Problem> {
    let change = WebhookChange {
        url: asked.url.as_deref().map(url).transpose()?,
        description: asked.description,
        events: asked.events.as_deref().map(events).transpose()?,
        active: asked.status.map(|wanted| wanted == Wanted::Active),
    };
    let changed = app.webhooks(&caller).change(caller.workspace(), hook(&text)?, change).await;
    Ok(Json(changed.map_err(table::problem)?.into()))
}

/// Remove a webhook with its log.
#[utoipa::path(
    delete, path = "/api/webhooks/{id}", tag = "webhooks",
    params(("id" = String, Path, description = "`hook_…`")),
    responses((status = 204, description = "It is told nothing any more")),
)]
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<StatusCode, Problem> {
    let removed = app.webhooks(&caller).remove(caller.workspace(), hook(&text)?).await;
    removed.map_err(table::problem)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Get a fresh secret. For a day messages carry the signatures of both.
#[utoipa::path(
    post, path = "/api/webhooks/{id}/rotate", tag = "webhooks",
    params(("id" = String, Path, description = "`hook_…`")),
    responses((status = 200, description = "`secret` is never told again", body = WebhookAnswer)),
)]
pub(crate) async fn rotate(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Json<WebhookAnswer>, Problem> {
    let rotated = app.webhooks(&caller).rotate(caller.workspace(), hook(&text)?).await;
    let (webhook, secret) = rotated.map_err(table::problem)?;
    let mut told = WebhookAnswer::from(webhook);
    told.secret = Some(secret.expose_secret().to_owned());
    Ok(Json(told))
}

pub(super) fn hook(text: &str) -> Result<WebhookId, Problem> {
    id(text, &codes::WEBHOOK_NOT_FOUND)
}

fn url(text: &str) -> Result<Url, Problem> {
    text.parse().map_err(|error: url::ParseError| {
        field(&codes::INVALID_FIELD, "/url", &format!("it is no address: {error}"))
    })
}

fn events(names: &[String]) -> Result<BTreeSet<EventKind>, Problem> {
    let known = || EventKind::ALL.iter().copied().filter(|kind| *kind != EventKind::WebhookTest);
    let read = |(at, name): (usize, &String)| {
        let kind: Result<EventKind, BadEventKind> = name.parse();
        kind.map_err(|error| {
            let allowed: Vec<&str> = known().map(EventKind::as_str).collect();
            field(&codes::INVALID_FIELD, &format!("/events/{at}"), &error.to_string())
                .fix("Use some of `allowed`, or none for everything.")
                .with("allowed", allowed)
        })
    };
    names.iter().enumerate().map(read).collect()
}
