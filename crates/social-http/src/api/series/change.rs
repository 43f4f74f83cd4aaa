//! Looking at series, changing and ending them.

#![allow(unused_qualifications, reason = "the macros of utoipa write them")]

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{Json, Response};
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;
use social_core::domain::series::Wall;
use social_core::domain::{SeriesId, Target, WritePolicy};
use social_core::engine::{Reach, SeriesEdit, SeriesView};
use social_core::ports::When;
use utoipa::{IntoParams, ToSchema};

use super::super::app::App;
use super::super::auth::Caller;
use super::super::extract::{Asked, JsonBody, field, id};
use super::super::posts::{MediaItem, OwnContent, PostAnswer, View, body, may_publish, told};
use super::super::table::{self, Doing};
use super::super::{codes, cursor};
use super::recurrence::RecurrenceBody;
use super::shape::{SeriesAnswer, SeriesPage, Standing};
use crate::Problem;

/// How many series a page has unless one asks for more.
const PAGE: u32 = 20;
const MOST: u32 = 100;

/// Which series to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// So many at most; 20 unless said, 100 at most.
    #[param(value_type = Option<u64>)]
    limit: Option<u32>,
    /// Where the page before ended: its `next_cursor`.
    cursor: Option<String>,
}

/// List posts that come again, newest first.
#[utoipa::path(
    get, path = "/api/series", tag = "series", params(Which),
    responses((status = 200, description = "A page, with what comes next of each", body = SeriesPage)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<SeriesPage>, Problem> {
    let before: Option<SeriesId> = which.cursor.as_deref().map(cursor::read).transpose()?;
    let limit = which.limit.unwrap_or(PAGE).clamp(1, MOST);
    let found = app.posts().list_series(caller.workspace(), before, limit + 1).await;
    let mut found = found.map_err(table::problem)?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let last = found.last().filter(|_| more).map(|view| cursor::write(view.series.id));
    Ok(Json(SeriesPage { items: found.into_iter().map(Into::into).collect(), next_cursor: last }))
}

/// Look at a series and what comes next.
#[utoipa::path(
    get, path = "/api/series/{id}", tag = "series",
    params(("id" = String, Path, description = "`series_…`")),
    responses((status = 200, description = "As it stands; `ETag` is its version", body = SeriesAnswer)),
)]
pub(crate) async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let view = app.posts().series(caller.workspace(), series(&text)?).await;
    Ok(answer(view.map_err(table::problem)?))
}

/// What changes of a series. What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeriesPatch {
    /// From which occurrence on, such as 2027-03-01T09:30:00; these are a series of their own then,
    /// which is the answer. Default: all that are to come. One alone is a post: change that.
    following: Option<String>,
    /// Another text.
    content: Option<String>,
    /// Other networks or accounts.
    platforms: Option<Vec<String>>,
    /// All media, in order.
    media: Option<Vec<MediaItem>>,
    /// What single networks get instead.
    overrides: Option<BTreeMap<String, OwnContent>>,
    /// When it comes, all of it.
    recurrence: Option<RecurrenceBody>,
    /// `paused` or `active`, alone: whether it comes.
    status: Option<Standing>,
}

/// Change a series, pause it, or let it come again. Posts made ahead are made anew, but those that
/// somebody changed, moved, approved or called off.
#[utoipa::path(
    patch, path = "/api/series/{id}", tag = "series", request_body = SeriesPatch,
    params(
        ("id" = String, Path, description = "`series_…`"),
        ("If-Match" = Option<String>, Header, description = "The ETag that the change is based on"),
    ),
    responses((status = 200, description = "The series that was changed, or the new one", body = SeriesAnswer)),
)]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    headers: HeaderMap,
    JsonBody(patch): JsonBody<SeriesPatch>,
) -> Result<Response, Problem> {
    let (ws, id) = (caller.workspace(), series(&text)?);
    let version = based_on(&headers)?;
    let posts = app.posts_of(&caller);
    // Another workspace's series is not there, whatever is asked of it.
    let view = app.posts().series(ws, id).await.map_err(table::problem)?;
    let status = patch.status;
    let reach = match &patch.following {
        Some(text) => Reach::Following(wall(text, "/following")?),
        None => Reach::All,
    };
    let mut edit = edit(&app, &caller, patch).await?;
    let nothing = edit_is_empty(&edit);
    let changed = match status {
        Some(_) if !nothing || reach != Reach::All => {
            let detail = "pause a series or change it, one after the other";
            return Err(field(&codes::INVALID_FIELD, "/status", detail));
        }
        Some(Standing::Paused) => posts.pause_series(ws, id).await,
        Some(Standing::Active) => {
            may_publish(&caller, When::NextSlot)?;
            posts.resume_series(ws, id).await
        }
        None if nothing => return Ok(answer(view)),
        None => {
            may_publish(&caller, When::NextSlot)?;
            if caller.policy() == WritePolicy::Approve {
                edit.approval = Some(true);
            }
            posts.edit_series(ws, id, version, reach, edit).await
        }
    };
    Ok(answer(changed.map_err(|error| table::problem_of(error, Doing::Changing))?))
}

/// What ends.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct What {
    /// Only from this occurrence on, such as 2027-03-01T09:30:00.
    following: Option<String>,
    /// Only this one occurrence, which is left out.
    occurrence: Option<String>,
}

/// End a series, or leave one occurrence out. Posts made ahead are called off, but those that
/// somebody changed, moved or approved.
#[utoipa::path(
    delete, path = "/api/series/{id}", tag = "series",
    params(("id" = String, Path, description = "`series_…`"), What),
    responses((status = 200, description = "As it stands now", body = SeriesAnswer)),
)]
pub(crate) async fn end(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    Asked(what): Asked<What>,
) -> Result<Response, Problem> {
    let (ws, id) = (caller.workspace(), series(&text)?);
    let posts = app.posts_of(&caller);
    let following = what.following.map(|text| wall(&text, "/following")).transpose()?;
    let alone = what.occurrence.map(|text| wall(&text, "/occurrence")).transpose()?;
    let ended = match (alone, following) {
        (Some(_), Some(_)) => {
            let detail = "either one occurrence, or one and all that follow";
            return Err(field(&codes::QUERY_INVALID, "/occurrence", detail));
        }
        (Some(wall), None) => posts.leave_out(ws, id, wall).await,
        (None, following) => posts.end_series(ws, id, following).await,
    };
    Ok(answer(ended.map_err(|error| table::problem_of(error, Doing::Changing))?))
}

/// Get the post of one occurrence, made now if it is none yet, to change or move it alone.
#[utoipa::path(
    post, path = "/api/series/{id}/occurrences/{occurrence}", tag = "series",
    params(
        ("id" = String, Path, description = "`series_…`"),
        ("occurrence" = String, Path, description = "Such as 2027-03-01T09:30:00"),
    ),
    responses((status = 200, description = "Its post", body = PostAnswer)),
)]
pub(crate) async fn occurrence(
    State(app): State<App>,
    caller: Caller,
    Path((text, which)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (ws, id) = (caller.workspace(), series(&text)?);
    app.posts().series(ws, id).await.map_err(table::problem)?;
    may_publish(&caller, When::NextSlot)?;
    let wall = wall(&which, "/occurrence")?;
    let view = app.posts_of(&caller).occurrence(ws, id, wall).await;
    let view = view.map_err(|error| table::problem_of(error, Doing::Changing))?;
    Ok(told(&app, &view, View::Compact))
}

fn series(text: &str) -> Result<SeriesId, Problem> {
    id(text, &codes::SERIES_NOT_FOUND)
}

fn wall(text: &str, pointer: &str) -> Result<Wall, Problem> {
    text.parse().map_err(|_| {
        let detail = format!("`{text}` is no occurrence; take one from `upcoming` of the series");
        field(&codes::INVALID_FIELD, pointer, &detail)
    })
}

/// The version that a change is based on, where the client says so.
fn based_on(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(asked) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let asked = asked.to_str().unwrap_or_default().trim();
    if asked == "*" {
        return Ok(None);
    }
    let version = asked.trim_matches('"').parse();
    version
        .map(Some)
        .map_err(|_| codes::REVISION_MISMATCH.problem(format!("{asked} is no version of a series")))
}

fn answer(view: SeriesView) -> Response {
    use axum::response::IntoResponse as _;
    let etag = HeaderValue::from_str(&format!("\"{}\"", view.series.version));
    let etag = [(header::ETAG, etag.unwrap_or(HeaderValue::from_static("\"\"")))];
    (etag, Json(SeriesAnswer::from(view))).into_response()
}

async fn edit(app: &App, caller: &Caller, patch: SeriesPatch) -> Result<SeriesEdit, Problem> {
    let names = app.ports.platforms.names();
    let targets = |list: Vec<String>| {
        let read = |(at, text): (usize, &String)| body::target(at, text, &names);
        list.iter().enumerate().map(read).collect::<Result<Vec<Target>, _>>()
    };
    Ok(SeriesEdit {
        content: patch.content,
        targets: patch.platforms.map(targets).transpose()?,
        media: match patch.media {
            Some(items) => Some(body::media(app, caller, &items).await?),
            None => None,
        },
        overrides: patch.overrides.map(|own| body::overrides(&own, &names)).transpose()?,
        repeat: patch.recurrence.map(|body| body.read(app.now())).transpose()?,
        approval: None,
    })
}

fn edit_is_empty(edit: &SeriesEdit) -> bool {
    edit.content.is_none()
        && edit.targets.is_none()
        && edit.media.is_none()
        && edit.overrides.is_none()
        && edit.repeat.is_none()
}
