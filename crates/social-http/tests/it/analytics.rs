use serde_json::{Value, json};
use social::Platform;

use crate::house::{House, ask};

#[tokio::test]
async fn numbers_are_added_up_and_what_is_unknown_is_null() {
    let (house, key) = House::ready().await;
    house.connect(&Platform::TIKTOK).await;
    let post = json!({ "content": "Numbers", "platforms": ["facebook"], "time": "now" });
    house.send(ask("POST", "/api/posts").key(&key).json(&post)).await.is(202);
    house.work(90).await;
    let report = house.send(ask("GET", "/api/analytics?timeframe=24h").key(&key)).await;
    let body = report.is(200);
    assert_eq!(body["totals"]["posts"], 1);
    assert!(body["totals"]["engagements"].is_number(), "{}", report.text);
    assert_eq!(body["by_platform"][0]["key"], "facebook");
    assert_eq!(body["series"][0]["key"], "2027-01-15");
    assert_eq!(body["top_posts"].as_array().unwrap().len(), 1);
    let coverage = body["coverage"].as_array().unwrap();
    assert_eq!(coverage.len(), 2);
    assert_eq!(coverage[0]["status"], "ok");

    let none = house.send(ask("GET", "/api/analytics?platforms=tiktok").key(&key)).await;
    assert_eq!(none.is(200)["totals"]["posts"], 0);
    assert_eq!(none.body["totals"]["likes"], Value::Null);
    let by_post = house.send(ask("GET", "/api/analytics?group_by=post").key(&key)).await;
    assert!(by_post.is(200)["series"][0]["key"].as_str().unwrap().starts_with("post_"));
}

#[tokio::test]
async fn a_timeframe_is_checked() {
    let house = House::new().await;
    let key = house.human_key().await;
    for (query, status, code) in [
        ("timeframe=1y", 422, "timeframe_invalid"),
        ("timeframe=2027-01-01T00:00:00/2027-01-02T00:00:00", 422, "time_without_offset"),
        ("post_id=post_01JD3V9K7N3Q5R7T9V1X3Z5B7D", 404, "post_not_found"),
        ("group_by=mood", 400, "query_invalid"),
    ] {
        let answer = house.send(ask("GET", &format!("/api/analytics?{query}")).key(&key)).await;
        answer.is_problem(status, code);
    }
}
