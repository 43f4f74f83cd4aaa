//! Taking media in: the file's bytes as the body, streamed to disk.

#![allow(unused_qualifications, reason = "the macros of utoipa write them")]

use axum::body::{Body, BodyDataStream};
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Json, Response};
use futures::StreamExt as _;
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use social_core::domain::Asset;
use social_core::domain::media::MediaProbe;
use tokio::io::AsyncWriteExt as _;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Caller;
use super::extract::{Asked, id};
use super::{codes, table};
use crate::Problem;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(upload)).routes(routes!(get))
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

/// Upload a picture or a clip. The same bytes again give the same id.
#[utoipa::path(
    post, path = "/api/media", tag = "media", params(Called),
    request_body(content = String, content_type = "application/octet-stream", description = "The file's bytes"),
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
    if kind.is_some_and(|kind| kind.starts_with("multipart/") || kind.contains("form-urlencoded")) {
        return Err(codes::USE_RAW_BODY.problem("the body is a form"));
    }
    let limit = app.config.upload_limit;
    let too_large = || codes::TOO_LARGE.problem(format!("a file has at most {limit} bytes"));
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if length.and_then(|length| length.parse().ok()).is_some_and(|length: u64| length > limit) {
        return Err(too_large());
    }
    let failed = |error: std::io::Error| {
        table::hidden(&codes::UNAVAILABLE, "the file could not be kept", &error)
    };
    // A folder of its own, which is gone with everything in it however this ends.
    let folder = tempfile::tempdir().map_err(failed)?;
    let path = folder.path().join(file_name(called.name.as_deref()));
    let mut file = tokio::fs::File::create(&path).await.map_err(failed)?;
    let mut stream: BodyDataStream = Body::into_data_stream(request.into_body());
    let mut received = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| {
            codes::MALFORMED_JSON.problem("the body ended early").fix("Send the whole file again.")
        })?;
        received += chunk.len() as u64;
        if received > limit {
            return Err(too_large());
        }
        file.write_all(&chunk).await.map_err(failed)?;
    }
    if received == 0 {
        return Err(codes::USE_RAW_BODY.problem("the body is empty"));
    }
    file.flush().await.map_err(failed)?;
    drop(file);
    let asset = app.library().add_file(caller.workspace(), &path).await.map_err(table::problem)?;
    app.record(&caller, "media.upload", &asset.id.to_string()).await;
    let told = MediaAnswer::from(asset);
    let location = app.config.link(&format!("api/media/{}", told.id)).to_string();
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(told)).into_response())
}

/// A name that is a name and no path.
fn file_name(asked: Option<&str>) -> String {
    let last = asked.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(100).collect();
    match name.trim().trim_start_matches('.') {
        "" => "upload".to_owned(),
        name => name.to_owned(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leaves_its_folder() {
        for (asked, name) in [
            (None, "upload"),
            (Some("../../etc/passwd"), "passwd"),
            (Some("C:\\a\\photo.jpg"), "photo.jpg"),
            (Some(".."), "upload"),
            (Some("a\0b"), "ab"),
        ] {
            assert_eq!(file_name(asked), name);
        }
    }
}
