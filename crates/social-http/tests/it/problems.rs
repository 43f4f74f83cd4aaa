//! What cannot be read or is not there, in the form that all problems have.

use serde_json::json;

use crate::house::{House, ask};

#[tokio::test]
async fn what_the_framework_refuses_takes_the_same_form() {
    let (house, key) = House::ready().await;
    let json = |text: &str| {
        ask("POST", "/api/posts")
            .key(&key)
            .header("content-type", "application/json")
            .raw(text.to_owned())
    };
    house.send(ask("GET", "/api/nothing").key(&key)).await.is_problem(404, "not_found");
    let method = house.send(ask("PUT", "/api/posts").key(&key)).await;
    method.is_problem(405, "method_not_allowed");
    assert!(method.header("allow").unwrap().contains("POST"));
    house.send(json("{\"content\":")).await.is_problem(400, "malformed_json");
    house.send(json("[1]")).await.is_problem(400, "malformed_json");
    let large = json(&format!("{{\"content\":\"{}\"}}", "x".repeat(1 << 20)));
    house.send(large).await.is_problem(413, "too_large");
    let form = json("content=x").header("content-type", "application/x-www-form-urlencoded");
    house.send(form).await.is_problem(415, "use_json");
    let query = house.send(ask("GET", "/api/posts?limit=many").key(&key)).await;
    query.is_problem(400, "query_invalid");
    let query = house.send(ask("GET", "/api/posts?colour=red").key(&key)).await;
    assert!(query.is_problem(400, "query_invalid")["detail"].as_str().unwrap().contains("colour"));
    let id = house.send(ask("GET", "/api/posts/17").key(&key)).await;
    id.is_problem(404, "post_not_found");
}

#[tokio::test]
async fn the_field_at_fault_is_named() {
    let (house, key) = House::ready().await;
    for (body, code, pointer) in [
        (json!({ "content": "x", "platforms": [], "colour": 1 }), "unknown_field", "/colour"),
        (json!({ "platforms": [] }), "invalid_field", "/content"),
        (json!({ "content": 1, "platforms": [] }), "invalid_field", "/content"),
        (
            json!({ "content": "x", "platforms": ["facebook"], "media": [{ "id": "a", "x": 1 }] }),
            "unknown_field",
            "/media/0/x",
        ),
        (
            json!({ "content": "x", "platforms": ["facebook"], "time": "2027-02-01T10:00" }),
            "time_without_offset",
            "/time",
        ),
        (
            json!({ "content": "x", "platforms": ["facebook"], "time": "tomorrow" }),
            "time_invalid",
            "/time",
        ),
        (
            json!({ "content": "x", "platforms": ["instagram"] }),
            "account_not_connected",
            "/platforms/0",
        ),
        (json!({ "content": " ", "platforms": ["facebook"] }), "content_empty", "/content"),
        (
            json!({ "content": "x", "platforms": ["facebook"], "time": "2020-02-01T10:00:00Z" }),
            "time_in_past",
            "/time",
        ),
    ] {
        let answer = house.send(ask("POST", "/api/posts").key(&key).json(&body)).await;
        let problem = answer.is_problem(422, code);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{}", answer.text);
    }
    assert_eq!(house.stored().await, 0);
}

#[tokio::test]
async fn an_unknown_network_is_told_the_known_ones() {
    let (house, key) = House::ready().await;
    for name in ["myspace", "My Space"] {
        let body = json!({ "content": "x", "platforms": [name] });
        let answer = house.send(ask("POST", "/api/posts").key(&key).json(&body)).await;
        let problem = answer.is_problem(422, "platform_unknown");
        assert_eq!(problem["allowed"], json!(["facebook", "instagram", "linkedin", "tiktok"]));
    }
}

#[tokio::test]
async fn a_text_that_is_too_long_says_by_how_much_and_is_not_echoed() {
    let (house, key) = House::ready().await;
    house.connect(&social::Platform::LINKEDIN).await;
    let accounts = house.send(ask("GET", "/api/accounts").key(&key)).await.body;
    let linkedin =
        accounts["items"].as_array().unwrap().iter().find(|a| a["platform"] == "linkedin");
    let target = format!("linkedin:{}", linkedin.unwrap()["account_id"].as_str().unwrap());
    let body = json!({ "content": "zebra ".repeat(502), "platforms": [target] });
    let answer = house.send(ask("POST", "/api/posts").key(&key).json(&body)).await;
    let problem = answer.is_problem(422, "content_too_long");
    assert_eq!(problem["errors"][0]["code"], "max_length");
    assert_eq!(
        (&problem["errors"][0]["limit"], &problem["errors"][0]["actual"]),
        (&json!(3000), &json!(3012))
    );
    assert_eq!(
        problem["fix"],
        "Shorten the linkedin text by 12 characters, or set overrides.linkedin.content."
    );
    assert!(!answer.text.contains("zebra"));
}
