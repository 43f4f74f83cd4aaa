//! Whether the server lives, and whether it does its work.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use http::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};
use social_core::Timestamp;
use social_core::engine::Ports;
use social_core::ports::BlobKey;
use tokio::sync::Mutex;

use crate::Problem;

/// A worker that has not asked for work for so long is not at work.
const PULSE: Duration = Duration::from_secs(30);

/// How long a part may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// For how long a look is good: anybody may ask, and a look costs the disk a write.
const FRESH: Duration = Duration::from_secs(5);

/// For how long one is good that found something wrong, so that the end of it is told soon.
const WRONG: Duration = Duration::from_millis(100);

/// What was found, and when.
#[derive(Default)]
struct Look(Mutex<Option<(Timestamp, Vec<Part>)>>);

/// One part of the server, and what is wrong with it if anything is.
type Part = (&'static str, Result<Value, String>);

/// `GET /healthz` says that the process answers. `GET /readyz` says that work is being done: when a
/// worker last claimed, since a connection that answers pings proves nothing, and whether the
/// store, the blobs and the keys can be used. What it found is good for a moment.
pub fn health(ports: Ports) -> Router {
    let last = Arc::new(Look::default());
    let ready = move || {
        let (ports, last) = (ports.clone(), last.clone());
        async move { answer(&last.parts(&ports).await) }
    };
    Router::new().route("/healthz", get(|| std::future::ready("ok"))).route("/readyz", get(ready))
}

impl Look {
    async fn parts(&self, ports: &Ports) -> Vec<Part> {
        // Those who come meanwhile wait for this look and share it.
        let mut last = self.0.lock().await;
        let now = ports.clock.now();
        if let Some((at, parts)) = &*last
            && now.since(*at) < good_for(parts)
        {
            return parts.clone();
        }
        let (worker, store, blobs) = tokio::join!(
            soon(ports, worker(ports)),
            soon(ports, store(ports)),
            soon(ports, blobs(ports))
        );
        let platforms = ports.platforms.iter().map(|api| json!(api.platform())).collect();
        let parts = vec![
            ("worker", worker),
            ("store", store),
            ("blobs", blobs),
            ("keys", keys(ports)),
            ("platforms", Ok(Value::Array(platforms))),
        ];
        *last = Some((now, parts.clone()));
        parts
    }
}

fn good_for(parts: &[Part]) -> Duration {
    if parts.iter().all(|(_, found)| found.is_ok()) { FRESH } else { WRONG }
}

fn answer(parts: &[Part]) -> Response {
    let mut checks = Map::new();
    let mut wrong = Vec::new();
    for (name, found) in parts {
        let told = match found {
            Ok(found) => found.clone(),
            Err(why) => {
                wrong.push(format!("{name}: {why}"));
                json!({ "error": why })
            }
        };
        checks.insert((*name).to_owned(), told);
    }
    if wrong.is_empty() {
        return Json(json!({ "status": "ready", "checks": checks })).into_response();
    }
    let fix = "Look at what `checks` says and at the server's log.";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", wrong.join("; "), fix)
        .with("checks", checks)
        .into_response()
}

async fn soon(
    ports: &Ports,
    look: impl Future<Output = Result<Value, String>>,
) -> Result<Value, String> {
    tokio::select! {
        found = look => found,
        () = ports.clock.sleep_until(ports.clock.now() + PATIENCE) => {
            Err(format!("no answer within {} s", PATIENCE.as_secs()))
        }
    }
}

/// A worker anywhere, by what the queue knows.
async fn worker(ports: &Ports) -> Result<Value, String> {
    let last = ports.queue.last_claim().await.map_err(|error| hide("queue", &error))?;
    match last {
        Some(at) if ports.clock.now().since(at) <= PULSE => Ok(json!({ "last_claim": at })),
        Some(at) => Err(format!("no worker has asked for work since {at}: start one")),
        None => Err("no worker has ever asked for work: start one".to_owned()),
    }
}

async fn store(ports: &Ports) -> Result<Value, String> {
    let look = async { ports.store.begin().await?.workspaces().list().await };
    look.await.map(|_| "ok".into()).map_err(|error| hide("store", &error))
}

/// Written, read and forgotten.
async fn blobs(ports: &Ports) -> Result<Value, String> {
    let look = async {
        let key = BlobKey::new("probe/ready")?;
        ports.blobs.put(&key, axum::body::Bytes::from_static(b"ready")).await?;
        ports.blobs.get(&key).await?;
        ports.blobs.delete(&key).await?;
        ports.blobs.room().await
    };
    let reserve = ports.config.media_reserve;
    match look.await.map_err(|error| hide("blobs", &error))? {
        Some(room) if room < reserve => Err(format!(
            "{} MB are left on the disk of the media, less than the {} MB that stay free: make room",
            room >> 20,
            reserve >> 20
        )),
        _ => Ok("ok".into()),
    }
}

fn keys(ports: &Ports) -> Result<Value, String> {
    let look = || {
        let key = ports.sealer.new_data_key()?;
        let sealed = ports.sealer.seal(&key, "probe", &SecretString::from("ready"))?;
        ports.sealer.open(&key, "probe", &sealed)
    };
    match look() {
        Ok(opened) if opened.expose_secret() == "ready" => Ok("ok".into()),
        Ok(_) => Err("what was sealed does not open as it was".to_owned()),
        Err(error) => Err(hide("keys", &error)),
    }
}

/// Anybody may ask, so the cause, which may name files, goes to the log alone.
fn hide(part: &'static str, error: &dyn std::error::Error) -> String {
    tracing::error!(%error, part, "not ready");
    "it cannot be used; the log says why".to_owned()
}
