use axum::body::BodyDataStream;
use futures::StreamExt as _;
use serde_json::json;
use tower::ServiceExt as _;

use crate::house::{Ask, House, ask};

async fn listen(house: &House, ask: Ask) -> BodyDataStream {
    let response = house.app.clone().oneshot(ask.request()).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response.into_body().into_data_stream()
}

fn stream(key: &str) -> Ask {
    ask("GET", "/api/events").key(key)
}

/// The next event: its id, its name and its data.
async fn heard(stream: &mut BodyDataStream) -> (String, String, serde_json::Value) {
    let bytes = stream.next().await.expect("the stream goes on").unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_default().to_owned()
    };
    (field("id"), field("event"), serde_json::from_str(&field("data")).unwrap())
}

async fn publish(house: &House, key: &str) -> String {
    let post = json!({
        "content": "Heard", "platforms": ["facebook"], "time": "now", "allow_duplicate": true,
    });
    let made = house.send(ask("POST", "/api/posts").key(key).json(&post)).await;
    house.work(10).await;
    made.body["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_listener_hears_of_its_own_posts_alone() {
    let (house, key) = House::ready().await;
    let stranger = house.stranger().await;
    let mut ours = listen(&house, stream(&key)).await;
    let mut theirs = listen(&house, stream(&stranger)).await;
    let post = publish(&house, &key).await;
    let (_, name, data) = heard(&mut ours).await;
    assert_eq!((name.as_str(), &data["post_id"]), ("post.scheduled", &json!(post)));
    let (_, name, data) = heard(&mut ours).await;
    assert_eq!(name, "delivery");
    assert_eq!((&data["post_id"], &data["status"]), (&json!(post), &json!("published")));
    for field in ["delivery_id", "account_id", "platform", "at"] {
        assert!(data[field].is_string(), "{field}: {data}");
    }
    // Facebook tells the address later.
    let (_, name, late) = heard(&mut ours).await;
    assert_eq!((name.as_str(), &late["delivery_id"]), ("delivery", &data["delivery_id"]));
    assert!(late["url"].as_str().unwrap().starts_with("http://sim.test/"), "{late}");
    assert!(!data.to_string().contains("Heard"));
    assert!(futures::poll!(theirs.next()).is_pending());
}

#[tokio::test]
async fn a_listener_that_comes_back_hears_what_it_missed() {
    let (house, key) = House::ready().await;
    let mut first = listen(&house, stream(&key)).await;
    publish(&house, &key).await;
    let (id, ..) = heard(&mut first).await;
    drop(first);
    let missed = publish(&house, &key).await;
    for ask in [
        stream(&key).header("last-event-id", &id),
        ask("GET", &format!("/api/events?last_event_id={id}")).key(&key),
    ] {
        let mut again = listen(&house, ask).await;
        let mut names = Vec::new();
        for _ in 0..5 {
            let (_, name, data) = heard(&mut again).await;
            names.push((name, data["post_id"] == json!(missed)));
        }
        let names: Vec<(&str, bool)> = names.iter().map(|(n, mine)| (n.as_str(), *mine)).collect();
        let (theirs, mine) = (("delivery", false), ("delivery", true));
        assert_eq!(names, [theirs, theirs, ("post.scheduled", true), mine, mine]);
        assert!(futures::poll!(again.next()).is_pending());
    }
}

#[tokio::test]
async fn a_gap_is_said() {
    let (house, key) = House::ready().await;
    publish(&house, &key).await;
    let stranger = house.stranger().await;
    let mut old = listen(&house, stream(&key)).await;
    publish(&house, &key).await;
    let (ours, ..) = heard(&mut old).await;
    drop(old);
    let never = "evt_01JD3V9K7N3Q5R7T9V1X3Z5B7D".to_owned();
    // An id that was forgotten, none at all, and one of another workspace.
    for (key, last) in [(&key, never), (&key, "slip".to_owned()), (&stranger, ours)] {
        let mut again = listen(&house, stream(key).header("last-event-id", &last)).await;
        let (_, name, data) = heard(&mut again).await;
        assert_eq!(name, "missed");
        assert!(data["fix"].as_str().unwrap().contains("read the posts again"));
        assert!(futures::poll!(again.next()).is_pending(), "and from now on it goes on");
    }
}

#[tokio::test]
async fn streams_are_bounded_and_end() {
    let (house, key) = House::ready().await;
    let mut streams = Vec::new();
    for _ in 0..8 {
        streams.push(listen(&house, stream(&key)).await);
    }
    let ninth = house.send(stream(&key)).await;
    ninth.is_problem(429, "rate_limited");
    streams.pop();
    streams.push(listen(&house, stream(&key)).await);
    house.clock.advance(std::time::Duration::from_secs(15 * 60));
    assert!(streams[0].next().await.is_none(), "after a quarter of an hour it comes back");
    let mut last = listen(&house, stream(&house.human_key().await)).await;
    house.closing.cancel();
    assert!(last.next().await.is_none(), "the server stops");
}
