//! `GET /api/analytics`: what the networks counted for the posts of a time.

#![allow(unused_qualifications, reason = "the macros of utoipa write them")]

mod accounts;
mod coverage;
mod numbers;
mod picture;
mod report;
mod sheet;
mod timeframe;
mod vocabulary;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Json, Response};
use http::header;
use serde::Deserialize;
use social_core::domain::{Dimension, Permission, Platform, PostId};
use social_core::engine::ReportRequest;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Caller;
use super::extract::{Asked, id};
use super::posts::View;
use super::{access, codes, table};
use crate::Problem;
use report::ReportAnswer;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(analytics))
}

/// What to report.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// 24h, 7d, 30d, 90d or `<from>/<to>`; 7d unless said.
    timeframe: Option<String>,
    /// Only these networks, with commas between them.
    platforms: Option<String>,
    /// Only this post, whenever it became visible.
    post_id: Option<String>,
    /// What `series` is by: day, platform, post, account, campaign, hashtag or hour; day unless said.
    #[serde(default)]
    #[param(inline)]
    group_by: GroupBy,
    /// Whether to ask the networks for the numbers of the accounts themselves, which may take some
    /// seconds; false unless said.
    #[serde(default)]
    accounts: bool,
    /// compact unless said; full has all that posts can be grouped by, what was gained day by day,
    /// and of one post the networks' own names and numbers.
    #[serde(default)]
    #[param(inline)]
    view: View,
    /// json unless said; csv is a table for a spreadsheet, png a picture to be pasted into a mail.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// What a series is by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GroupBy {
    /// The network.
    Platform,
    /// The day, in UTC, at which it became visible.
    #[default]
    Day,
    /// The post, the best first.
    Post,
    /// The account.
    Account,
    /// The campaign that its author named.
    Campaign,
    /// The hashtag.
    Hashtag,
    /// The hour of the week, by the clocks of the account's slots, else in UTC: `mon-18`.
    Hour,
}

impl GroupBy {
    fn dimension(self) -> Option<Dimension> {
        match self {
            Self::Platform | Self::Day | Self::Post => None,
            Self::Account => Some(Dimension::Account),
            Self::Campaign => Some(Dimension::Campaign),
            Self::Hashtag => Some(Dimension::Hashtag),
            Self::Hour => Some(Dimension::Hour),
        }
    }
}

/// How a report is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    /// JSON.
    #[default]
    Json,
    /// A table.
    Csv,
    /// A picture.
    Png,
}

/// All that a report can be grouped by beside network and day.
const ALL: [Dimension; 4] =
    [Dimension::Account, Dimension::Campaign, Dimension::Hashtag, Dimension::Hour];

/// The most posts that a series is of.
const POSTS: u32 = 200;

/// How many posts are named as the best.
const TOP: usize = 5;

/// Report what the networks counted. What cannot be measured is null.
#[utoipa::path(
    get, path = "/api/analytics", tag = "analytics", params(Wanted),
    responses((status = 200, description = "The report", content(
        (ReportAnswer = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "image/png"),
    ))),
)]
pub(crate) async fn analytics(
    State(app): State<App>,
    caller: Caller,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, Problem> {
    if wanted.accounts {
        // What lies here may be told; asking the networks is going out.
        access::allowed(&caller, Permission::WebAccess)?;
    }
    let span = timeframe::read(wanted.timeframe.as_deref().unwrap_or("7d"), app.now())?;
    let platforms = networks(&app, wanted.platforms.as_deref())?;
    let post: Option<PostId> =
        wanted.post_id.as_deref().map(|text| id(text, &codes::POST_NOT_FOUND)).transpose()?;
    let full = wanted.view == View::Full || wanted.format != Format::Json;
    let ws = caller.workspace();
    let (report, deliveries) = match post {
        Some(post) => {
            let view = app.posts().get(ws, post).await.map_err(table::problem)?;
            let (report, told) = report::of_post(&app, &view, &platforms, full).await?;
            (report, Some(told))
        }
        None => {
            let by = match (full, wanted.group_by.dimension()) {
                (true, _) => ALL.to_vec(),
                (false, dimension) => dimension.into_iter().collect(),
            };
            let best = if wanted.group_by == GroupBy::Post { POSTS } else { TOP as u32 };
            let request = ReportRequest { span, platforms: platforms.clone(), by, best };
            (app.analytics().report(ws, &request).await.map_err(table::problem)?, None)
        }
    };
    let names = report::names(&app, &caller, &report).await?;
    match wanted.format {
        Format::Csv => Ok(file("text/csv; charset=utf-8", sheet::table(&report, &names))),
        Format::Png => {
            let drawn = tokio::task::spawn_blocking(move || picture::png(span, &report, &names));
            let drawn = drawn.await.map_err(|error| error.to_string()).flatten();
            let failed = |why: String| {
                tracing::error!(why, "a report could not be drawn");
                codes::INTERNAL.problem("the picture could not be drawn")
            };
            Ok(file("image/png", drawn.map_err(failed)?))
        }
        Format::Json => {
            let coverage = coverage::coverage(&app, &caller, &report, &platforms).await?;
            let accounts = match wanted.accounts {
                true => Some(accounts::numbers(&app, &caller, span, &platforms, full).await?),
                false => None,
            };
            let parts = report::Parts { coverage, deliveries, accounts };
            let whole = ReportAnswer::of(span, &report, &names, wanted.group_by, full, parts);
            Ok(Json(whole).into_response())
        }
    }
}

fn file(mime: &'static str, body: impl Into<Body>) -> Response {
    let body: Body = body.into();
    ([(header::CONTENT_TYPE, mime)], body).into_response()
}

/// Networks as clients name them.
fn networks(app: &App, names: Option<&str>) -> Result<Vec<Platform>, Problem> {
    let all = app.ports.platforms.names();
    let names = names.into_iter().flat_map(|names| names.split(',')).map(str::trim);
    let read =
        |name: &str| name.parse::<Platform>().map_err(|_| table::platform_unknown(name, &all));
    names.filter(|name| !name.is_empty()).map(read).collect()
}
