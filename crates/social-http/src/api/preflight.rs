//! `POST /api/preflight`: what would fail, found before anything is stored.

use axum::extract::State;
use axum::response::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Caller;
use super::extract::JsonBody;
use super::posts::{DryRun, NewPost, preview_answer};
use super::table;
use crate::Problem;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(preflight))
}

/// Tell what each network would get, and what stops it. The body is the one of POST /api/posts.
#[utoipa::path(
    post, path = "/api/preflight", tag = "posts", request_body = NewPost,
    responses((status = 200, description = "Nothing is stored", body = DryRun)),
)]
pub(crate) async fn preflight(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<NewPost>,
) -> Result<Json<DryRun>, Problem> {
    let asked = body.asked(&app, &caller).await?;
    let preview = app.posts().preview(&asked.request).await.map_err(table::problem)?;
    Ok(Json(preview_answer(&app, &asked.request, &preview)))
}
