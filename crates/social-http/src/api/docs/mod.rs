//! Pages for people: the API to be read and tried, and what each error code means. They need no
//! network but this server.

use axum::Router;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::header;
use utoipa::openapi::OpenApi;

use super::app::App;
use super::codes;

/// Only what this server itself serves may run on these pages.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      connect-src 'self'; frame-ancestors 'none'";

/// `/openapi.json`, `/docs` and `/docs/errors`.
pub(crate) fn routes(document: &OpenApi) -> Router<App> {
    let json = document.to_json().unwrap_or_default();
    let errors = errors();
    let served = move |kind: &'static str, text: String| {
        get(move || std::future::ready(asset(kind, text.clone())))
    };
    Router::new()
        .route("/openapi.json", served("application/json", json))
        .route("/docs/page.js", served("text/javascript", include_str!("page.js").into()))
        .route("/docs/page.css", served("text/css", include_str!("page.css").into()))
        .route("/docs", get(|| std::future::ready(page(include_str!("page.html").into()))))
        .route("/docs/errors", get(move || std::future::ready(page(errors.clone()))))
}

fn asset(kind: &'static str, text: String) -> Response {
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

fn page(html: String) -> Response {
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(html)).into_response()
}

/// What each code means, by its name as the anchor.
fn errors() -> String {
    let row = |known: &&codes::Known| {
        let codes::Known { code, status, fix } = known;
        let fix = fix.replace('&', "&amp;").replace('<', "&lt;");
        format!(
            "<tr id=\"{code}\"><td>{status}</td><td><code>{code}</code></td><td>{fix}</td></tr>\n"
        )
    };
    let rows: String = codes::ALL.iter().map(row).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>Errors</title>\n<link rel=\"stylesheet\" href=\"page.css\">\n</head>\n<body>\n\
         <h1>Errors</h1>\n<table>\n<tr><th>Status</th><th>Code</th><th>What to do</th></tr>\n\
         {rows}</table>\n</body>\n</html>\n"
    )
}
