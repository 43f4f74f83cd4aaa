//! `GET /api/posts`: newest first, page by page.

#![allow(unused_qualifications, reason = "the macros of utoipa write them")]

use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use http::header;
use serde::{Deserialize, Serialize};
use social_core::domain::{Platform, PostStatus};
use social_core::ports::PostFilter;
use utoipa::{IntoParams, ToSchema};

use super::super::app::App;
use super::super::auth::Caller;
use super::super::extract::{Asked, time};
use super::super::{codes, cursor, table};
use super::answer::{PostAnswer, View};
use crate::Problem;

const LIMIT: u32 = 20;
const MOST: u32 = 100;

/// Which posts to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only of this status.
    status: Option<String>,
    /// Only those on this network.
    platform: Option<String>,
    /// Due at or after this.
    from: Option<String>,
    /// Due before this.
    to: Option<String>,
    /// At most so many; 20 unless said, 100 at most.
    #[param(value_type = Option<u64>)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `full` for what each network gets.
    #[serde(default)]
    #[param(inline)]
    view: View,
}

/// A page of posts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PostPage {
    /// Newest first.
    items: Vec<PostAnswer>,
    /// For the next page; null on the last.
    next_cursor: Option<String>,
}

/// List posts.
#[utoipa::path(
    get, path = "/api/posts", tag = "posts", params(Which),
    responses((status = 200, description = "A page; `Link` names the next", body = PostPage)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let limit = which.limit.unwrap_or(LIMIT).clamp(1, MOST);
    let status: Option<PostStatus> = match &which.status {
        Some(text) => Some(
            serde_json::from_value(text.clone().into())
                .map_err(|error| codes::QUERY_INVALID.problem(format!("status: {error}")))?,
        ),
        None => None,
    };
    let names = app.ports.platforms.names();
    let platform = which
        .platform
        .as_deref()
        .map(|name| name.parse::<Platform>().map_err(|_| table::platform_unknown(name, &names)));
    let filter = PostFilter {
        status,
        platform: platform.transpose()?,
        from: which.from.as_deref().map(|text| time(text, "from")).transpose()?,
        to: which.to.as_deref().map(|text| time(text, "to")).transpose()?,
        before: which.cursor.as_deref().map(cursor::read).transpose()?,
        // One more than asked for tells whether there is another page.
        limit: limit + 1,
    };
    let mut items = app.posts().list(caller.workspace(), &filter).await.map_err(table::problem)?;
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let next = items.last().map(|view| view.post.id).filter(|_| more);
    let page = PostPage {
        items: items
            .iter()
            .map(|view| PostAnswer::of(view, which.view).with_content(view))
            .collect(),
        next_cursor: next.map(cursor::write),
    };
    let link = page.next_cursor.as_ref().map(|cursor| link(&app, &which, cursor));
    let mut response = Json(page).into_response();
    if let Some(link) = link.and_then(|link| link.parse().ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

fn link(app: &App, which: &Which, next: &str) -> String {
    let limit = which.limit.map(|limit| limit.to_string());
    let view = (which.view == View::Full).then_some("full");
    let query = [
        ("status", which.status.as_deref()),
        ("platform", which.platform.as_deref()),
        ("from", which.from.as_deref()),
        ("to", which.to.as_deref()),
        ("limit", limit.as_deref()),
        ("view", view),
        ("cursor", Some(next)),
    ];
    cursor::link(app, "api/posts", &query)
}
