//! `POST /mcp`: who may, and what the transport answers.

use serde_json::{Value, json};
use social::core::domain::Scope;

use crate::house::{Answer, Ask, House, ask};

fn say(key: &str, message: &Value) -> Ask {
    ask("POST", "/mcp")
        .key(key)
        .header("accept", "application/json, text/event-stream")
        .json(message)
}

fn question(method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
}

async fn call(house: &House, key: &str, name: &str, arguments: Value) -> (Value, bool) {
    let params = json!({"name": name, "arguments": arguments});
    let answer = house.send(say(key, &question("tools/call", &params))).await;
    let result = &answer.is(200)["result"];
    let text = result["content"][0]["text"].as_str().unwrap();
    (serde_json::from_str(text).unwrap(), result["isError"] == true)
}

#[tokio::test]
async fn it_keeps_no_session_and_streams_nothing() {
    let (house, key) = House::ready().await;
    let params = json!({
        "protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    });
    let hello = house.send(say(&key, &question("initialize", &params))).await;
    assert_eq!(hello.is(200)["result"]["protocolVersion"], "2025-11-25");
    assert_eq!(hello.header("content-type"), Some("application/json"));
    assert_eq!(hello.header("mcp-session-id"), None);
    let begun = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let begun = house.send(say(&key, &begun)).await;
    assert_eq!((begun.status.as_u16(), begun.text.as_str()), (202, ""));
    for method in ["GET", "DELETE"] {
        let refused = house.send(ask(method, "/mcp").key(&key)).await;
        refused.is_problem(405, "method_not_allowed");
        assert_eq!(refused.header("allow"), Some("POST"));
    }
}

#[tokio::test]
async fn it_asks_for_the_same_key_host_and_origin_as_the_api() {
    let (house, key) = House::ready().await;
    let list = question("tools/list", &json!({}));
    let refused = |answer: &Answer, status, code| {
        answer.is_problem(status, code);
    };
    refused(&house.send(say("sk_social_unknown", &list)).await, 401, "token_invalid");
    let bare = ask("POST", "/mcp").json(&list);
    refused(&house.send(bare).await, 401, "token_missing");
    let page = say(&key, &list).header("origin", "https://evil.example");
    refused(&house.send(page).await, 403, "origin_not_allowed");
    let name = say(&key, &list).header("host", "evil.example");
    refused(&house.send(name).await, 403, "host_not_allowed");
    let text = say(&key, &list).header("content-type", "text/plain");
    refused(&house.send(text).await, 415, "use_json");
    let large = say(&key, &json!({"x": "x".repeat(1 << 20)}));
    refused(&house.send(large).await, 413, "too_large");
    house.send(say(&key, &list)).await.is(200);
}

#[tokio::test]
async fn a_tool_may_do_what_its_key_may() {
    let (house, key) = House::ready().await;
    let reader = house.key_with([Scope::PostsRead]).await;
    let post = json!({"content": "Hello", "platforms": ["facebook"]});
    let (problem, failed) = call(&house, &reader, "schedule_post", post.clone()).await;
    assert_eq!((&problem["code"], failed), (&json!("permission_missing"), true));
    assert!(problem["request_id"].is_string(), "{problem}");
    assert_eq!(house.stored().await, 0);

    let (made, failed) = call(&house, &key, "schedule_post", post).await;
    assert_eq!((&made["status"], failed), (&json!("scheduled"), false), "{made}");
    let id = json!({"id": made["id"]});
    assert_eq!(call(&house, &reader, "get_post", id.clone()).await.0["content"], "Hello");
    // Another workspace's is not there.
    let stranger = house.stranger().await;
    assert_eq!(call(&house, &stranger, "get_post", id).await.0["code"], "post_not_found");
}
