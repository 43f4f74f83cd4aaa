use serde_json::{Value, json};
use social::core::domain::Scope;

use crate::house::{House, ask};

/// Tests begin on a Friday, 2027-01-15 at 08:00 UTC.
fn weekly() -> Value {
    json!({
        "content": "Fresh beans", "platforms": ["facebook"],
        "recurrence": {
            "kind": "weekly", "days": ["mon", "fri"], "at": "18:30", "zone": "Europe/Berlin",
            "missed": "once", "jitter_seconds": 0,
        },
    })
}

async fn begin(house: &House, key: &str) -> Value {
    house.send(ask("POST", "/api/posts").key(key).json(&weekly())).await.is(201).clone()
}

#[tokio::test]
async fn a_post_with_a_recurrence_begins_a_series() {
    let (house, key) = House::ready().await;
    let mut dry = weekly();
    dry["dry_run"] = true.into();
    let dry = house.send(ask("POST", "/api/posts").key(&key).json(&dry)).await;
    assert_eq!(dry.is(200)["time"], "2027-01-15T17:30:00Z");
    let none = house.send(ask("GET", "/api/series").key(&key)).await;
    assert_eq!(none.is(200)["items"], json!([]));

    let first = begin(&house, &key).await;
    assert_eq!(first["time"], "2027-01-15T17:30:00Z");
    assert_eq!(first["occurrence"], "2027-01-15T18:30:00");
    let path = format!("/api/series/{}", first["series_id"].as_str().unwrap());
    let series = house.send(ask("GET", &path).key(&key)).await;
    let body = series.is(200);
    assert_eq!(body["status"], "active");
    assert_eq!(body["recurrence"]["days"], json!(["mon", "fri"]));
    assert_eq!(body["recurrence"]["at"], "18:30");
    assert_eq!(body["recurrence"]["from"], "2027-01-15");
    assert_eq!(body["upcoming"][0]["post_id"], first["id"]);
    assert_eq!(body["upcoming"][1]["occurrence"], "2027-01-18T18:30:00");
    assert_eq!(body["upcoming"][1]["time"], "2027-01-18T17:30:00Z");
    assert!(series.header("etag").is_some());
    let list = house.send(ask("GET", "/api/series").key(&key)).await;
    assert_eq!(list.is(200)["items"][0]["id"], first["series_id"]);
    let read = format!("/api/posts/{}", first["id"].as_str().unwrap());
    let read = house.send(ask("GET", &read).key(&key)).await;
    assert_eq!(read.is(200)["series_id"], first["series_id"]);
}

#[tokio::test]
async fn the_same_key_begins_one_series() {
    let (house, key) = House::ready().await;
    let asked = || ask("POST", "/api/posts").key(&key).header("idempotency-key", "beans");
    let first = house.send(asked().json(&weekly())).await;
    let again = house.send(asked().json(&weekly())).await;
    assert_eq!(first.is(201), again.is(201));
    let list = house.send(ask("GET", "/api/series").key(&key)).await;
    assert_eq!(list.is(200)["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_series_is_changed_paused_and_ended() {
    let (house, key) = House::ready().await;
    let first = begin(&house, &key).await;
    let path = format!("/api/series/{}", first["series_id"].as_str().unwrap());
    let patch = |body: Value| house.send(ask("PATCH", &path).key(&key).json(&body));

    let daily = json!({ "kind": "daily", "at": "07:00", "zone": "UTC" });
    let changed = patch(json!({ "content": "Other beans", "recurrence": daily })).await;
    assert_eq!(changed.is(200)["upcoming"][0]["time"], "2027-01-16T07:00:00Z");
    let rest = patch(json!({ "content": "Last beans", "following": "2027-01-20T07:00:00" })).await;
    assert_ne!(rest.is(200)["id"], first["series_id"]);
    assert_eq!(rest.body["upcoming"][0]["occurrence"], "2027-01-20T07:00:00");
    let left = house.send(ask("GET", &path).key(&key)).await;
    assert_eq!(left.is(200)["upcoming"].as_array().unwrap().len(), 4);

    let one = format!("{path}/occurrences/2027-01-17T07:00:00");
    let post = house.send(ask("POST", &one).key(&key)).await;
    assert_eq!(post.is(200)["content"], "Other beans");
    let skipped = format!("{path}?occurrence=2027-01-18T07:00:00");
    let skipped = house.send(ask("DELETE", &skipped).key(&key)).await;
    assert_eq!(skipped.is(200)["upcoming"].as_array().unwrap().len(), 3);

    assert_eq!(patch(json!({ "status": "paused" })).await.is(200)["status"], "paused");
    assert_eq!(patch(json!({ "status": "active" })).await.is(200)["status"], "active");
    let ended = house.send(ask("DELETE", &path).key(&key)).await;
    assert_eq!(ended.is(200)["status"], "ended");
    patch(json!({ "status": "active" })).await.is_problem(409, "post_not_editable");
    house.send(ask("DELETE", &path).key(&key)).await.is(200);
}

#[tokio::test]
async fn what_is_wrong_with_a_recurrence_is_said() {
    let (house, key) = House::ready().await;
    for (change, pointer) in [
        (json!({ "zone": "Berlin" }), "/recurrence/zone"),
        (json!({ "at": "6pm" }), "/recurrence/at"),
        (json!({ "days": [] }), "/recurrence/days"),
        (json!({ "days": ["someday"] }), "/recurrence/days/0"),
        (json!({ "every": 0 }), "/recurrence/every"),
        (json!({ "kind": "monthly" }), "/recurrence/day"),
        (json!({ "kind": "cron", "cron": "often" }), "/recurrence/cron"),
        (json!({ "until": "soon" }), "/recurrence/until"),
        (json!({ "jitter_seconds": 50_000 }), "/recurrence/jitter_seconds"),
        (json!({ "often": true }), "/recurrence/often"),
    ] {
        let mut body = weekly();
        for (name, value) in change.as_object().unwrap() {
            body["recurrence"][name] = value.clone();
        }
        let answer = house.send(ask("POST", "/api/posts").key(&key).json(&body)).await;
        assert_eq!(answer.status, 422, "{pointer}: {}", answer.text);
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{}", answer.text);
    }
    for (name, value) in [("time", json!("now")), ("draft", json!(true))] {
        let mut body = weekly();
        body[name] = value;
        let answer = house.send(ask("POST", "/api/posts").key(&key).json(&body)).await;
        answer.is_problem(422, "invalid_field");
    }
}

#[tokio::test]
async fn a_key_that_may_not_publish_lets_nothing_come_again() {
    let (house, key) = House::ready().await;
    let first = begin(&house, &key).await;
    let path = format!("/api/series/{}", first["series_id"].as_str().unwrap());
    let writer = house.key_with([Scope::PostsRead, Scope::PostsWrite]).await;
    let post = house.send(ask("POST", "/api/posts").key(&writer).json(&weekly())).await;
    post.is_problem(403, "permission_missing");
    let edit = json!({ "content": "Mine" });
    let edit = house.send(ask("PATCH", &path).key(&writer).json(&edit)).await;
    edit.is_problem(403, "permission_missing");
    let pause = json!({ "status": "paused" });
    house.send(ask("PATCH", &path).key(&writer).json(&pause)).await.is(200);
    let resume = json!({ "status": "active" });
    let resume = house.send(ask("PATCH", &path).key(&writer).json(&resume)).await;
    resume.is_problem(403, "permission_missing");
}

#[tokio::test]
async fn quiet_hours_move_what_comes_again_and_leave_slots_out() {
    let (house, key) = House::ready().await;
    let quiet = json!({ "from": "17:00", "until": "20:00", "zone": "Europe/Berlin" });
    let put = house.send(ask("PUT", "/api/quiet-hours").key(&key).json(&quiet)).await;
    assert_eq!(put.is(200)["items"][0]["until"], "20:00");
    assert_eq!(begin(&house, &key).await["time"], "2027-01-15T19:00:00Z");
    let slots = house.send(ask("GET", "/api/slots?limit=9").key(&key)).await;
    let next = slots.is(200)["items"][0]["next"].as_array().unwrap().clone();
    let quiet = ["2027-01-15T16:00:00Z", "2027-01-15T17:00:00Z", "2027-01-15T18:00:00Z"];
    assert!(next.iter().all(|slot| !quiet.contains(&slot.as_str().unwrap())), "{next:?}");
    let nobodys = json!({
        "account_id": "acct_01JD3V9K7N3Q5R7T9V1X3Z5B7D", "from": "01:00", "until": "02:00", "zone": "UTC",
    });
    let answer = house.send(ask("PUT", "/api/quiet-hours").key(&key).json(&nobodys)).await;
    answer.is_problem(404, "account_not_found");
    let none = json!({ "from": "17:00", "until": "17:00", "zone": "UTC" });
    let none = house.send(ask("PUT", "/api/quiet-hours").key(&key).json(&none)).await;
    assert_eq!(none.is(200)["items"], json!([]));
}
