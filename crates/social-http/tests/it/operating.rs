//! What those who look after the server ask it, and how it says that it has too much to do.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use http::StatusCode;
use serde_json::json;
use social_http::{Api, ApiConfig};
use tower::ServiceExt as _;

use crate::house::{Ask, House, ask};

#[tokio::test]
async fn it_is_ready_while_a_worker_asks_for_work() {
    let house = House::new().await;
    house.send(ask("GET", "/healthz")).await.is(200);
    let idle = house.send(ask("GET", "/readyz")).await;
    let problem = idle.is_problem(503, "unavailable");
    assert!(problem["detail"].as_str().unwrap().contains("worker: no worker has ever asked"));
    house.work(1).await;
    house.clock.advance(Duration::from_secs(28));
    let ready = house.send(ask("GET", "/readyz")).await;
    let checks = &ready.is(200)["checks"];
    for part in ["store", "blobs", "keys"] {
        assert_eq!(checks[part], "ok", "{part}");
    }
    assert!(checks["platforms"].as_array().unwrap().contains(&json!("facebook")));
    // What was found a moment ago is told again, since looking costs the disk a write.
    house.clock.advance(Duration::from_secs(3));
    house.send(ask("GET", "/readyz")).await.is(200);
    house.clock.advance(Duration::from_secs(3));
    house.send(ask("GET", "/readyz")).await.is_problem(503, "unavailable");
}

#[tokio::test]
async fn one_request_too_many_is_told_to_come_again() {
    let house = House::with(|config| config.requests_at_once = 1).await;
    house.connect(&social::Platform::FACEBOOK).await;
    let key = house.human_key().await;
    let post = json!({ "content": "Now", "platforms": ["facebook"], "time": "now" });
    let waiting = ask("POST", "/api/posts").key(&key).header("prefer", "wait=10").json(&post);
    let mut waiting = Box::pin(house.send(waiting));
    assert!(futures::poll!(waiting.as_mut()).is_pending());
    let refused = house.send(ask("GET", "/api/posts").key(&key)).await;
    assert_eq!(refused.is_problem(503, "unavailable")["retryable"], true);
    assert_eq!(refused.header("retry-after"), Some("1"));
    house.send(ask("GET", "/healthz")).await.is(200);
    drop(waiting);
    house.send(ask("GET", "/api/posts").key(&key)).await.is(200);
}

#[tokio::test]
async fn over_tls_browsers_are_told_to_stay_there() {
    let house = House::new().await;
    let plain = house.send(ask("GET", "/healthz")).await;
    assert_eq!(plain.header("strict-transport-security"), None);
    let public = |config: &mut ApiConfig| config.public_url = "https://a.example".parse().unwrap();
    let house = House::with(public).await;
    let answer = house.send(ask("GET", "/healthz")).await;
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
}

fn measured(house: &House, token: Option<&str>) -> Router {
    let mut config = ApiConfig::new("http://127.0.0.1:8080".parse().unwrap());
    config.metrics_token = token.map(Into::into);
    Api::builder(house.social.ports().clone(), config).metrics(|| "social_x 1\n".into()).build()
}

async fn scrape(app: &Router, from: Option<&str>, ask: Ask) -> (StatusCode, String) {
    let mut request = ask.request();
    if let Some(from) = from {
        let from: SocketAddr = from.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(from));
    }
    let answer = app.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn numbers_are_never_told_to_strangers() {
    let house = House::new().await;
    let app = measured(&house, None);
    let get = || ask("GET", "/metrics");
    let (status, body) = scrape(&app, Some("127.0.0.1:4711"), get()).await;
    assert_eq!((status.as_u16(), body.as_str()), (200, "social_x 1\n"));
    for (from, asked) in [
        (Some("192.0.2.7:4711"), get()),
        (None, get()),
        (Some("127.0.0.1:4711"), get().header("x-forwarded-for", "192.0.2.7")),
        (Some("127.0.0.1:4711"), get().header("host", "evil.example")),
    ] {
        assert_eq!(scrape(&app, from, asked).await.0, 403, "{from:?}");
    }
    let app = measured(&house, Some("scraper"));
    let stranger = Some("192.0.2.7:4711");
    assert_eq!(scrape(&app, stranger, get().key("scraper")).await.0, 200);
    assert_eq!(scrape(&app, stranger, get().key("another")).await.0, 403);
    assert_eq!(scrape(&app, Some("127.0.0.1:4711"), get()).await.0, 403);
    // An app that keeps no numbers has no such route.
    house.send(ask("GET", "/metrics")).await.is_problem(404, "not_found");
}
