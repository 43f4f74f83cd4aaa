//! The record of who did what.

use axum::extract::State;
use axum::response::Json;
use serde::{Deserialize, Serialize};
use social_core::domain::AuditEntry;
use social_core::engine::Audit;
use utoipa::ToSchema;

use super::super::app::App;
use super::super::auth::Caller;
use super::super::extract::Asked;
use super::super::table;
use crate::Problem;

/// The most entries of one answer.
const MOST: u32 = 500;

/// How much of it.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HowMany {
    /// At most so many, up to 500.
    #[serde(default = "usual")]
    #[param(default = 50)]
    limit: u32,
}

fn usual() -> u32 {
    50
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

/// The latest entries.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Record {
    items: Vec<EntryAnswer>,
}

/// Read the record of who did what, newest first.
#[utoipa::path(
    get, path = "/api/audit", tag = "people", operation_id = "audit", params(HowMany),
    responses((status = 200, description = "The latest entries", body = Record)),
)]
pub(crate) async fn latest(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<HowMany>,
) -> Result<Json<Record>, Problem> {
    let audit = Audit::new(app.ports.clone());
    let entries = audit.latest(caller.workspace(), asked.limit.min(MOST)).await;
    let items = entries.map_err(table::problem)?.into_iter().map(Into::into).collect();
    Ok(Json(Record { items }))
}
