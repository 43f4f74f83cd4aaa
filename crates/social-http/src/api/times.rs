//! When posts of an account do best.

#![allow(unused_qualifications, reason = "the macros of utoipa write them")]

use axum::extract::{Path, State};
use axum::response::Json;
use serde::{Deserialize, Serialize};
use social_core::domain::{AccountId, PostingWindow, Zone};
use social_core::engine::TimesRequest;
use social_core::timing::{Hour, QuietHours};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Caller;
use super::extract::{Asked, field, id};
use super::{codes, table};
use crate::Problem;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(best_times))
}

/// The most windows.
const MOST: usize = 50;

/// Which times.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// The IANA zone in which the audience lives; that of the account's slots unless said, else UTC.
    zone: Option<String>,
    /// Hours at which nothing is to go out, as `22-8`, by the clocks of the zone.
    quiet: Option<String>,
    /// At most so many; 10 unless said.
    limit: Option<usize>,
    /// Whether to choose by how likely each hour is to be the best, so that posting finds out what
    /// the history does not tell; false unless said.
    #[serde(default)]
    explore: bool,
}

/// The best hours of the week, the best first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BestTimes {
    items: Vec<TimeItem>,
}

/// An hour of the week.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TimeItem {
    /// `mon-18`: from six to seven on Mondays.
    hour: String,
    /// By which clocks.
    zone: String,
    /// The likeliest reach of a post then, as a factor of the account's usual one.
    factor: f64,
    /// In four of five cases it is at least this …
    low: f64,
    /// … and at most this.
    high: f64,
    /// How many posts of the account that rests on.
    posts: u32,
    /// own, others or habit: what it mostly rests on.
    source: String,
    /// All of it in words.
    evidence: String,
}

impl From<PostingWindow> for TimeItem {
    fn from(window: PostingWindow) -> Self {
        let round = |value: f64| (value * 100.0).round() / 100.0;
        Self {
            hour: Hour { weekday: window.weekday, hour: window.hour }.to_string(),
            factor: round(window.factor),
            low: round(window.low),
            high: round(window.high),
            posts: window.near,
            source: super::posts::word(&window.basis),
            evidence: window.evidence(),
            zone: window.zone,
        }
    }
}

/// Tell when posts of an account do best, with what stands behind each hour.
#[utoipa::path(
    get, path = "/api/accounts/{id}/best-times", tag = "accounts",
    params(("id" = String, Path, description = "`acct_…`"), Which),
    responses((status = 200, description = "The best first", body = BestTimes)),
)]
pub(crate) async fn best_times(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    Asked(which): Asked<Which>,
) -> Result<Json<BestTimes>, Problem> {
    let account: AccountId = id(&text, &codes::ACCOUNT_NOT_FOUND)?;
    let request = TimesRequest {
        zone: which.zone.as_deref().map(zone).transpose()?,
        quiet: which.quiet.as_deref().map(quiet).transpose()?,
        limit: which.limit.unwrap_or(0).min(MOST),
        explore: which.explore,
    };
    let failed = |error| table::store(&error);
    let found = {
        let mut unit = app.ports.store.read().await.map_err(failed)?;
        unit.accounts().get(caller.workspace(), account).await.map_err(failed)?
    };
    let found = found.filter(|account| account.disconnected_at.is_none());
    let gone = || codes::ACCOUNT_NOT_FOUND.problem("there is no connected account of this id");
    let account = found.ok_or_else(gone)?;
    let windows = app.posts().best_times(&account, &request).await.map_err(table::problem)?;
    Ok(Json(BestTimes { items: windows.into_iter().map(Into::into).collect() }))
}

fn zone(text: &str) -> Result<Zone, Problem> {
    text.parse().map_err(|error: social_core::domain::BadZone| {
        field(&codes::INVALID_FIELD, "zone", &error.to_string())
    })
}

fn quiet(text: &str) -> Result<QuietHours, Problem> {
    let hours = text.split_once('-').and_then(|(from, to)| {
        let read = |text: &str| text.parse::<u8>().ok().filter(|hour| *hour < 24);
        Some(QuietHours { from: read(from)?, to: read(to)? })
    });
    let detail = "two hours of the day with a dash between them, such as 22-8";
    hours.ok_or_else(|| field(&codes::INVALID_FIELD, "quiet", detail))
}
