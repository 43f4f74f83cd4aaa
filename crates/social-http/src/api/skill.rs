//! `GET /skill/SKILL.md`: how an agent uses this server.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header;

use super::app::App;
use super::codes;
use crate::Problem;

/// What stands in the text where this server's address belongs.
const PLACE: &str = "{{base_url}}";

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/skill/SKILL.md", get(skill))
}

async fn skill(State(app): State<App>) -> Result<Response, Problem> {
    let Some(text) = &app.config.skill else {
        return Err(codes::NOT_FOUND.problem("this server serves no skill"));
    };
    let base = app.config.public_url.as_str().trim_end_matches('/');
    let headers = [(header::CONTENT_TYPE, "text/markdown; charset=utf-8")];
    Ok((headers, text.replace(PLACE, base)).into_response())
}
