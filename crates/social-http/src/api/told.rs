//! What networks tell by themselves: a person took the grant back, or wants their data gone.
//!
//! Nothing is believed without the signature of the app's secret. The addresses are entered where
//! the app is registered: `api/callbacks/{platform}` as the deauthorize callback (Meta) and the
//! webhook (TikTok), `api/callbacks/{platform}/deletion` as the data deletion request (Meta,
//! "Data deletion callback").

#![allow(unused_qualifications, reason = "the macros of utoipa write them")]

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::response::{Json, Response};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use social_core::ErrorKind;
use social_core::domain::Platform;
use social_core::ports::Callback;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Address;
use super::pages::Page;
use super::{codes, table};
use crate::Problem;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(told)).routes(routes!(deletion, deleted))
}

/// That it was read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Heard {
    received: bool,
}

/// What a network calls with, signed. A person who took the grant back is asked to sign in again.
#[utoipa::path(
    post, path = "/api/callbacks/{platform}", operation_id = "callbacks_told", tag = "accounts",
    security(()), params(("platform" = String, Path, description = "Such as facebook")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "It was read", body = Heard)),
)]
pub(crate) async fn told(
    State(app): State<App>,
    _: Address,
    Path(platform): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Heard>, Problem> {
    let (platform, callback) = proved(&app, &platform, &headers, &body)?;
    app.tokens().called(&platform, &callback).await.map_err(table::problem)?;
    Ok(Json(Heard { received: true }))
}

/// What a network shows a person who asked it for their data to be deleted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Deletion {
    /// Where the person sees what became of it.
    url: String,
    /// What they may quote.
    confirmation_code: String,
}

/// What a network calls with when a person wants their data gone, signed. It is gone when this
/// answers.
#[utoipa::path(
    post, path = "/api/callbacks/{platform}/deletion", operation_id = "callbacks_deletion",
    tag = "accounts", security(()),
    params(("platform" = String, Path, description = "Such as facebook")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "Where the person sees it", body = Deletion)),
)]
pub(crate) async fn deletion(
    State(app): State<App>,
    _: Address,
    Path(platform): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Deletion>, Problem> {
    let (platform, callback) = proved(&app, &platform, &headers, &body)?;
    let Callback::Deauthorized { subject } = callback else {
        return Err(codes::MALFORMED_REQUEST.problem("the call names nobody"));
    };
    app.tokens().erase(&platform, &subject).await.map_err(table::problem)?;
    let code = app.ports.ids.uuid(app.now()).simple().to_string();
    let mut url = app.config.link(&format!("api/callbacks/{platform}/deletion"));
    url.query_pairs_mut().append_pair("code", &code);
    Ok(Json(Deletion { url: url.into(), confirmation_code: code }))
}

/// Which request.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// As the network was told it.
    #[serde(default)]
    code: String,
}

/// What became of a request to delete data: a page for the person.
#[utoipa::path(
    get, path = "/api/callbacks/{platform}/deletion", operation_id = "callbacks_deleted",
    tag = "accounts", security(()),
    params(("platform" = String, Path, description = "Such as facebook"), Which),
    responses((status = 200, description = "A page for the person", body = String, content_type = "text/html")),
)]
pub(crate) async fn deleted(
    State(app): State<App>,
    Path(platform): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let name = known(&app, &platform)?;
    let page = Page::new("Your data").line(&format!(
        "Requests to delete what came from {name} are carried out when they arrive: access tokens, \
         and the names and handles of accounts, are wiped out. What was published stays at {name}, \
         where you can delete it."
    ));
    let page = match which.code.as_str() {
        "" => page,
        code => page.line(&format!("The request {code} is done.")),
    };
    Ok(page.answer(StatusCode::OK))
}

fn known(app: &App, platform: &str) -> Result<Platform, Problem> {
    let found = app.ports.platforms.iter().find(|api| api.platform().as_str() == platform);
    let none = || codes::NOT_FOUND.problem(format!("the network `{platform}` is not known here"));
    found.map(|api| api.platform().clone()).ok_or_else(none)
}

/// What a network tells, once it is proved that it is the network.
fn proved(
    app: &App,
    platform: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(Platform, Callback), Problem> {
    let platform = known(app, platform)?;
    let api = app.ports.platforms.get(&platform).map_err(table::problem)?;
    match api.callback(headers, body) {
        Ok(callback) => Ok((platform, callback)),
        Err(error) if error.kind == ErrorKind::Unsupported => {
            Err(codes::NOT_FOUND.problem(error.detail))
        }
        Err(error) => {
            tracing::warn!(%error, "a call that a network is said to make was not believed");
            Err(codes::CALL_NOT_SIGNED.problem(error.detail))
        }
    }
}
