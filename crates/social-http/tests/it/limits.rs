use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::extract::ConnectInfo;
use tower::ServiceExt as _;

use crate::house::{House, ask};

#[tokio::test]
async fn a_key_that_asks_too_often_is_told_when_to_come_back() {
    let few = NonZeroU32::new(3).unwrap();
    let house = House::with(|config| config.requests_per_minute = few).await;
    let (key, other) = (house.human_key().await, house.human_key().await);
    for left in ["2", "1", "0"] {
        let answer = house.send(ask("GET", "/api/posts").key(&key)).await;
        answer.is(200);
        assert_eq!(answer.header("ratelimit-policy"), Some("\"key\";q=3;w=60"));
        assert!(answer.header("ratelimit").unwrap().starts_with(&format!("\"key\";r={left};")));
    }
    let refused = house.send(ask("GET", "/api/posts").key(&key)).await;
    assert_eq!(refused.is_problem(429, "rate_limited")["retryable"], true);
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=21).contains(&wait), "{wait}");
    house.send(ask("GET", "/api/posts").key(&other)).await.is(200);
    house.clock.advance(Duration::from_secs(wait));
    house.send(ask("GET", "/api/posts").key(&key)).await.is(200);
}

#[tokio::test]
async fn an_address_that_guesses_tokens_is_slowed_down() {
    let few = NonZeroU32::new(2).unwrap();
    let house = House::with(|config| config.address_requests_per_minute = few).await;
    let address: SocketAddr = "192.0.2.7:4711".parse().unwrap();
    let mut statuses = Vec::new();
    for guess in ["a", "b", "c"] {
        let mut request = ask("GET", "/api/posts").key(guess).request();
        request.extensions_mut().insert(ConnectInfo(address));
        statuses.push(house.app.clone().oneshot(request).await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [401, 401, 429]);
}
