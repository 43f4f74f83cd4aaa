//! `GET /api/posts`: newest first, page by page.

#![allow(unused_qualifications, reason = "the macros of utoipa write them")]

use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header;
use serde::{Deserialize, Serialize};
use social_core::domain::{PostId, PostStatus};
use social_core::engine::PostView;
use social_core::ports::PostFilter;
use utoipa::{IntoParams, ToSchema};

use super::super::app::App;
use super::super::auth::Caller;
use super::super::extract::{Asked, time};
use super::super::{codes, table};
use super::answer::{PostAnswer, View};
use crate::Problem;

const LIMIT: u32 = 20;
const MOST: u32 = 100;

/// At most so many posts are looked through for one page; what is left is the next page's.
const SCAN: usize = 1_000;

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
pub(crate) struct Page {
    /// Newest first.
    items: Vec<PostAnswer>,
    /// For the next page; null on the last.
    next_cursor: Option<String>,
}

/// List posts.
#[utoipa::path(
    get, path = "/api/posts", tag = "posts", params(Which),
    responses((status = 200, description = "A page; `Link` names the next", body = Page)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let limit = which.limit.unwrap_or(LIMIT).clamp(1, MOST) as usize;
    let status: Option<PostStatus> = match &which.status {
        Some(text) => Some(
            serde_json::from_value(text.clone().into())
                .map_err(|error| codes::QUERY_INVALID.problem(format!("status: {error}")))?,
        ),
        None => None,
    };
    let mut filter = PostFilter {
        from: which.from.as_deref().map(|text| time(text, "from")).transpose()?,
        to: which.to.as_deref().map(|text| time(text, "to")).transpose()?,
        before: which.cursor.as_deref().map(read_cursor).transpose()?,
        limit: if status.is_some() || which.platform.is_some() { MOST } else { limit as u32 + 1 },
    };
    let wanted = |view: &PostView| {
        status.is_none_or(|status| status == view.status)
            && which.platform.as_deref().is_none_or(|name| {
                view.deliveries.iter().any(|delivery| delivery.platform.as_str() == name)
            })
    };
    let mut items: Vec<PostView> = Vec::new();
    let mut scanned = 0;
    let next = 'pages: loop {
        let page = app.posts().list(caller.workspace(), &filter).await.map_err(table::problem)?;
        let last_page = page.len() < filter.limit as usize;
        for view in page {
            if items.len() == limit || scanned == SCAN {
                break 'pages filter.before;
            }
            scanned += 1;
            filter.before = Some(view.post.id);
            if wanted(&view) {
                items.push(view);
            }
        }
        if last_page {
            break None;
        }
    };
    let page = Page {
        items: items
            .iter()
            .map(|view| PostAnswer::of(view, which.view).with_content(view))
            .collect(),
        next_cursor: next.map(write_cursor),
    };
    let link = page.next_cursor.as_ref().map(|cursor| link(&app, &which, cursor));
    let mut response = Json(page).into_response();
    if let Some(link) = link.and_then(|link| link.parse().ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

fn link(app: &App, which: &Which, cursor: &str) -> String {
    let mut url = app.config.link("api/posts");
    let limit = which.limit.map(|limit| limit.to_string());
    let view = (which.view == View::Full).then_some("full");
    for (name, value) in [
        ("status", which.status.as_deref()),
        ("platform", which.platform.as_deref()),
        ("from", which.from.as_deref()),
        ("to", which.to.as_deref()),
        ("limit", limit.as_deref()),
        ("view", view),
        ("cursor", Some(cursor)),
    ] {
        if let Some(value) = value {
            url.query_pairs_mut().append_pair(name, value);
        }
    }
    format!("<{url}>; rel=\"next\"")
}

/// Clients shall not make cursors of ids: what a cursor is made of may change.
fn write_cursor(before: PostId) -> String {
    URL_SAFE_NO_PAD.encode(format!("1 {before}"))
}

fn read_cursor(cursor: &str) -> Result<PostId, Problem> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let id = text.as_deref().and_then(|text| text.strip_prefix("1 ")).map(str::parse);
    match id {
        Some(Ok(id)) => Ok(id),
        _ => Err(codes::CURSOR_INVALID.problem("this cursor is none of ours")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_no_other_text_does() {
        let id: PostId = "post_01JD3V9K7N3Q5R7T9V1X3Z5B7D".parse().unwrap();
        assert_eq!(read_cursor(&write_cursor(id)).unwrap(), id);
        for text in ["", "x", "post_01JD3V9K7N3Q5R7T9V1X3Z5B7D", "MSBwb3N0XzE"] {
            assert_eq!(read_cursor(text).unwrap_err().code(), "cursor_invalid", "{text}");
        }
    }
}
