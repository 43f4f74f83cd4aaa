use serde_json::json;
use social::core::domain::Scope;

use crate::house::{House, ask};

#[tokio::test]
async fn a_person_makes_lists_and_revokes_keys() {
    let house = House::new().await;
    let human = house.human_key().await;
    let new = json!({ "name": "my agent", "scopes": ["posts:read"] });
    let made = house.send(ask("POST", "/api/api-keys").key(&human).json(&new)).await;
    let body = made.is(201);
    assert_eq!(body["policy"], "confirm");
    let secret = body["secret"].as_str().unwrap().to_owned();
    house.send(ask("GET", "/api/posts").key(&secret)).await.is(200);

    let list = house.send(ask("GET", "/api/api-keys").key(&human)).await;
    assert_eq!(list.is(200)["items"].as_array().unwrap().len(), 2);
    assert!(!list.text.contains(&secret) && !list.text.contains("hash"));

    let path = format!("/api/api-keys/{}", body["id"].as_str().unwrap());
    house.send(ask("DELETE", &path).key(&human)).await.is(204);
    let after = house.send(ask("GET", "/api/posts").key(&secret)).await;
    after.is_problem(401, "token_invalid");
    let stranger = house.stranger().await;
    let other = house.send(ask("DELETE", &path).key(&stranger)).await;
    other.is_problem(404, "key_not_found");
}

#[tokio::test]
async fn a_key_gives_no_more_than_it_has() {
    let house = House::new().await;
    let narrow = house.key_with([Scope::ApprovalsWrite, Scope::PostsRead]).await;
    let more = json!({ "name": "more", "scopes": ["posts:publish"] });
    let refused = house.send(ask("POST", "/api/api-keys").key(&narrow).json(&more)).await;
    assert_eq!(refused.is_problem(403, "permission_missing")["missing"], "posts:publish");
    let nameless = json!({ "name": " ", "scopes": ["posts:read"] });
    let refused = house.send(ask("POST", "/api/api-keys").key(&narrow).json(&nameless)).await;
    refused.is_problem(422, "invalid_field");
}

#[tokio::test]
async fn every_write_is_on_record() {
    let (house, key) = House::ready().await;
    let post = json!({ "content": "On record", "platforms": ["facebook"] });
    let made = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
    let path = format!("/api/posts/{}", made.is(201)["id"].as_str().unwrap());
    let patch = json!({ "content": "On record still" });
    house.send(ask("PATCH", &path).key(&key).json(&patch)).await.is(200);
    house.send(ask("DELETE", &path).key(&key)).await.is(200);
    let audit = social::core::engine::Audit::new(house.social.ports().clone());
    let record = audit.latest(house.social.workspace(), 10).await.unwrap();
    let actions: Vec<_> = record.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["post.cancel", "post.edit", "post.schedule"]);
    assert!(record.iter().all(|entry| entry.actor.starts_with("key_")));
}
