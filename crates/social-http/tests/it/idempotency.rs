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

#[tokio::test]
async fn an_answer_is_the_first_one_also_after_the_post_was_changed() {
    let (house, key) = House::ready().await;
    let first = house.send(post(&key, "one", "Hello")).await;
    let path = format!("/api/posts/{}", first.is(201)["id"].as_str().unwrap());
    let moved = json!({ "time": "2027-01-20T08:00:00Z", "content": "Hello again" });
    house.send(ask("PATCH", &path).key(&key).json(&moved)).await.is(200);
    house.send(ask("DELETE", &path).key(&key)).await.is(200);
    let again = house.send(post(&key, "one", "Hello")).await;
    assert_eq!(again.is(201), &first.body);
    for name in ["location", "etag"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}

#[tokio::test]
async fn the_same_members_in_another_order_are_the_same_request() {
    let (house, key) = House::ready().await;
    let first = house.send(post(&key, "one", "Hello")).await;
    let other = r#" {"platforms" : ["facebook"], "content":"Hell\u006f"} "#;
    let again = ask("POST", "/api/posts").key(&key).header("idempotency-key", "\"one\"");
    let again = again.header("content-type", "application/json").raw(other);
    assert_eq!(house.send(again).await.is(201), &first.body);
    let more = json!({ "content": "Hello", "platforms": ["facebook"], "draft": true });
    let more = ask("POST", "/api/posts").key(&key).header("idempotency-key", "one").json(&more);
    house.send(more).await.is_problem(422, "idempotency_key_reused");
}

#[tokio::test]
async fn a_repeated_post_for_now_tells_the_end_once_it_is_there_and_then_always() {
    let (house, key) = House::ready().await;
    let body = json!({ "content": "Now", "platforms": ["facebook"], "time": "now" });
    let send = || ask("POST", "/api/posts").key(&key).header("idempotency-key", "k").json(&body);
    let first = house.send(send()).await;
    assert_eq!(first.is(202)["status"], "publishing");
    assert_eq!(house.send(send()).await.is(202), &first.body);
    house.work(5).await;
    let end = house.send(send()).await;
    assert_eq!(end.is(201)["status"], "published");
    assert_eq!(end.header("idempotency-replayed"), Some("true"));
    let path = format!("/api/posts/{}?remote=true", end.body["id"].as_str().unwrap());
    let asked = house.send(ask("DELETE", &path).key(&key)).await;
    let token = asked.is_problem(409, "confirmation_required")["confirm"].as_str().unwrap();
    let sure = format!("{path}&confirm={token}");
    house.send(ask("DELETE", &sure).key(&key)).await.is(200);
    assert_eq!(house.send(send()).await.is(201), &end.body);
}

#[tokio::test]
async fn while_the_first_is_running_a_second_is_told_to_wait() {
    let (house, key) = House::ready().await;
    let body = json!({ "content": "Now", "platforms": ["facebook"], "time": "now" });
    let send = || {
        let ask = ask("POST", "/api/posts").key(&key).header("idempotency-key", "k");
        ask.header("prefer", "wait=10").json(&body)
    };
    // The first waits for a worker, and nobody works.
    let mut first = Box::pin(house.send(send()));
    assert!(futures::poll!(&mut first).is_pending());
    while house.stored().await == 0 {
        assert!(futures::poll!(&mut first).is_pending());
    }
    let second = house.send(send()).await;
    assert_eq!(second.is_problem(409, "idempotency_in_progress")["retryable"], true);
    assert_eq!(second.header("retry-after"), Some("1"));
    // Another key is another request.
    let other = house.key_of(WritePolicy::None).await;
    house.send(post(&other, "k", "Else")).await.is(201);
    // Whoever hangs up does not hold the key for ever.
    drop(first);
    assert_eq!(house.send(post(&key, "k", "Else")).await.status, 422);
    house.work(3).await;
    assert_eq!(house.send(send()).await.is(201)["status"], "published");
    assert_eq!(house.stored().await, 2);
}

#[tokio::test]
async fn two_at_once_make_one_post() {
    let (house, key) = House::ready().await;
    for round in 0..20 {
        let (id, text) = (format!("k{round}"), format!("Text {round}"));
        let both = [post(&key, &id, &text), post(&key, &id, &text)];
        let answers = futures::future::join_all(both.map(|ask| house.send(ask))).await;
        let made: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert!(!made.is_empty(), "{answers:?}");
        for answer in &answers {
            if answer.status != 201 {
                answer.is_problem(409, "idempotency_in_progress");
            }
        }
        assert!(made.iter().all(|answer| answer.body["id"] == made[0].body["id"]), "{answers:?}");
        assert_eq!(house.stored_of(100).await, round + 1);
    }
}

#[tokio::test]
async fn a_key_is_forgotten_a_day_after_the_end_of_its_post_and_not_before() {
    let (house, key) = House::ready().await;
    let later = json!({
        "content": "Later", "platforms": ["facebook"], "time": "2027-01-25T08:00:00Z",
    });
    let send = || ask("POST", "/api/posts").key(&key).header("idempotency-key", "k").json(&later);
    let first = house.send(send()).await;
    let ports = house.social.ports();
    let hours = |n: u64| std::time::Duration::from_secs(n * 3600);
    // Ten days until it goes out.
    house.clock.advance(hours(10 * 24));
    house.work(5).await;
    for _ in 0..23 {
        social::core::engine::tidy(ports).await.unwrap();
        house.clock.advance(hours(1));
    }
    assert_eq!(house.send(send()).await.is(201), &first.body, "within a day of the end");
    let mut gone = 0;
    for _ in 0..48 {
        gone += social::core::engine::tidy(ports).await.unwrap().keys;
        house.clock.advance(hours(1));
    }
    assert_eq!(gone, 1);
    // Now it is a request like any other.
    house.send(send()).await.is_problem(422, "time_in_past");
}
