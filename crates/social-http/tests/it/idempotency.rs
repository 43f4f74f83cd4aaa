use serde_json::json;
use social::core::domain::WritePolicy;

use crate::house::{Ask, House, ask};

fn post(key: &str, id: &str, text: &str) -> Ask {
    let post = json!({ "content": text, "platforms": ["facebook"] });
    ask("POST", "/api/posts").key(key).header("idempotency-key", id).json(&post)
}

#[tokio::test]
async fn the_same_request_again_is_the_same_post() {
    let (house, key) = House::ready().await;
    let first = house.send(post(&key, "one", "Hello")).await;
    first.is(201);
    assert!(first.header("idempotency-replayed").is_none());
    // An hour later the next slot would be another one.
    house.clock.advance(std::time::Duration::from_secs(1800));
    let again = house.send(post(&key, "one", "Hello")).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.is(201), &first.body);
    assert_eq!(house.stored().await, 1);

    let other = house.send(post(&key, "one", "Good-bye")).await;
    other.is_problem(422, "idempotency_key_reused");
    assert!(!other.text.contains("key_0"), "{}", other.text);
}

#[tokio::test]
async fn a_confirmed_request_can_be_repeated() {
    let (house, _) = House::ready().await;
    let key = house.key_of(WritePolicy::Confirm).await;
    let mut body = json!({ "content": "Now", "platforms": ["facebook"], "time": "now" });
    let send = |body: &serde_json::Value| {
        house.send(ask("POST", "/api/posts").key(&key).header("idempotency-key", "k").json(body))
    };
    body["confirm"] = send(&body).await.is_problem(409, "confirmation_required")["confirm"].clone();
    let first = send(&body).await;
    let again = send(&body).await;
    assert_eq!(again.is(202), first.is(202));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}

#[tokio::test]
async fn keys_of_two_programs_may_be_alike() {
    let (house, key) = House::ready().await;
    let other = house.key_of(WritePolicy::None).await;
    house.send(post(&key, "1", "Hello")).await.is(201);
    house.send(post(&other, "1", "Something else")).await.is(201);
    assert_eq!(house.stored().await, 2);
}

#[tokio::test]
async fn a_key_is_one_key_of_sane_length() {
    let (house, key) = House::ready().await;
    let body = json!({
        "content": "Hello", "platforms": ["facebook"], "idempotency_key": "body",
    });
    let conflict = ask("POST", "/api/posts").key(&key).header("idempotency-key", "header");
    let conflict = house.send(conflict.json(&body)).await;
    conflict.is_problem(400, "idempotency_key_conflict");
    house.send(post(&key, "", "Hello")).await.is_problem(400, "idempotency_key_missing");
    let long = house.send(post(&key, &"k".repeat(256), "Hello")).await;
    long.is_problem(400, "idempotency_key_missing");
    let same = ask("POST", "/api/posts").key(&key).header("idempotency-key", "body").json(&body);
    house.send(same).await.is(201);
}

#[tokio::test]
async fn the_same_words_within_a_day_are_a_mistake_unless_meant() {
    let (house, key) = House::ready().await;
    let first = house.send(post(&key, "1", "Hello")).await;
    let second = house.send(post(&key, "2", "Hello")).await;
    let problem = second.is_problem(409, "duplicate_post");
    assert_eq!(problem["existing_id"], first.body["id"]);
    let meant = json!({ "content": "Hello", "platforms": ["facebook"], "allow_duplicate": true });
    house.send(ask("POST", "/api/posts").key(&key).json(&meant)).await.is(201);
}
