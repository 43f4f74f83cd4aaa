//! `POST /mcp`: the tools over streamable HTTP, without sessions. What a tool asks goes through the
//! very routes of the API, in this process, as whoever called the tool.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::middleware::from_fn_with_state;
use axum::routing::post_service;
use http::request::Parts;
use http::{HeaderName, Request, StatusCode, header};
use rmcp::RoleServer;
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::Value;
use tower::ServiceExt as _;

use super::app::App;
use super::measured::Inside;
use super::{auth, codes};
use crate::call::{self, Call, tell};
use crate::mcp::{Backend, Tools};

/// What a question inside takes over from the request that called the tool.
const PASSED: [HeaderName; 3] =
    [header::AUTHORIZATION, header::HOST, HeaderName::from_static("x-request-id")];

/// The route, over the whole `api`.
pub(crate) fn routes(api: Router, app: &App) -> Router {
    // Host and origin are checked at the edge, by the same rules as those of the API.
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .disable_allowed_hosts()
        .with_max_request_body_bytes(app.config.body_limit);
    let serve = move || Ok(Tools(ThisServer { api: api.clone() }));
    let service =
        StreamableHttpService::new(serve, Arc::new(NeverSessionManager::default()), config);
    Router::new()
        .route("/mcp", post_service(service))
        .route_layer(from_fn_with_state(app.clone(), auth::with_any_key))
}

/// The API of this process.
struct ThisServer {
    api: Router,
}

impl Backend for ThisServer {
    async fn send(&self, call: Call, context: &RequestContext<RoleServer>) -> Result<Value, Value> {
        let failed = |detail: &str| codes::INTERNAL.problem(detail).body(None, None);
        let target = call.target().map_err(|_| failed("the question has no address"))?;
        let mut request = Request::builder().method(&call.method).uri(target);
        if let Some(caller) = context.extensions.get::<Parts>() {
            for name in PASSED {
                if let Some(value) = caller.headers.get(&name) {
                    request = request.header(name, value);
                }
            }
        }
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        let request = request
            .extension(Inside)
            .body(Body::from(call.body))
            .map_err(|_| failed("an argument holds a character that no header may hold"))?;
        let Ok(answer) = self.api.clone().oneshot(request).await;
        let (parts, body) = answer.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX)
            .await
            .map_err(|_| failed("the answer ended early"))?;
        let read = call::read(&parts.headers, &bytes);
        let mut body = read.ok_or_else(|| failed("the answer is no JSON"))?;
        if let Value::Object(fields) = &mut body {
            tell(&parts.headers, fields);
        }
        let fine = parts.status < StatusCode::BAD_REQUEST;
        if fine { Ok(body) } else { Err(body) }
    }
}
