use futures::StreamExt as _;
use serde_json::json;
use tower::ServiceExt as _;

use crate::house::{House, ask};

#[tokio::test]
async fn a_listener_hears_of_its_own_posts_alone() {
    let (house, key) = House::ready().await;
    let stranger = house.stranger().await;
    let mut streams = Vec::new();
    for key in [&key, &stranger] {
        let request = ask("GET", "/api/events").key(key).request();
        let response = house.app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        streams.push(response.into_body().into_data_stream());
    }
    let post = json!({ "content": "Heard", "platforms": ["facebook"], "time": "now" });
    let made = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
    house.work(10).await;
    let event = streams[0].next().await.unwrap().unwrap();
    let event = String::from_utf8(event.to_vec()).unwrap();
    assert!(event.starts_with("event: delivery\n"), "{event}");
    assert!(event.contains(made.body["id"].as_str().unwrap()), "{event}");
    assert!(!event.contains("Heard"));
    let silent = futures::poll!(streams[1].next());
    assert!(silent.is_pending());
}
