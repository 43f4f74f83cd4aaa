//! The record of who did what.

#![allow(unused_qualifications, reason = "the macros of utoipa write them")]

use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use http::header;
use serde::{Deserialize, Serialize};
use social_core::domain::AuditEntry;
use social_core::engine::Audit;
use utoipa::{IntoParams, ToSchema};

use super::super::app::App;
use super::super::auth::Caller;
use super::super::extract::Asked;
use super::super::{cursor, table};
use crate::Problem;

const LIMIT: u32 = 50;
const MOST: u32 = 500;

/// Which part of it.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// At most so many; 50 unless said, 500 at most.
    #[param(value_type = Option<u64>)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Something that somebody did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryAnswer {
    at: String,
    /// `key_…`, `person_…` or `system`.
    actor: String,
    /// Such as `post.schedule`.
    action: String,
    /// To what.
    subject: String,
}

impl From<AuditEntry> for EntryAnswer {
    fn from(entry: AuditEntry) -> Self {
        let AuditEntry { at, actor, action, subject, .. } = entry;
        Self { at: at.to_string(), actor, action, subject }
    }
}

/// A page of the record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Record {
    /// Newest first.
    items: Vec<EntryAnswer>,
    /// For the next page; null on the last.
    next_cursor: Option<String>,
}

/// Read the record of who did what, newest first.
#[utoipa::path(
    get, path = "/api/audit", tag = "people", operation_id = "audit", params(Which),
    responses((status = 200, description = "A page; `Link` names the next", body = Record)),
)]
pub(crate) async fn latest(
    State(app): State<App>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let limit = which.limit.unwrap_or(LIMIT).clamp(1, MOST);
    let before = which.cursor.as_deref().map(cursor::read).transpose()?;
    let page = Audit::new(app.ports.clone()).page(caller.workspace(), before, limit).await;
    let page = page.map_err(table::problem)?;
    let next_cursor = page.next.map(cursor::write);
    let link = next_cursor.as_ref().and_then(|next| {
        let limit = limit.to_string();
        let query = [("limit", Some(limit.as_str())), ("cursor", Some(next.as_str()))];
        cursor::link(&app, "api/audit", &query).parse().ok()
    });
    let items = page.entries.into_iter().map(Into::into).collect();
    let mut response = Json(Record { items, next_cursor }).into_response();
    if let Some(link) = link {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}
