//! Media: taken in as the body or from another server, listed, told of, removed.

#![allow(unused_qualifications, reason = "the macros of utoipa write them")]

use axum::body::{Body, BodyDataStream};
use axum::extract::{FromRequest as _, Path, Request, State};
use axum::response::{IntoResponse, Json, Response};
use futures::StreamExt as _;
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use social_core::domain::media::MediaProbe;
use social_core::domain::{Asset, AssetId};
use social_core::engine::Incoming;
use url::Url;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Caller;
use super::cursor;
use super::extract::{Asked, JsonBody, field, id};
use super::{codes, table};
use crate::Problem;

const LIMIT: u32 = 20;
const MOST: u32 = 100;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, upload)).routes(routes!(get, remove))
}

/// A file that was taken in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MediaAnswer {
    /// `media_…`
    id: String,
    /// By its bytes, whatever it was called.
    mime: String,
    /// image, video or document.
    r#type: &'static str,
    width: u32,
    height: u32,
    bytes: u64,
    /// How long a clip runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    name: Option<String>,
    created_at: String,
}

impl From<Asset> for MediaAnswer {
    fn from(asset: Asset) -> Self {
        let (width, height) = asset.probe.size();
        let (kind, seconds) = match &asset.probe {
            MediaProbe::Image(_) => ("image", None),
            MediaProbe::Document(_) => ("document", None),
            MediaProbe::Video(video) => ("video", Some(video.duration.as_secs_f64())),
        };
        Self {
            id: asset.id.to_string(),
            mime: asset.mime,
            r#type: kind,
            width,
            height,
            bytes: asset.probe.bytes(),
            seconds,
            name: asset.name,
            created_at: asset.created_at.to_string(),
        }
    }
}

/// What the file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Called {
    /// A name for people; what the file is follows from its bytes.
    name: Option<String>,
}

/// Where a file is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Elsewhere {
    /// On a public server that asks for no password.
    #[schema(example = "https://example.com/beans.jpg")]
    url: String,
}

/// Upload a picture or a clip, as the whole body, or say in JSON where it is: `{"url": "https://…"}`.
/// The same bytes again give the same id. For large files, see POST /api/uploads.
#[utoipa::path(
    post, path = "/api/media", tag = "media", params(Called),
    request_body(content(
        (String = "application/octet-stream"),
        (Elsewhere = "application/json"),
    ), description = "The file's bytes, or where it is"),
    responses((status = 201, description = "Taken in", body = MediaAnswer)),
)]
pub(crate) async fn upload(
    State(app): State<App>,
    caller: Caller,
    Asked(called): Asked<Called>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default();
    if kind.starts_with("multipart/") || kind.contains("form-urlencoded") {
        return Err(codes::USE_RAW_BODY.problem("the body is a form"));
    }
    if kind.starts_with("application/json") {
        let JsonBody(elsewhere) = JsonBody::<Elsewhere>::from_request(request, &app).await?;
        let id = take_in(&app, &caller, &elsewhere.url, "/url").await?;
        let asset = app.library().get(caller.workspace(), id).await.map_err(table::problem)?;
        return Ok(taken(&app, asset));
    }
    let limit = app.config.upload_limit;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if length.and_then(|length| length.parse().ok()).is_some_and(|length: u64| length > limit) {
        return Err(codes::TOO_LARGE.problem(format!("a file has at most {limit} bytes")));
    }
    let incoming = Incoming::new(called.name.as_deref(), limit).await;
    let mut incoming = incoming.map_err(table::problem)?;
    let mut stream: BodyDataStream = Body::into_data_stream(request.into_body());
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| {
            codes::MALFORMED_JSON.problem("the body ended early").fix("Send the whole file again.")
        })?;
        incoming.write(&chunk).await.map_err(table::problem)?;
    }
    if incoming.bytes() == 0 {
        return Err(codes::USE_RAW_BODY.problem("the body is empty"));
    }
    let asset = app.library_of(&caller).take(caller.workspace(), incoming).await;
    Ok(taken(&app, asset.map_err(table::problem)?))
}

fn taken(app: &App, asset: Asset) -> Response {
    let told = MediaAnswer::from(asset);
    let location = app.config.link(&format!("api/media/{}", told.id)).to_string();
    (StatusCode::CREATED, [(header::LOCATION, location)], Json(told)).into_response()
}

/// Takes in what is on another server. `pointer` is where the request names it.
pub(crate) async fn take_in(
    app: &App,
    caller: &Caller,
    url: &str,
    pointer: &str,
) -> Result<AssetId, Problem> {
    let wrong = |detail: &str| field(&codes::MEDIA_UNSUPPORTED, pointer, detail);
    let url = Url::parse(url).map_err(|error| {
        wrong(&format!("no address: {error}")).fix("Give one like https://example.com/beans.jpg.")
    })?;
    let limit = app.config.upload_limit;
    let asset = app.library_of(caller).add_url(caller.workspace(), &url, limit).await;
    asset.map(|asset| asset.id).map_err(table::problem)
}

/// Which files to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// At most so many; 20 unless said, 100 at most.
    #[param(value_type = Option<u64>)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A page of files.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MediaPage {
    /// Newest first.
    items: Vec<MediaAnswer>,
    /// For the next page; null on the last.
    next_cursor: Option<String>,
}

/// List the files, newest first.
#[utoipa::path(
    get, path = "/api/media", tag = "media", params(Which),
    responses((status = 200, description = "A page; `Link` names the next", body = MediaPage)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let limit = which.limit.unwrap_or(LIMIT).clamp(1, MOST);
    let before = which.cursor.as_deref().map(cursor::read).transpose()?;
    let found = app.library().list(caller.workspace(), before, limit + 1).await;
    let mut found = found.map_err(table::problem)?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next_cursor = found.last().filter(|_| more).map(|asset| cursor::write(asset.id));
    let link = next_cursor.as_ref().map(|cursor| {
        let limit = which.limit.map(|limit| limit.to_string());
        let query = [("limit", limit.as_deref()), ("cursor", Some(cursor.as_str()))];
        cursor::link(&app, "api/media", &query)
    });
    let items = found.into_iter().map(Into::into).collect();
    let mut response = Json(MediaPage { items, next_cursor }).into_response();
    if let Some(link) = link.and_then(|link| link.parse().ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// Tell what a file is.
#[utoipa::path(
    get, path = "/api/media/{id}", tag = "media",
    params(("id" = String, Path, description = "`media_…`")),
    responses((status = 200, description = "What it is", body = MediaAnswer)),
)]
pub(crate) async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Json<MediaAnswer>, Problem> {
    let id = id(&text, &codes::MEDIA_NOT_FOUND)?;
    let asset = app.library().get(caller.workspace(), id).await.map_err(table::problem)?;
    Ok(Json(asset.into()))
}

/// Remove a file, with what was made of it. Posts that went out keep it on the networks.
#[utoipa::path(
    delete, path = "/api/media/{id}", tag = "media",
    params(("id" = String, Path, description = "`media_…`")),
    responses((status = 204, description = "Gone")),
)]
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = id(&text, &codes::MEDIA_NOT_FOUND)?;
    let gone = app.library_of(&caller).remove(caller.workspace(), id).await;
    gone.map_err(table::problem)?;
    Ok(StatusCode::NO_CONTENT)
}
