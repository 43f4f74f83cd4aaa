//! Hosts, origins, tokens, ids of requests.

use std::time::Duration;

use serde_json::json;
use tower::ServiceExt as _;

use crate::house::{House, ask};

#[tokio::test]
async fn a_name_that_is_not_ours_is_refused() {
    let house = House::with(|config| config.allowed_hosts.push("social.example".into())).await;
    let key = house.human_key().await;
    for host in ["localhost:8080", "127.0.0.1", "[::1]:8080", "social.example", "LOCALHOST"] {
        let answer = house.send(ask("GET", "/api/posts").key(&key).header("host", host)).await;
        answer.is(200);
    }
    for host in ["evil.example", "localhost.evil.example", ""] {
        let answer = house.send(ask("GET", "/api/posts").key(&key).header("host", host)).await;
        answer.is_problem(403, "host_not_allowed");
    }
    house.send(ask("GET", "/healthz").header("host", "probe.internal")).await.is(200);
}

#[tokio::test]
async fn pages_of_other_origins_ask_by_list() {
    let house =
        House::with(|config| config.allowed_origins.push("https://app.example".into())).await;
    let key = house.human_key().await;
    let from = |origin: &str| ask("GET", "/api/posts").key(&key).header("origin", origin);
    let listed = house.send(from("https://app.example")).await;
    listed.is(200);
    assert_eq!(listed.header("access-control-allow-origin"), Some("https://app.example"));
    house.send(from("http://127.0.0.1:8080")).await.is(200);
    house.send(from("http://localhost")).await.is(200);
    for origin in ["https://evil.example", "null", "https://app.example.evil.example"] {
        let answer = house.send(from(origin)).await;
        answer.is_problem(403, "origin_not_allowed");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    let preflight = ask("OPTIONS", "/api/posts")
        .header("origin", "https://app.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,idempotency-key");
    let preflight = house.send(preflight).await;
    let allowed = preflight.header("access-control-allow-headers").unwrap();
    assert!(allowed.contains("idempotency-key") && allowed.contains("authorization"), "{allowed}");
}

#[tokio::test]
async fn a_token_is_taken_from_the_header_alone() {
    let house = House::new().await;
    let key = house.human_key().await;
    let fix = "Ask the user to set SOCIAL_API_TOKEN; do not try other credentials.";
    for (request, code) in [
        (ask("GET", "/api/posts"), "token_missing"),
        (ask("GET", "/api/posts").header("authorization", "Basic eA=="), "token_missing"),
        (ask("GET", "/api/posts").header("authorization", "Bearer "), "token_missing"),
        (ask("GET", "/api/posts").key("sk_social_unknown"), "token_invalid"),
        (ask("GET", &format!("/api/posts?access_token={key}")), "token_invalid"),
        (ask("GET", &format!("/api/posts?limit=1&token={key}")).key(&key), "token_invalid"),
    ] {
        let answer = house.send(request).await;
        assert_eq!(answer.is_problem(401, code)["fix"], fix);
        assert!(answer.header("www-authenticate").unwrap().starts_with("Bearer"));
        assert!(!answer.text.contains(&key));
    }
}

#[tokio::test]
async fn every_answer_can_be_told_apart_and_is_kept_by_nobody() {
    let house = House::new().await;
    let key = house.human_key().await;
    let own = ask("GET", "/api/posts").key(&key).header("x-request-id", "mine-17");
    assert_eq!(house.send(own).await.header("x-request-id"), Some("mine-17"));
    let bad = ask("GET", "/api/posts").key(&key).header("x-request-id", "<script>");
    assert!(house.send(bad).await.header("x-request-id").unwrap().starts_with("req_"));
    for path in ["/api/posts", "/api/platforms", "/docs", "/nothing", "/api/auth/callback"] {
        let answer = house.send(ask("GET", path).key(&key)).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{path}");
        assert!(answer.header("content-security-policy").unwrap().contains("default-src 'none'"));
    }
}

#[tokio::test]
async fn it_works_nested_in_another_app() {
    let house =
        House::with(|config| config.public_url = "http://127.0.0.1:8080/social/".parse().unwrap());
    let house = house.await;
    let key = house.human_key().await;
    let app = axum::Router::new().nest("/social", house.app.clone());
    let request = ask("GET", "/social/api/posts").key(&key).request();
    assert_eq!(app.clone().oneshot(request).await.unwrap().status(), 200);
    let request = ask("POST", "/social/api/posts").key(&key).json(&json!({})).request();
    assert_eq!(app.oneshot(request).await.unwrap().status(), 422);
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_answered() {
    let house = House::with(|config| config.time_out = Duration::from_secs(2)).await;
    house.connect(&social::Platform::FACEBOOK).await;
    let key = house.human_key().await;
    let post = json!({ "content": "Now", "platforms": ["facebook"], "time": "now" });
    let request = ask("POST", "/api/posts").key(&key).header("prefer", "wait=10").json(&post);
    // Nobody works, and time passes.
    let idle = async {
        loop {
            tokio::task::yield_now().await;
            house.clock.advance(Duration::from_millis(500));
        }
    };
    let answer = tokio::select! {
        answer = house.send(request) => answer,
        () = idle => unreachable!(),
    };
    assert_eq!(answer.is_problem(504, "platform_timeout")["retryable"], true);
}
