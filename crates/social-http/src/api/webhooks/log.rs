//! Trying a webhook, what it was told, and telling it again.

#![allow(unused_qualifications, reason = "the macros of utoipa write them")]

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Json, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use social_core::domain::{MessageId, MessageStatus};
use social_core::ports::MessageFilter;
use utoipa::{IntoParams, ToSchema};

use super::super::app::App;
use super::super::auth::Caller;
use super::super::extract::{Asked, JsonBody, id, time};
use super::super::{codes, table};
use super::manage::hook;
use super::shape::{MessageAnswer, MessagePage};
use crate::Problem;

/// How many messages a page has.
const PAGE: u32 = 20;

/// Send `webhook.test` now, once, and see what the receiver says.
#[utoipa::path(
    post, path = "/api/webhooks/{id}/test", tag = "webhooks",
    params(("id" = String, Path, description = "`hook_…`")),
    responses((status = 200, description = "Sent; `status` says what came of it", body = MessageAnswer)),
)]
pub(crate) async fn test(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Json<MessageAnswer>, Problem> {
    let tried = app.webhooks(&caller).test(caller.workspace(), hook(&text)?).await;
    Ok(Json(tried.map_err(table::problem)?.into()))
}

/// Which messages to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// pending, delivered or failed.
    #[param(value_type = Option<String>)]
    status: Option<MessageStatus>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List what a webhook was told, newest first. It is kept for 30 days.
#[utoipa::path(
    get, path = "/api/webhooks/{id}/deliveries", tag = "webhooks",
    params(("id" = String, Path, description = "`hook_…`"), Which),
    responses((status = 200, description = "A page", body = MessagePage)),
)]
pub(crate) async fn deliveries(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    Asked(which): Asked<Which>,
) -> Result<Json<MessagePage>, Problem> {
    let before = which.cursor.as_deref().map(|cursor| {
        cursor
            .parse::<MessageId>()
            .map_err(|_| codes::CURSOR_INVALID.problem("the cursor is of no page"))
    });
    let filter = MessageFilter {
        status: which.status,
        before: before.transpose()?,
        since: None,
        // One more than shown tells whether there is another page.
        limit: PAGE + 1,
    };
    let found = app.webhooks(&caller).messages(caller.workspace(), hook(&text)?, &filter).await;
    let mut items = found.map_err(table::problem)?;
    let more = items.len() > PAGE as usize;
    items.truncate(PAGE as usize);
    let next_cursor = items.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Json(MessagePage { items: items.into_iter().map(Into::into).collect(), next_cursor }))
}

/// Send one message again, with the same id.
#[utoipa::path(
    post, path = "/api/webhooks/{id}/deliveries/{delivery}/replay", tag = "webhooks",
    params(
        ("id" = String, Path, description = "`hook_…`"),
        ("delivery" = String, Path, description = "`msg_…`"),
    ),
    responses((status = 202, description = "It is on its way", body = MessageAnswer)),
)]
pub(crate) async fn replay(
    State(app): State<App>,
    caller: Caller,
    Path((text, message)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let message = id(&message, &codes::WEBHOOK_NOT_FOUND)?;
    let begun = app.webhooks(&caller).replay(caller.workspace(), hook(&text)?, message).await;
    let begun = begun.map_err(|error| table::problem_of(error, table::Doing::Account))?;
    Ok((StatusCode::ACCEPTED, Json(MessageAnswer::from(begun))).into_response())
}

/// From when on to send again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplayRequest {
    /// All that failed and was made at or after this time, with an offset.
    since: String,
}

/// How many messages are sent again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReplayAnswer {
    replayed: u64,
}

/// Send all messages again that failed since a time.
#[utoipa::path(
    post, path = "/api/webhooks/{id}/replay", tag = "webhooks", request_body = ReplayRequest,
    params(("id" = String, Path, description = "`hook_…`")),
    responses((status = 202, description = "They are on their way", body = ReplayAnswer)),
)]
pub(crate) async fn replay_failed(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    JsonBody(asked): JsonBody<ReplayRequest>,
) -> Result<Response, Problem> {
    let since = time(&asked.since, "/since")?;
    let webhook = hook(&text)?;
    let begun = app.webhooks(&caller).replay_failed(caller.workspace(), webhook, since).await;
    let replayed = begun.map_err(|error| table::problem_of(error, table::Doing::Account))?;
    Ok((StatusCode::ACCEPTED, Json(ReplayAnswer { replayed })).into_response())
}
