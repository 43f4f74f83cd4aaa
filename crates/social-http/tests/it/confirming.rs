use std::time::Duration;

use serde_json::{Value, json};
use social::core::domain::WritePolicy;

use crate::house::{House, ask};

async fn house() -> (House, String) {
    let (house, _) = House::ready().await;
    let key = house.key_of(WritePolicy::Confirm).await;
    (house, key)
}

fn with(mut post: Value, name: &str, value: impl Into<Value>) -> Value {
    post[name] = value.into();
    post
}

#[tokio::test]
async fn a_dry_run_stores_nothing_and_its_token_publishes_once() {
    let (house, key) = house().await;
    let post = json!({ "content": "Look", "platforms": ["facebook"], "time": "now" });
    let dry = with(post.clone(), "dry_run", true);
    let dry = house.send(ask("POST", "/api/posts").key(&key).json(&dry)).await;
    let body = dry.is(200);
    assert_eq!((&body["dry_run"], &body["valid"]), (&json!(true), &json!(true)));
    let preview = &body["previews"][0];
    assert_eq!(preview["text"], "Look");
    assert_eq!(
        (preview["platform"].as_str(), preview["length"].as_u64()),
        (Some("facebook"), Some(4))
    );
    assert_eq!(house.stored().await, 0);

    let token = body["confirm"].as_str().unwrap();
    assert!(token.starts_with("cfm_"));
    let sure = with(post, "confirm", token);
    house.send(ask("POST", "/api/posts").key(&key).json(&sure)).await.is(202);
    let other = with(with(sure, "content", "Look"), "allow_duplicate", true);
    let again = house.send(ask("POST", "/api/posts").key(&key).json(&other)).await;
    again.is_problem(409, "confirmation_mismatch");
    assert_eq!(house.stored().await, 1);
}

#[tokio::test]
async fn a_post_for_now_without_a_token_answers_what_it_would_be() {
    let (house, key) = house().await;
    let post = json!({ "content": "Look", "platforms": ["facebook"], "time": "now" });
    let asked = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
    let problem = asked.is_problem(409, "confirmation_required");
    assert_eq!(problem["previews"][0]["text"], "Look");
    assert_eq!(house.stored().await, 0);
    let sure = with(post, "confirm", problem["confirm"].clone());
    house.send(ask("POST", "/api/posts").key(&key).json(&sure)).await.is(202);
}

#[tokio::test]
async fn a_token_is_of_one_payload_and_one_key_and_fifteen_minutes() {
    let (house, key) = house().await;
    let post = json!({ "content": "Look", "platforms": ["facebook"], "time": "now" });
    let asked = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
    let sure = with(post.clone(), "confirm", asked.body["confirm"].clone());

    let changed = with(sure.clone(), "content", "Look!");
    let changed = house.send(ask("POST", "/api/posts").key(&key).json(&changed)).await;
    changed.is_problem(409, "confirmation_mismatch");
    let other = house.key_of(WritePolicy::Confirm).await;
    let stolen = house.send(ask("POST", "/api/posts").key(&other).json(&sure)).await;
    stolen.is_problem(409, "confirmation_mismatch");
    house.clock.advance(Duration::from_secs(15 * 60 + 1));
    let late = house.send(ask("POST", "/api/posts").key(&key).json(&sure)).await;
    late.is_problem(409, "confirmation_mismatch");
    assert_eq!(house.stored().await, 0);
}

#[tokio::test]
async fn a_slot_that_was_shown_is_the_slot_that_is_taken() {
    let (house, key) = house().await;
    house.clock.advance(Duration::from_secs(59 * 60));
    let post = json!({ "content": "Slot", "platforms": ["facebook"] });
    let dry = with(post.clone(), "dry_run", true);
    let dry = house.send(ask("POST", "/api/posts").key(&key).json(&dry)).await;
    assert_eq!(dry.is(200)["time"], "2027-01-15T10:00:00Z");
    // The hour passes: by itself the next slot would be 11:00.
    house.clock.advance(Duration::from_secs(5 * 60));
    let sure = with(post, "confirm", dry.body["confirm"].clone());
    let made = house.send(ask("POST", "/api/posts").key(&key).json(&sure)).await;
    assert_eq!(made.is(201)["time"], "2027-01-15T10:00:00Z");
}

#[tokio::test]
async fn a_scheduled_post_needs_no_token_and_moving_it_to_now_does() {
    let (house, key) = house().await;
    let post = json!({ "content": "Later", "platforms": ["facebook"] });
    let made = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
    let path = format!("/api/posts/{}", made.is(201)["id"].as_str().unwrap());
    let now = json!({ "time": "now" });
    let asked = house.send(ask("PATCH", &path).key(&key).json(&now)).await;
    let token = asked.is_problem(409, "confirmation_required")["confirm"].clone();
    let sure = with(now, "confirm", token);
    house.send(ask("PATCH", &path).key(&key).json(&sure)).await.is(200);
}

#[tokio::test]
async fn a_dry_run_of_what_cannot_be_says_why_and_gives_no_token() {
    let (house, key) = house().await;
    let post = json!({
        "content": "x".repeat(70_000), "platforms": ["facebook", "tiktok"], "dry_run": true,
    });
    let dry = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
    let body = dry.is(200);
    assert_eq!(body["valid"], false);
    assert!(body["confirm"].is_null());
    assert_eq!(body["errors"].as_array().unwrap().len(), 2, "{}", body["errors"]);
    let same = with(post, "dry_run", false);
    let checked = house.send(ask("POST", "/api/preflight").key(&key).json(&same)).await;
    assert_eq!(checked.is(200)["errors"], body["errors"]);
}

#[tokio::test]
async fn a_dry_run_warns_of_a_double_and_shows_what_goes_out() {
    let (house, key) = house().await;
    let post = json!({ "content": "Twice", "platforms": ["facebook"] });
    let first = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
    let id = first.is(201)["id"].as_str().unwrap();
    let dry = with(post.clone(), "dry_run", true);
    let dry = house.send(ask("POST", "/api/posts").key(&key).json(&dry)).await;
    let preview = &dry.is(200)["previews"][0];
    let members = ["platform", "text", "length", "limit", "media", "warnings", "fixes"];
    assert!(members.iter().all(|name| !preview[name].is_null()), "{preview}");
    let warning = preview["warnings"][0].as_str().unwrap();
    assert!(warning.contains(id) && warning.contains("allow_duplicate"), "{warning}");
    let meant = with(with(post, "dry_run", true), "allow_duplicate", true);
    let dry = house.send(ask("POST", "/api/posts").key(&key).json(&meant)).await;
    assert_eq!(dry.is(200)["previews"][0]["warnings"], json!([]));
}
