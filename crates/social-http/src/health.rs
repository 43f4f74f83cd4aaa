//! Whether the server lives, and whether it does its work.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use http::StatusCode;
use social_core::ports::{Clock, JobQueue};

use crate::Problem;

/// A worker that has not asked for work for so long is not at work.
const PULSE: Duration = Duration::from_secs(30);

/// `GET /healthz` says that the process answers. `GET /readyz` says that work is being done: it
/// looks at when a worker last claimed, since a connection that answers pings proves nothing.
pub fn health(queue: Arc<dyn JobQueue>, clock: Arc<dyn Clock>) -> Router {
    let ready = move || {
        let (queue, clock) = (queue.clone(), clock.clone());
        async move { readiness(&*queue, &*clock).await }
    };
    Router::new().route("/healthz", get(|| std::future::ready("ok"))).route("/readyz", get(ready))
}

async fn readiness(queue: &dyn JobQueue, clock: &dyn Clock) -> Response {
    let not_ready = |detail: String| {
        let fix = "Start a worker, and look at its log.";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail, fix).into_response()
    };
    match queue.last_claim().await {
        Ok(Some(at)) if clock.now().since(at) <= PULSE => {
            Json(serde_json::json!({ "status": "ready", "last_claim": at })).into_response()
        }
        Ok(Some(at)) => not_ready(format!("no worker has asked for work since {at}")),
        Ok(None) => not_ready("no worker has ever asked for work".into()),
        Err(error) => not_ready(error.to_string()),
    }
}
