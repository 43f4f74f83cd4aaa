use serde_json::{Value, json};
use social::Platform;
use social::core::domain::{Permission, Scope, WritePolicy};
use social::core::engine::NewKey;

use crate::house::{House, ask};

async fn account(house: &House, key: &str) -> String {
    let list = house.send(ask("GET", "/api/accounts").key(key)).await;
    list.is(200)["items"][0]["account_id"].as_str().unwrap().to_owned()
}

fn week() -> Value {
    json!({
        "zone": "Europe/Berlin",
        "slots": [
            { "weekdays": ["sat", "sun"], "time": "10:15" },
            { "weekdays": ["mon"], "time": "18:30" },
        ],
    })
}

#[tokio::test]
async fn posts_without_a_time_take_the_slots_of_their_account_one_by_one() {
    let (house, key) = House::ready().await;
    let id = account(&house, &key).await;
    let before = house.send(ask("GET", "/api/slots").key(&key)).await;
    let item = &before.is(200)["items"][0];
    assert_eq!((&item["zone"], &item["slots"]), (&Value::Null, &json!([])));
    assert_eq!(item["next"][0], "2027-01-15T09:00:00Z");

    let put = ask("PUT", &format!("/api/slots/{id}")).key(&key).json(&week());
    let item = house.send(put).await;
    assert_eq!(item.is(200)["slots"], week()["slots"]);
    // Tests begin on a Friday.
    let next = ["2027-01-16T09:15:00Z", "2027-01-17T09:15:00Z", "2027-01-18T17:30:00Z"];
    assert_eq!(item.body["next"].as_array().unwrap()[..3], next);

    for (n, time) in next.into_iter().enumerate() {
        let post = json!({ "content": format!("Post {n}"), "platforms": ["facebook"] });
        let made = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
        assert_eq!(made.is(201)["time"], time);
    }
    let left = house.send(ask("GET", "/api/slots?limit=1").key(&key)).await;
    assert_eq!(left.is(200)["items"][0]["next"], json!(["2027-01-23T09:15:00Z"]));

    let none = json!({ "zone": "UTC", "slots": [] });
    let put = ask("PUT", &format!("/api/slots/{id}")).key(&key).json(&none);
    assert_eq!(house.send(put).await.is(200)["zone"], Value::Null);
}

#[tokio::test]
async fn of_many_at_once_no_two_get_one_slot() {
    let (house, key) = House::ready().await;
    let asks = (0..12).map(|n| {
        let post = json!({ "content": format!("Post {n}"), "platforms": ["facebook"] });
        house.send(ask("POST", "/api/posts").key(&key).json(&post))
    });
    let answers = futures::future::join_all(asks).await;
    let mut times: Vec<String> =
        answers.iter().map(|made| made.is(201)["time"].as_str().unwrap().to_owned()).collect();
    times.sort();
    times.dedup();
    assert_eq!(times.len(), 12);
}

#[tokio::test]
async fn of_two_for_the_last_place_of_a_budget_one_gets_it() {
    let (house, _) = House::ready().await;
    let mut new = NewKey { policy: WritePolicy::None, ..NewKey::for_agent("thrifty") };
    new.budget.posts_per_day = Some(1);
    let key = house.make_key(house.social.workspace(), new).await;
    let asks = (0..4).map(|n| {
        let post = json!({
            "content": format!("Post {n}"), "platforms": ["facebook"],
            "time": "2027-01-15T12:00:00Z",
        });
        house.send(ask("POST", "/api/posts").key(&key).json(&post))
    });
    let answers = futures::future::join_all(asks).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|a| a.status == 201);
    assert_eq!((made.len(), refused.len()), (1, 3));
    for answer in refused {
        answer.is_problem(403, "budget_exceeded");
    }
}

#[tokio::test]
async fn what_was_shown_and_went_to_another_is_not_taken() {
    let (house, key) = House::ready().await;
    let mine = json!({ "content": "Mine", "platforms": ["facebook"], "dry_run": true });
    let shown = house.send(ask("POST", "/api/posts").key(&key).json(&mine)).await;
    let theirs = json!({
        "content": "Theirs", "platforms": ["facebook"], "time": shown.is(200)["time"],
    });
    house.send(ask("POST", "/api/posts").key(&key).json(&theirs)).await.is(201);
    let sure = json!({
        "content": "Mine", "platforms": ["facebook"], "confirm": shown.body["confirm"],
    });
    let late = house.send(ask("POST", "/api/posts").key(&key).json(&sure)).await;
    late.is_problem(409, "confirmation_mismatch");
    let anew = json!({ "content": "Mine", "platforms": ["facebook"] });
    house.send(ask("POST", "/api/posts").key(&key).json(&anew)).await.is(201);
}

#[tokio::test]
async fn slots_are_set_by_who_may_and_say_what_is_wrong() {
    let (house, key) = House::ready().await;
    house.connect(&Platform::TIKTOK).await;
    let id = account(&house, &key).await;
    let path = format!("/api/slots/{id}");
    for (body, pointer) in [
        (json!({ "zone": "Berlin", "slots": [] }), "/zone"),
        (
            json!({ "zone": "UTC", "slots": [{ "weekdays": ["mon"], "time": "9:00" }] }),
            "/slots/0/time",
        ),
        (
            json!({ "zone": "UTC", "slots": [{ "weekdays": [], "time": "09:00" }] }),
            "/slots/0/weekdays",
        ),
        (
            json!({ "zone": "UTC", "slots": [{ "weekdays": ["mo"], "time": "09:00" }] }),
            "/slots/0/weekdays/0",
        ),
    ] {
        let wrong = house.send(ask("PUT", &path).key(&key).json(&body)).await;
        let problem = wrong.is_problem(422, "invalid_field");
        assert!(
            problem["errors"][0]["pointer"].as_str().unwrap().starts_with(pointer),
            "{}",
            wrong.text
        );
    }
    let stranger = house.stranger().await;
    let theirs = house.send(ask("PUT", &path).key(&stranger).json(&week())).await;
    theirs.is_problem(404, "account_not_found");
    let new = NewKey {
        permissions: [Permission::WebAccess].into(),
        scopes: Scope::ALL.into(),
        ..NewKey::for_agent("no clock")
    };
    let no_clock = house.make_key(house.social.workspace(), new).await;
    let refused = house.send(ask("PUT", &path).key(&no_clock).json(&week())).await;
    assert_eq!(refused.is_problem(403, "permission_missing")["missing"], "scheduler");
    let one = house.send(ask("GET", "/api/slots?platform=tiktok").key(&key)).await;
    assert_eq!(one.is(200)["items"].as_array().unwrap().len(), 1);
}
