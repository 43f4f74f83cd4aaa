use serde_json::{Value, json};
use social::core::domain::WritePolicy;
use social::core::engine::NewKey;

use crate::house::{Ask, House, ask};

fn now(key: &str, text: &str, undo: Option<u32>) -> Ask {
    let mut post = json!({ "content": text, "platforms": ["facebook"], "time": "now" });
    if let Some(seconds) = undo {
        post["undo_seconds"] = seconds.into();
    }
    ask("POST", "/api/posts").key(key).json(&post)
}

fn path(made: &Value) -> String {
    format!("/api/posts/{}", made["id"].as_str().unwrap())
}

fn visible(house: &House) -> usize {
    house.sim.ledger().live().count()
}

#[tokio::test]
async fn a_post_for_now_can_be_called_off_until_it_goes_out() {
    let (house, key) = House::ready().await;
    let made = house.send(now(&key, "Oops", Some(30))).await;
    let body = made.is(202);
    assert_eq!(body["status"], "scheduled");
    assert_eq!(body["cancellable_until"], "2027-01-15T08:00:30Z");
    assert_eq!(made.header("retry-after"), Some("32"));
    // It is prepared meanwhile, and nothing is visible.
    house.work(29).await;
    assert_eq!(visible(&house), 0);
    let off = house.send(ask("DELETE", &path(body)).key(&key)).await;
    assert_eq!(off.is(200)["status"], "cancelled");
    house.work(60).await;
    assert_eq!(visible(&house), 0);

    let made = house.send(now(&key, "Meant", Some(30))).await;
    house.work(33).await;
    let off = house.send(ask("DELETE", &path(made.is(202))).key(&key)).await;
    off.is_problem(409, "already_published");
    assert_eq!(visible(&house), 1);
}

#[tokio::test]
async fn without_a_window_nobody_waits_and_a_key_may_have_to() {
    let (house, key) = House::ready().await;
    let made = house.send(now(&key, "At once", None)).await;
    assert_eq!(made.is(202)["status"], "publishing");
    assert_eq!(made.body["cancellable_until"], Value::Null);

    let mut new = NewKey { policy: WritePolicy::None, ..NewKey::for_agent("hasty") };
    new.budget.undo_seconds = Some(20);
    let hasty = house.make_key(house.social.workspace(), new).await;
    for (undo, until) in [(None, "08:00:20Z"), (Some(0), "08:00:20Z"), (Some(60), "08:01:00Z")] {
        let made = house.send(now(&hasty, &format!("Text {undo:?}"), undo)).await;
        let told = made.is(202)["cancellable_until"].as_str().unwrap();
        assert!(told.ends_with(until), "{undo:?}: {told}");
    }
    let long = house.send(now(&key, "Never", Some(3601))).await;
    assert_eq!(long.is_problem(422, "invalid_field")["errors"][0]["pointer"], "/undo_seconds");
}

#[tokio::test]
async fn waiting_for_the_outcome_does_not_wait_for_the_window() {
    let (house, key) = House::ready().await;
    let asked = now(&key, "Later", Some(30)).header("prefer", "wait=10");
    assert_eq!(house.send(asked).await.is(202)["status"], "scheduled");
    let asked = now(&key, "Soon", Some(3)).header("prefer", "wait=10");
    assert_eq!(house.send_while_working(asked).await.is(201)["status"], "published");
}
