use serde_json::json;

use crate::house::{House, ask};

#[tokio::test]
async fn words_are_suggested_and_fit() {
    let house = House::new().await;
    let key = house.human_key().await;
    let send = |path: &'static str, body: serde_json::Value| {
        let request = ask("POST", path).key(&key).json(&body);
        house.send(request)
    };
    let topic = json!({ "topic": "We roast coffee at the harbour.", "platform": "facebook" });
    let caption = send("/api/content/caption", topic).await;
    assert_eq!(caption.is(200)["source"], "offline");
    let text = json!({ "text": "Fresh coffee, roasted at the harbour. Coffee!", "limit": 2 });
    let tags = send("/api/content/hashtags", text).await;
    assert_eq!(tags.is(200)["hashtags"], json!(["coffee", "harbour"]));
    let long = json!({ "text": "word ".repeat(1000), "platform": "instagram", "media": true });
    let fit = send("/api/content/optimize", long).await;
    assert!(fit.is(200)["text"].as_str().unwrap().chars().count() <= 2200);
    let ideas = send("/api/content/ideas", json!({ "industry": "coffee roastery" })).await;
    assert!(!ideas.is(200)["items"].as_array().unwrap().is_empty());
    let nothing = send("/api/content/hashtags", json!({ "text": " " })).await;
    nothing.is_problem(422, "content_empty");
    let where_to = send("/api/content/caption", json!({ "topic": "x", "platform": "myspace" }));
    where_to.await.is_problem(422, "platform_unknown");
}
