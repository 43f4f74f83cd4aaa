//! The hours in which nothing goes out by itself.

#![allow(unused_qualifications, reason = "the macros of utoipa write them")]

use axum::extract::State;
use axum::response::Json;
use chrono::NaiveTime;
use serde::{Deserialize, Serialize};
use social_core::domain::AccountId;
use social_core::domain::series::{QuietHours, QuietPlan};
use utoipa::ToSchema;

use super::super::app::App;
use super::super::auth::Caller;
use super::super::extract::{JsonBody, field, id};
use super::super::{codes, table};
use crate::Problem;

/// Quiet hours.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from": "22:00", "until": "07:00", "zone": "Europe/Berlin"}))]
pub(crate) struct QuietBody {
    /// `acct_…`, or null for all accounts of the workspace.
    #[serde(default)]
    account_id: Option<String>,
    /// From this time of day on.
    from: String,
    /// Until this time, over midnight where it is the earlier; the same as `from` takes them away.
    until: String,
    /// The IANA zone whose clocks count.
    zone: String,
}

/// All quiet hours.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuietList {
    items: Vec<QuietBody>,
}

impl From<QuietPlan> for QuietBody {
    fn from(plan: QuietPlan) -> Self {
        let time = |time: NaiveTime| time.format("%H:%M").to_string();
        Self {
            account_id: plan.account_id.map(|id| id.to_string()),
            from: time(plan.hours.from),
            until: time(plan.hours.until),
            zone: plan.hours.zone.to_string(),
        }
    }
}

/// Tell the hours in which nothing goes out by itself: occurrences of series go out after them, and
/// no slot is among them.
#[utoipa::path(
    get, path = "/api/quiet-hours", tag = "series", operation_id = "quiet_hours",
    responses((status = 200, description = "Of the workspace first, then account by account", body = QuietList)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<QuietList>, Problem> {
    told(&app, &caller).await
}

/// Set the quiet hours of the workspace or of an account.
#[utoipa::path(
    put, path = "/api/quiet-hours", tag = "series", operation_id = "set_quiet_hours",
    request_body = QuietBody,
    responses((status = 200, description = "All as they are now", body = QuietList)),
)]
pub(crate) async fn put(
    State(app): State<App>,
    caller: Caller,
    JsonBody(asked): JsonBody<QuietBody>,
) -> Result<Json<QuietList>, Problem> {
    let time = |name: &str, text: &str| {
        NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| {
            let detail = format!("`{text}` is no time of day; one looks like 22:00");
            field(&codes::INVALID_FIELD, name, &detail)
        })
    };
    let zone = asked.zone.parse().map_err(|_| {
        let detail = format!("`{}` is no IANA time zone; one looks like Europe/Berlin", asked.zone);
        field(&codes::INVALID_FIELD, "/zone", &detail)
    })?;
    let hours = QuietHours {
        from: time("/from", &asked.from)?,
        until: time("/until", &asked.until)?,
        zone,
    };
    let account: Option<AccountId> = match &asked.account_id {
        Some(text) => Some(id(text, &codes::ACCOUNT_NOT_FOUND)?),
        None => None,
    };
    let plan = QuietPlan { workspace_id: caller.workspace(), account_id: account, hours };
    app.posts_of(&caller).set_quiet_hours(&plan).await.map_err(table::problem)?;
    told(&app, &caller).await
}

async fn told(app: &App, caller: &Caller) -> Result<Json<QuietList>, Problem> {
    let plans = app.posts().quiet_hours(caller.workspace()).await.map_err(table::problem)?;
    Ok(Json(QuietList { items: plans.into_iter().map(Into::into).collect() }))
}
