//! `GET /metrics`: the numbers, for Prometheus. Never to strangers: with the token that the
//! configuration names or, without one, to this machine alone.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Extension, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderName, header};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use social_core::Timestamp;
use social_core::domain::{Dimension, Metric, Platform, WorkspaceId};
use social_core::engine::{Error, Ports};
use social_core::measure;
use social_core::statistics::utc_day;
use tokio::sync::Mutex;

use super::app::App;
use super::{codes, edge, measured};
use crate::Problem;

/// Writes down the numbers that were counted so far, in the text format of Prometheus.
pub(crate) type Render = Arc<dyn Fn() -> String + Send + Sync>;

/// For how long the sums over published posts are good; reading them reads many rows.
const SUMMED: Duration = Duration::from_secs(60);

/// How far back they go.
const MONTH: Duration = Duration::from_secs(30 * 24 * 3600);

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Whoever sends one of these speaks for somebody else, so its own address says nothing.
const FORWARDED: [HeaderName; 3] = [
    header::FORWARDED,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-real-ip"),
];

pub(crate) fn routes(render: Option<Render>) -> Router<App> {
    let Some(render) = render else { return Router::new() };
    measure::describe();
    measured::describe();
    let summed = Arc::new(Mutex::new(None));
    let scrape = move |State(app): State<App>,
                       from: Option<Extension<ConnectInfo<SocketAddr>>>,
                       headers: HeaderMap| {
        let (render, summed) = (render.clone(), summed.clone());
        async move { scrape(&app, from, &headers, &*render, &summed).await }
    };
    Router::new().route("/metrics", get(scrape))
}

async fn scrape(
    app: &App,
    from: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: &HeaderMap,
    render: &(dyn Fn() -> String + Send + Sync),
    summed: &Mutex<Option<Timestamp>>,
) -> Result<Response, Problem> {
    let peer = from.map(|Extension(ConnectInfo(address))| address);
    allowed(app.config.metrics_token.as_ref(), peer, headers)?;
    let ports = &app.ports;
    // What cannot be read now keeps its last value; /readyz tells of a store that fails.
    if let Err(error) = refresh(ports, summed).await {
        tracing::warn!(%error, "not all numbers could be read");
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, render()).into_response())
}

fn allowed(
    token: Option<&SecretString>,
    peer: Option<SocketAddr>,
    headers: &HeaderMap,
) -> Result<(), Problem> {
    let Some(token) = token else {
        let passed_on = FORWARDED.iter().any(|name| headers.contains_key(name));
        // A page of somebody's browser comes from this machine too, by a name of its own.
        let named = edge::names_loopback(headers);
        return match peer {
            Some(peer) if peer.ip().is_loopback() && !passed_on && named => Ok(()),
            _ => Err(codes::METRICS_CLOSED.problem("the numbers are for this machine alone")),
        };
    };
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    // Of hashes, how far they agree tells nothing.
    if Sha256::digest(given) == Sha256::digest(token.expose_secret()) {
        return Ok(());
    }
    Err(codes::METRICS_CLOSED.problem("the token for the numbers is missing or another"))
}

/// Reads what is not counted as it happens.
async fn refresh(ports: &Ports, summed: &Mutex<Option<Timestamp>>) -> Result<(), Error> {
    let now = ports.clock.now();
    measure::queue(&ports.queue.backlog(now).await?, ports.queue.last_claim().await?, now);
    let mut summed = summed.lock().await;
    if summed.is_some_and(|at| now.since(at) < SUMMED) {
        return Ok(());
    }
    let workspaces = ports.store.begin().await?.workspaces().list().await?;
    let mut totals: BTreeMap<(Platform, Metric), u64> = BTreeMap::new();
    for workspace in workspaces {
        sum(ports, workspace.id, now, &mut totals).await?;
    }
    for ((platform, metric), total) in totals {
        measure::engagement(&platform, metric, total);
    }
    *summed = Some(now);
    Ok(())
}

async fn sum(
    ports: &Ports,
    ws: WorkspaceId,
    now: Timestamp,
    totals: &mut BTreeMap<(Platform, Metric), u64>,
) -> Result<(), Error> {
    let mut unit = ports.store.read().await?;
    let (from, to) = (utc_day(now - MONTH), utc_day(now + DAY));
    for row in unit.analytics().tallied(ws, from, to, &[Dimension::All]).await? {
        for (metric, sum) in row.sums.of {
            *totals.entry((row.platform.clone(), metric)).or_default() += sum.value;
        }
    }
    Ok(())
}
