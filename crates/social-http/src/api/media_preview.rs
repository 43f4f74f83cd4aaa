//! What a network would show of a file, and what the media pipeline is busy with.

#![allow(unused_qualifications, reason = "the macros of utoipa write them")]

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Json, Response};
use http::header;
use serde::{Deserialize, Serialize};
use social_core::domain::{MediaRef, Platform, PostKind};
use social_core::ports::{MediaSource, MediaWork, MediaWorkKind};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Caller;
use super::extract::{Asked, id};
use super::posts::{MediaItem, Place, wishes};
use super::{codes, table};
use crate::Problem;

/// How wide a preview is unless said, and at most.
const WIDTH: u32 = 320;
const WIDEST: u32 = 1080;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(preview)).routes(routes!(work))
}

/// What is to be shown.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Shown {
    /// For which network; without one the file as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<String>,
    /// As which kind of post: image, video, story, reel or carousel. By default by the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>)]
    kind: Option<PostKind>,
    /// Pixels across, 320 unless said, 1080 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    /// As the `fit` of a post's media item.
    #[serde(skip_serializing_if = "Option::is_none")]
    fit: Option<String>,
    /// The `focus` of a post's media item, as `0.5,0.3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    focus: Option<String>,
    /// As the `background` of a post's media item.
    #[serde(skip_serializing_if = "Option::is_none")]
    background: Option<String>,
}

/// Show what a network would get of a picture or a clip: a small JPEG with the same crop and the
/// same room around it. The header `X-Changes` says in words what would be done.
#[utoipa::path(
    get, path = "/api/media/{id}/preview", tag = "media",
    params(("id" = String, Path, description = "`media_…`"), Shown),
    responses((status = 200, description = "A JPEG", body = Vec<u8>, content_type = "image/jpeg")),
)]
pub(crate) async fn preview(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    Asked(shown): Asked<Shown>,
) -> Result<Response, Problem> {
    let media = id(&text, &codes::MEDIA_NOT_FOUND)?;
    let names = app.ports.platforms.names();
    let unknown = |name: &str| table::platform_unknown(name, &names);
    let platform = shown.platform.as_deref();
    let platform: Option<Platform> =
        platform.map(|name| name.parse().map_err(|_| unknown(name))).transpose()?;
    let item = MediaItem {
        fit: shown.fit.clone(),
        focus: shown.focus.as_deref().map(place).transpose()?,
        background: shown.background.clone(),
        ..MediaItem::default()
    };
    let wishes = wishes::read(&item, "")?;
    let width = shown.width.unwrap_or(WIDTH).clamp(1, WIDEST);
    let aim = platform.as_ref().map(|platform| (platform, shown.kind));
    let made = app.library().preview(caller.workspace(), media, aim, &wishes, width).await;
    let (picture, changes) = made.map_err(table::problem)?;
    let bytes: Bytes = match picture.content {
        MediaSource::Bytes(bytes) => bytes,
        MediaSource::File(path) => tokio::fs::read(path)
            .await
            .map_err(|error| codes::INTERNAL.problem(format!("the preview is gone: {error}")))?
            .into(),
    };
    let changes = changes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    // A header holds ASCII alone.
    let changes: String = changes.chars().map(|c| if c.is_ascii() { c } else { '-' }).collect();
    let headers = [
        (header::CONTENT_TYPE, picture.mime),
        (header::CACHE_CONTROL, "private, max-age=3600".to_owned()),
        (header::HeaderName::from_static("x-changes"), changes),
    ];
    Ok((headers, bytes).into_response())
}

fn place(text: &str) -> Result<Place, Problem> {
    let parts = text.split_once(',').and_then(|(x, y)| Some((x.parse().ok()?, y.parse().ok()?)));
    let (x, y) = parts.ok_or_else(|| {
        codes::QUERY_INVALID.problem("`focus` is two parts of the picture, such as 0.5,0.3")
    })?;
    Ok(Place { x, y })
}

/// Where the preview of a media item of a post is.
pub(crate) fn link(app: &App, media: &MediaRef, platform: &Platform, kind: PostKind) -> String {
    let item = wishes::told(&media.wishes, MediaItem::default());
    let shown = Shown {
        platform: Some(platform.to_string()),
        kind: Some(kind),
        width: None,
        fit: item.fit,
        focus: item.focus.map(|place| format!("{},{}", place.x, place.y)),
        background: item.background,
    };
    let mut url = app.config.link(&format!("api/media/{}/preview", media.asset));
    if let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(shown) {
        let fields = fields.iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
        url.query_pairs_mut().extend_pairs(fields);
    }
    url.to_string()
}

/// A piece of media work.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkAnswer {
    /// picture or clip.
    #[schema(value_type = String)]
    kind: MediaWorkKind,
    /// running or waiting.
    state: &'static str,
    /// How many of its kind come before it; 0 for one that runs.
    ahead: usize,
    /// The part that is done, 0 to 1; null for one that waits.
    done: Option<f64>,
    /// How many seconds it will still take, where enough is done to say so.
    seconds_left: Option<f64>,
}

/// The media work of this server.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkList {
    /// Oldest first.
    items: Vec<WorkAnswer>,
}

/// List the pictures and clips that this server is making fit, and those that wait, oldest first.
#[utoipa::path(
    get, path = "/api/media-work", tag = "media",
    responses((status = 200, description = "What waits and what runs", body = WorkList)),
)]
pub(crate) async fn work(State(app): State<App>, _: Caller) -> Json<WorkList> {
    let told = |work: MediaWork| WorkAnswer {
        kind: work.kind,
        state: if work.done.is_some() { "running" } else { "waiting" },
        ahead: work.ahead,
        done: work.done,
        seconds_left: work.left.map(|left| left.as_secs_f64().round()),
    };
    Json(WorkList { items: app.ports.media.queue().into_iter().map(told).collect() })
}
