use serde_json::{Value, json};
use social::core::domain::WritePolicy;

use crate::house::{Answer, House, ask};

async fn add(house: &House, key: &str, body: &Value) -> Answer {
    house.send(ask("POST", "/api/webhooks").key(key).json(body)).await
}

/// A webhook of everything; its address in the API.
async fn hook(house: &House, key: &str) -> String {
    let made = add(house, key, &json!({ "url": "https://receiver.example/x" })).await;
    format!("/api/webhooks/{}", made.is(201)["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_person_makes_changes_and_removes_a_webhook() {
    let house = House::new().await;
    let human = house.human_key().await;
    let body = json!({ "url": "https://receiver.example/x", "events": ["delivery.failed"] });
    let made = add(&house, &human, &body).await;
    let made = made.is(201);
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    assert_eq!(made["events"], json!(["delivery.failed"]));
    let path = format!("/api/webhooks/{}", made["id"].as_str().unwrap());
    let seen = house.send(ask("GET", &path).key(&human)).await;
    assert_eq!((&seen.is(200)["status"], seen.text.contains("whsec_")), (&json!("active"), false));
    let list = house.send(ask("GET", "/api/webhooks").key(&human)).await;
    assert_eq!(list.is(200)["items"].as_array().unwrap().len(), 1);

    let patch = json!({ "status": "paused", "events": [], "description": "the office" });
    let changed = house.send(ask("PATCH", &path).key(&human).json(&patch)).await;
    let changed = changed.is(200);
    assert_eq!(
        (&changed["status"], &changed["reason"]),
        (&json!("paused"), &json!("somebody paused it"))
    );
    assert_eq!((&changed["events"], &changed["description"]), (&json!([]), &json!("the office")));
    let rotated = house.send(ask("POST", &format!("{path}/rotate")).key(&human)).await;
    assert_ne!(rotated.is(200)["secret"], made["secret"]);
    assert_eq!(rotated.body["former_secret_until"], "2027-01-16T08:00:00Z");

    house.send(ask("DELETE", &path).key(&human)).await.is(204);
    let gone = house.send(ask("GET", &path).key(&human)).await;
    gone.is_problem(404, "webhook_not_found");
    let audit = social::core::engine::Audit::new(house.social.ports().clone());
    let record = audit.latest(house.social.workspace(), 10).await.unwrap();
    let actions: Vec<_> = record.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["webhook.remove", "webhook.rotate", "webhook.change", "webhook.create"]);
}

#[tokio::test]
async fn a_slip_is_said_at_once() {
    let house = House::new().await;
    let human = house.human_key().await;
    let slip = json!({ "url": "https://a.example", "events": ["post.eaten"] });
    let unknown = add(&house, &human, &slip).await;
    let problem = unknown.is_problem(422, "invalid_field");
    assert_eq!(problem["errors"][0]["pointer"], "/events/0");
    assert!(problem["allowed"].as_array().unwrap().contains(&json!("delivery.published")));
    let no_address = add(&house, &human, &json!({ "url": "receiver" })).await;
    no_address.is_problem(422, "invalid_field");
    let refused = add(&house, &human, &json!({ "url": "http://private.example/" })).await;
    assert!(
        refused.is_problem(422, "invalid_field")["detail"].as_str().unwrap().contains("not called")
    );
}

#[tokio::test]
async fn an_agent_looks_and_changes_nothing() {
    let house = House::new().await;
    let human = house.human_key().await;
    let path = hook(&house, &human).await;
    let agent = house.key_of(WritePolicy::None).await;
    house.send(ask("GET", &path).key(&agent)).await.is(200);
    house.send(ask("GET", &format!("{path}/deliveries")).key(&agent)).await.is(200);
    let added = add(&house, &agent, &json!({ "url": "https://evil.example" })).await;
    added.is_problem(403, "approval_requires_human");
    let tried = house.send(ask("POST", &format!("{path}/test")).key(&agent)).await;
    tried.is_problem(403, "approval_requires_human");
}

#[tokio::test]
async fn what_a_webhook_was_told_is_shown_page_by_page_and_told_again() {
    let house = House::new().await;
    let human = house.human_key().await;
    let path = hook(&house, &human).await;
    house.receiver.answer(500, "down, token EAAGm0PX4ZCpsBAKZCZCdJ1OZAZB");
    let tried = house.send(ask("POST", &format!("{path}/test")).key(&human)).await;
    let tried = tried.is(200);
    assert_eq!((&tried["status"], &tried["type"]), (&json!("failed"), &json!("webhook.test")));
    assert_eq!(tried["attempts"][0]["code"], 500);
    assert_eq!(tried["attempts"][0]["body"], "down, token EAA…");

    house.receiver.answer(204, "");
    for _ in 0..21 {
        house.send(ask("POST", &format!("{path}/test")).key(&human)).await.is(200);
    }
    let list = format!("{path}/deliveries");
    let first = house.send(ask("GET", &list).key(&human)).await;
    assert_eq!(first.is(200)["items"].as_array().unwrap().len(), 20);
    let next = format!("{list}?cursor={}", first.body["next_cursor"].as_str().unwrap());
    let last = house.send(ask("GET", &next).key(&human)).await;
    assert_eq!(last.is(200)["items"].as_array().unwrap().len(), 2);
    assert_eq!(last.body["next_cursor"], Value::Null);
    let failed = house.send(ask("GET", &format!("{list}?status=failed")).key(&human)).await;
    assert_eq!(failed.is(200)["items"].as_array().unwrap().len(), 1);
    let wrong = house.send(ask("GET", &format!("{list}?cursor=x")).key(&human)).await;
    wrong.is_problem(400, "cursor_invalid");

    let message = failed.body["items"][0]["id"].as_str().unwrap();
    let replay = format!("{list}/{message}/replay");
    let begun = house.send(ask("POST", &replay).key(&human)).await;
    assert_eq!(begun.is(202)["status"], "pending");
    house.work(1).await;
    let failed = house.send(ask("GET", &format!("{list}?status=failed")).key(&human)).await;
    assert_eq!(failed.is(200)["items"], json!([]));
    let since = json!({ "since": "2027-01-15T08:00:00Z" });
    let all = house.send(ask("POST", &format!("{path}/replay")).key(&human).json(&since)).await;
    assert_eq!(all.is(202)["replayed"], 0);
    let never = format!("{list}/msg_01JD3V9K7N3Q5R7T9V1X3Z5B7D/replay");
    let never = house.send(ask("POST", &never).key(&human)).await;
    never.is_problem(404, "webhook_not_found");
}

#[tokio::test]
async fn another_workspaces_webhook_is_as_if_it_were_not_there() {
    let house = House::new().await;
    let human = house.human_key().await;
    let path = hook(&house, &human).await;
    let stranger = house.stranger().await;
    let list = house.send(ask("GET", "/api/webhooks").key(&stranger)).await;
    assert_eq!(list.is(200)["items"], json!([]));
    let since = json!({ "since": "2027-01-15T08:00:00Z" });
    for (method, path) in [
        ("GET", path.clone()),
        ("PATCH", path.clone()),
        ("DELETE", path.clone()),
        ("POST", format!("{path}/rotate")),
        ("POST", format!("{path}/test")),
        ("POST", format!("{path}/replay")),
        ("GET", format!("{path}/deliveries")),
        ("POST", format!("{path}/deliveries/msg_01JD3V9K7N3Q5R7T9V1X3Z5B7D/replay")),
    ] {
        let mut request = ask(method, &path).key(&stranger);
        if path.ends_with("/replay") && !path.contains("deliveries") {
            request = request.json(&since);
        }
        house.send(request).await.is_problem(404, "webhook_not_found");
    }
    house.send(ask("GET", &path).key(&human)).await.is(200);
}
