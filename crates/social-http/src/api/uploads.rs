//! Large files in pieces, over as many connections as it takes: the tus protocol, version 1.0
//! (<https://tus.io/protocols/resumable-upload>), with creation, termination, expiration and checksum.
//!
//! The file is taken into the library with its last byte; `Media-Id` then says what became of it.

#![allow(unused_qualifications, reason = "the macros of utoipa write them")]

use axum::extract::{Path, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Json, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde::Serialize;
use social_core::domain::{Upload, UploadId};
use social_core::engine::{Checksum, Error, UploadLimits, Uploads};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Caller;
use super::extract::id;
use super::{codes, table};
use crate::Problem;

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,termination,expiration,checksum";
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const MEDIA: HeaderName = HeaderName::from_static("media-id");

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(begin)).routes(routes!(get, append, remove))
}

/// Says to whoever asks by OPTIONS what of the protocol is spoken here. The answer itself is that of
/// the layer for other origins, which answers every OPTIONS.
pub(crate) async fn spoken(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let asked = request.method() == Method::OPTIONS
        && (path.ends_with("/api/uploads") || path.contains("/api/uploads/"));
    let mut response = next.run(request).await;
    if asked {
        let headers = response.headers_mut();
        for (name, value) in
            [("tus-resumable", VERSION), ("tus-version", VERSION), ("tus-extension", EXTENSIONS)]
        {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers.insert("tus-max-size", app.config.upload_limit.into());
        if let Ok(algorithms) = Checksum::ALGORITHMS.join(",").parse() {
            headers.insert("tus-checksum-algorithm", algorithms);
        }
    }
    response
}

/// How an upload stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadAnswer {
    /// `upl_…`
    id: String,
    /// How many bytes came.
    offset: u64,
    /// How many there will be.
    length: u64,
    name: Option<String>,
    /// `media_…`, once all of it came.
    media_id: Option<String>,
    /// When it goes unless somebody goes on with it.
    expires_at: String,
}

impl From<&Upload> for UploadAnswer {
    fn from(upload: &Upload) -> Self {
        Self {
            id: upload.id.to_string(),
            offset: upload.offset(),
            length: upload.length,
            name: upload.name.clone(),
            media_id: upload.asset.map(|asset| asset.to_string()),
            expires_at: upload.expires_at.to_string(),
        }
    }
}

fn uploads(app: &App, caller: &Caller) -> Uploads {
    Uploads::new(app.ports.clone(), app.library_of(caller))
}

/// The version of the protocol that is spoken here.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "it is there for the document")]
enum TusVersion {
    #[schema(rename = "1.0.0")]
    One,
}

/// Begin an upload. `Location` is where its bytes go to.
#[utoipa::path(
    post, path = "/api/uploads", tag = "uploads",
    params(
        ("Tus-Resumable" = inline(TusVersion), Header, description = "`1.0.0`"),
        ("Upload-Length" = u64, Header, description = "How many bytes there will be"),
        ("Upload-Metadata" = Option<String>, Header, description = "`filename` and its value in base64"),
    ),
    responses((status = 201, description = "Begun; send the bytes to `Location` by PATCH", body = UploadAnswer)),
)]
pub(crate) async fn begin(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    speaks_tus(&headers)?;
    let length = number(&headers, &LENGTH)?;
    let limits =
        UploadLimits { file: app.config.upload_limit, workspace: app.config.uploads_limit };
    let begun =
        uploads(&app, &caller).begin(caller.workspace(), length, name(&headers), limits).await;
    let upload = begun.map_err(table::problem)?;
    let location = app.config.link(&format!("api/uploads/{}", upload.id)).to_string();
    let told = Json(UploadAnswer::from(&upload));
    let mut response = (StatusCode::CREATED, [(header::LOCATION, location)], told).into_response();
    stand(&upload, response.headers_mut());
    Ok(response)
}

/// Tell how far an upload is. HEAD tells it by headers alone.
#[utoipa::path(
    get, path = "/api/uploads/{id}", tag = "uploads",
    params(("id" = String, Path, description = "`upl_…`")),
    responses((status = 200, description = "`Upload-Offset` is how far it is", body = UploadAnswer)),
)]
pub(crate) async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let id = id(&text, &codes::UPLOAD_NOT_FOUND)?;
    let found = uploads(&app, &caller).get(caller.workspace(), id).await;
    let upload = found.map_err(table::problem)?;
    let mut response = Json(UploadAnswer::from(&upload)).into_response();
    stand(&upload, response.headers_mut());
    Ok(response)
}

/// Send the bytes from `Upload-Offset` on. What arrives counts, also where the connection breaks;
/// with a checksum all of it counts or nothing.
#[utoipa::path(
    patch, path = "/api/uploads/{id}", tag = "uploads",
    params(
        ("id" = String, Path, description = "`upl_…`"),
        ("Tus-Resumable" = inline(TusVersion), Header, description = "`1.0.0`"),
        ("Upload-Offset" = u64, Header, description = "How far the upload is"),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha256` or `sha1`, and the digest of the body in base64"),
    ),
    request_body(content = Option<String>, content_type = "application/offset+octet-stream"),
    responses((status = 204, description = "Received; with the last byte, `Media-Id` is the file's id")),
)]
pub(crate) async fn append(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    speaks_tus(&headers)?;
    let id: UploadId = id(&text, &codes::UPLOAD_NOT_FOUND)?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind != Some("application/offset+octet-stream") {
        let fix = "Send the bytes with Content-Type: application/offset+octet-stream.";
        return Err(codes::USE_RAW_BODY.problem("the body is of another type").fix(fix));
    }
    let offset = number(&headers, &OFFSET)?;
    let checksum = checksum(&headers)?;
    let bytes = request.into_body().into_data_stream();
    let uploads = uploads(&app, &caller);
    let appended = uploads.append(caller.workspace(), id, offset, checksum, bytes).await;
    let upload = appended.map_err(|error| match error {
        Error::Stale(why) => codes::UPLOAD_MOVED.problem(why),
        error => table::problem(error),
    })?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    stand(&upload, response.headers_mut());
    Ok(response)
}

/// Remove an upload with all that came of it. What it became stays.
#[utoipa::path(
    delete, path = "/api/uploads/{id}", tag = "uploads",
    params(
        ("id" = String, Path, description = "`upl_…`"),
        ("Tus-Resumable" = inline(TusVersion), Header, description = "`1.0.0`"),
    ),
    responses((status = 204, description = "Gone")),
)]
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    speaks_tus(&headers)?;
    let id = id(&text, &codes::UPLOAD_NOT_FOUND)?;
    let gone = uploads(&app, &caller).remove(caller.workspace(), id).await;
    gone.map_err(table::problem)?;
    Ok((StatusCode::NO_CONTENT, [(RESUMABLE, VERSION)]).into_response())
}

fn speaks_tus(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get(&RESUMABLE).map(HeaderValue::as_bytes) {
        Some(version) if version == VERSION.as_bytes() => Ok(()),
        _ => Err(codes::TUS_VERSION
            .problem("this is version 1.0.0 of the tus protocol")
            .header(HeaderName::from_static("tus-version"), VERSION)),
    }
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, Problem> {
    let value = headers.get(name).and_then(|value| value.to_str().ok()?.parse().ok());
    value.ok_or_else(|| {
        codes::HEADER_INVALID.problem(format!("{name} is missing, or no count of bytes"))
    })
}

/// `Upload-Checksum`: the name of an algorithm and a digest in base64.
fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, Problem> {
    let Some(value) = headers.get(&CHECKSUM) else { return Ok(None) };
    let pair = value.to_str().ok().and_then(|value| value.trim().split_once(' '));
    let read =
        pair.and_then(|(name, digest)| Checksum::new(name, &STANDARD.decode(digest.trim()).ok()?));
    read.map(Some).ok_or_else(|| {
        let known = Checksum::ALGORITHMS.join(" or ");
        let detail = format!("{CHECKSUM} is {known}, a space, and the digest in base64");
        codes::HEADER_INVALID.problem(detail)
    })
}

/// `filename` of `Upload-Metadata`: pairs of a name and a value in base64.
fn name(headers: &HeaderMap) -> Option<String> {
    let pairs = headers.get(&METADATA)?.to_str().ok()?;
    let value = pairs.split(',').find_map(|pair| pair.trim().strip_prefix("filename "))?;
    String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()
}

/// How the upload stands, in headers.
fn stand(upload: &Upload, headers: &mut HeaderMap) {
    let expires = upload.expires_at.as_datetime().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let media = upload.asset.map(|asset| asset.to_string());
    for (name, value) in [
        (RESUMABLE, Some(VERSION.to_owned())),
        (OFFSET, Some(upload.offset().to_string())),
        (LENGTH, Some(upload.length.to_string())),
        (EXPIRES, Some(expires)),
        (MEDIA, media),
    ] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(name, value);
        }
    }
}
