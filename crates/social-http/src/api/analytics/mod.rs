//! `GET /api/analytics`: what the networks counted for the posts of a time.

#![allow(unused_qualifications, reason = "the macros of utoipa write them")]

mod accounts;
mod coverage;
mod numbers;
mod timeframe;
mod vocabulary;

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use axum::response::Json;
use serde::{Deserialize, Serialize};
use social_core::Timestamp;
use social_core::domain::{Delivery, DeliveryId, PostId, Snapshot};
use social_core::ports::PostFilter;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Caller;
use super::extract::{Asked, id};
use super::posts::View;
use super::{codes, table};
use crate::Problem;
use accounts::AccountNumbers;
use coverage::Coverage;
use numbers::{Numbers, Sum};
use timeframe::Timeframe;
use vocabulary::DeliveryNumbers;

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
    /// Only this post.
    post_id: Option<String>,
    /// What `series` is by: day, platform or post; day unless said.
    #[serde(default)]
    #[param(inline)]
    group_by: GroupBy,
    /// Whether to ask the networks for the numbers of the accounts themselves, which may take some
    /// seconds; false unless said.
    #[serde(default)]
    accounts: bool,
    /// compact unless said; full has the networks' own names and numbers too.
    #[serde(default)]
    #[param(inline)]
    view: View,
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
    /// The post.
    Post,
}

/// What the networks counted for the posts that became visible in the timeframe, as last read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Report {
    timeframe: Span,
    totals: Numbers,
    by_platform: Vec<Group>,
    series: Vec<Group>,
    /// At most five, those with the most engagements first.
    top_posts: Vec<TopPost>,
    coverage: Vec<Coverage>,
    /// Where `post_id` names one: all its numbers, network by network.
    #[serde(skip_serializing_if = "Option::is_none")]
    deliveries: Option<Vec<DeliveryNumbers>>,
    /// Where it is asked for: the numbers of the accounts themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    accounts: Option<Vec<AccountNumbers>>,
}

/// From when to when.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Span {
    from: String,
    to: String,
}

/// The numbers of one day, network or post.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Group {
    /// `2026-11-23`, `facebook`, `post_…`
    key: String,
    #[serde(flatten)]
    numbers: Numbers,
}

/// A post that did well.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TopPost {
    post_id: String,
    platform: String,
    url: Option<String>,
    #[serde(flatten)]
    numbers: Numbers,
}

/// Something visible, with its latest numbers.
struct Visible {
    delivery: Delivery,
    at: Timestamp,
    latest: Option<Snapshot>,
}

/// Report what the networks counted. What cannot be measured is null.
#[utoipa::path(
    get, path = "/api/analytics", tag = "analytics", params(Wanted),
    responses((status = 200, description = "The report", body = Report)),
)]
pub(crate) async fn analytics(
    State(app): State<App>,
    caller: Caller,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<Report>, Problem> {
    let timeframe = Timeframe::read(wanted.timeframe.as_deref().unwrap_or("7d"), app.now())?;
    let platforms: Option<BTreeSet<&str>> =
        wanted.platforms.as_deref().map(|names| names.split(',').map(str::trim).collect());
    let post: Option<PostId> =
        wanted.post_id.as_deref().map(|text| id(text, &codes::POST_NOT_FOUND)).transpose()?;
    if let Some(post) = post {
        app.posts().get(caller.workspace(), post).await.map_err(table::problem)?;
    }
    let mut visible = visible(&app, &caller, &timeframe).await?;
    visible.retain(|item| {
        let delivery = &item.delivery;
        platforms.as_ref().is_none_or(|names| names.contains(delivery.platform.as_str()))
            && post.is_none_or(|post| post == delivery.post_id)
    });
    let groups = |key: &dyn Fn(&Visible) -> String| {
        let mut groups: BTreeMap<String, Sum> = BTreeMap::new();
        for item in &visible {
            groups.entry(key(item)).or_default().add(item);
        }
        let group = |(key, sum): (String, Sum)| Group { key, numbers: sum.numbers() };
        groups.into_iter().map(group).collect::<Vec<_>>()
    };
    let by_platform = groups(&|item| item.delivery.platform.to_string());
    let series = match wanted.group_by {
        GroupBy::Platform => groups(&|item| item.delivery.platform.to_string()),
        GroupBy::Day => groups(&|item| item.at.as_datetime().format("%Y-%m-%d").to_string()),
        GroupBy::Post => groups(&|item| item.delivery.post_id.to_string()),
    };
    let mut totals = Sum::default();
    visible.iter().for_each(|item| totals.add(item));
    let coverage = coverage::coverage(&app, &caller, &visible, platforms.as_ref()).await?;
    let full = wanted.view == View::Full;
    let told = |item: &Visible| DeliveryNumbers::of(&item.delivery, item.latest.as_ref(), full);
    let deliveries = post.map(|_| visible.iter().map(told).collect());
    let accounts = match wanted.accounts {
        true => Some(accounts::numbers(&app, &caller, timeframe, platforms.as_ref(), full).await?),
        false => None,
    };
    Ok(Json(Report {
        deliveries,
        accounts,
        timeframe: Span { from: timeframe.from.to_string(), to: timeframe.to.to_string() },
        totals: totals.numbers(),
        by_platform,
        series,
        top_posts: top(&visible),
        coverage,
    }))
}

/// What became visible in the timeframe.
async fn visible(app: &App, caller: &Caller, span: &Timeframe) -> Result<Vec<Visible>, Problem> {
    let ws = caller.workspace();
    let until = app.now() + timeframe::TICK;
    let ever = app.analytics().latest(ws, Timestamp::UNIX_EPOCH, until).await;
    let ever = ever.map_err(table::problem)?;
    let mut latest: BTreeMap<DeliveryId, Snapshot> =
        ever.into_iter().map(|snapshot| (snapshot.delivery_id, snapshot)).collect();
    // A post becomes visible at its time or, where it was tried again, later.
    let mut filter = PostFilter { to: Some(span.to), limit: 100, ..PostFilter::default() };
    let mut visible = Vec::new();
    loop {
        let page = app.posts().list(ws, &filter).await.map_err(table::problem)?;
        let Some(last) = page.last() else { break };
        filter.before = Some(last.post.id);
        let full = page.len() == filter.limit as usize;
        for delivery in page.into_iter().flat_map(|view| view.deliveries) {
            let Some(at) = delivery.published.as_ref().map(|published| published.at) else {
                continue;
            };
            if (span.from..span.to).contains(&at) {
                let latest = latest.remove(&delivery.id);
                visible.push(Visible { delivery, at, latest });
            }
        }
        if !full {
            break;
        }
    }
    Ok(visible)
}

fn top(visible: &[Visible]) -> Vec<TopPost> {
    let numbers = |item: &Visible| {
        let mut sum = Sum::default();
        sum.add(item);
        sum.numbers()
    };
    let mut top: Vec<_> = visible.iter().map(|item| (numbers(item), item)).collect();
    top.retain(|(numbers, _)| numbers.engagements.is_some());
    top.sort_by_key(|(numbers, _)| std::cmp::Reverse(numbers.engagements));
    let told = |(numbers, item): (Numbers, &Visible)| TopPost {
        post_id: item.delivery.post_id.to_string(),
        platform: item.delivery.platform.to_string(),
        url: item.delivery.published.as_ref().and_then(|p| Some(p.permalink.as_ref()?.to_string())),
        numbers,
    };
    top.into_iter().take(5).map(told).collect()
}
