use serde_json::json;
use social::core::domain::WritePolicy;

use crate::house::{House, ask};

async fn scheduled(house: &House, key: &str) -> (String, String) {
    let post = json!({
        "content": "First", "platforms": ["facebook"],
        "overrides": { "facebook": { "content": "First here" } },
    });
    let made = house.send(ask("POST", "/api/posts").key(key).json(&post)).await;
    let path = format!("/api/posts/{}", made.is(201)["id"].as_str().unwrap());
    let tag = made.header("etag").unwrap().to_owned();
    (path, tag)
}

#[tokio::test]
async fn a_merge_patch_changes_what_it_names() {
    let (house, key) = House::ready().await;
    let (path, tag) = scheduled(&house, &key).await;
    let patch = json!({
        "content": "Second", "time": "2027-02-01T10:00:00Z", "overrides": { "facebook": null },
    });
    let request = ask("PATCH", &path)
        .key(&key)
        .header("if-match", &tag)
        .header("content-type", "application/merge-patch+json")
        .raw(patch.to_string());
    let changed = house.send(request).await;
    assert_eq!(changed.is(200)["content"], "Second");
    assert_eq!(changed.body["time"], "2027-02-01T10:00:00Z");
    assert_ne!(changed.header("etag"), Some(tag.as_str()));
    let read = house.send(ask("GET", &format!("{path}?view=full")).key(&key)).await;
    assert_eq!(read.header("etag"), changed.header("etag"));
    assert_eq!(read.body["results"][0]["text"], "Second");

    let stale = ask("PATCH", &path).key(&key).header("if-match", &tag);
    let stale = house.send(stale.json(&json!({ "content": "Third" }))).await;
    stale.is_problem(412, "revision_mismatch");
}

#[tokio::test]
async fn a_patch_of_nothing_changes_nothing() {
    let (house, key) = House::ready().await;
    let (path, tag) = scheduled(&house, &key).await;
    let same = house.send(ask("PATCH", &path).key(&key).json(&json!({ "content": "First" }))).await;
    assert_eq!(same.is(200)["content"], "First");
    assert_eq!(same.header("etag"), Some(tag.as_str()));
}

#[tokio::test]
async fn a_patch_is_held_to_the_same_rules_as_a_post() {
    let (house, key) = House::ready().await;
    let (path, _) = scheduled(&house, &key).await;
    for (patch, status, code) in [
        (json!({ "platforms": ["tiktok"] }), 422, "unknown_field"),
        (json!({ "content": null }), 422, "invalid_field"),
        (json!({ "time": "2027-02-01T10:00:00" }), 422, "time_without_offset"),
        (json!({ "time": "2020-02-01T10:00:00Z" }), 422, "time_in_past"),
        (json!({ "overrides": null, "content": "" }), 422, "content_empty"),
        (json!({ "media": [{ "id": "media_x" }] }), 422, "media_unsupported"),
    ] {
        let answer = house.send(ask("PATCH", &path).key(&key).json(&patch)).await;
        answer.is_problem(status, code);
    }
    let read = house.send(ask("GET", &path).key(&key)).await;
    assert_eq!(read.is(200)["content"], "First");
}

#[tokio::test]
async fn what_a_person_approved_waits_for_a_person_again_once_it_is_changed() {
    let (house, _) = House::ready().await;
    let (agent, human) = (house.key_of(WritePolicy::Approve).await, house.human_key().await);
    let post = json!({ "content": "May I?", "platforms": ["facebook"] });
    let made = house.send(ask("POST", "/api/posts").key(&agent).json(&post)).await;
    let path = format!("/api/posts/{}", made.is(202)["id"].as_str().unwrap());
    house.send(ask("POST", &format!("{path}/approve")).key(&human)).await.is(200);
    let patch = json!({ "content": "Something quite different" });
    let changed = house.send(ask("PATCH", &path).key(&agent).json(&patch)).await;
    assert_eq!(changed.is(200)["status"], "pending_approval");
    assert!(changed.body["approve_url"].is_string());
}
