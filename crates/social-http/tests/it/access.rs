//! Every route: without a token, without its scope, and with another workspace's ids.

use serde_json::Value;
use social::core::domain::Scope;

use crate::house::{House, ask};

/// Each route with what it needs, as the document tells.
async fn routes(house: &House) -> Vec<(String, String, Scope)> {
    let document = house.send(ask("GET", "/openapi.json")).await.body;
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation["security"] == serde_json::json!([{}]) {
                continue;
            }
            let text = operation["description"].as_str().unwrap_or_default();
            let needs = text.split("Needs the scope `").nth(1).and_then(|t| t.split('`').next());
            let needs = needs.unwrap_or_else(|| panic!("{method} {path} is closed to all"));
            let scope = serde_json::from_value(Value::from(needs)).unwrap();
            routes.push((method.to_uppercase(), path.clone(), scope));
        }
    }
    assert!(routes.len() >= 22, "{}", routes.len());
    routes
}

fn at(path: &str, post: &str) -> String {
    let id = match path {
        _ if path.contains("/media/") => "media_01JD3V9K7N3Q5R7T9V1X3Z5B7D",
        _ if path.contains("/api-keys/") => "key_01JD3V9K7N3Q5R7T9V1X3Z5B7D",
        _ => post,
    };
    path.replace("{id}", id)
}

#[tokio::test]
async fn nothing_is_told_without_a_token() {
    let house = House::new().await;
    for (method, path, _) in routes(&house).await {
        let answer = house.send(ask(&method, &at(&path, "post_x"))).await;
        answer.is_problem(401, "token_missing");
    }
}

#[tokio::test]
async fn each_route_asks_for_its_scope() {
    let house = House::new().await;
    for (method, path, scope) in routes(&house).await {
        let key = house.key_with(Scope::ALL.into_iter().filter(|other| *other != scope)).await;
        let answer = house.send(ask(&method, &at(&path, "post_x")).key(&key)).await;
        let code = match scope {
            Scope::ApprovalsWrite => "approval_requires_human",
            _ => "permission_missing",
        };
        assert_eq!(answer.is_problem(403, code)["missing"], scope.as_str(), "{method} {path}");
    }
}

#[tokio::test]
async fn another_workspaces_post_is_as_if_it_were_not_there() {
    let (house, key) = House::ready().await;
    let body = serde_json::json!({ "content": "Ours", "platforms": ["facebook"] });
    let made = house.send(ask("POST", "/api/posts").key(&key).json(&body)).await;
    let ours = made.is(201)["id"].as_str().unwrap().to_owned();
    let nobodys = "post_01JD3V9K7N3Q5R7T9V1X3Z5B7D";
    let stranger = house.stranger().await;
    for (method, path, _) in routes(&house).await {
        if !path.contains("/api/posts/{id}") {
            continue;
        }
        let patch = serde_json::json!({});
        let answers = [ours.as_str(), nobodys].map(|id| {
            let request = ask(&method, &at(&path, id)).key(&stranger);
            if method == "PATCH" { request.json(&patch) } else { request }
        });
        let [ours, nobodys] = answers;
        let (ours, nobodys) = (house.send(ours).await, house.send(nobodys).await);
        for answer in [&ours, &nobodys] {
            answer.is_problem(404, "post_not_found");
        }
        let without_id = |text: &str| {
            let mut body: Value = serde_json::from_str(text).unwrap();
            body.as_object_mut()
                .unwrap()
                .retain(|name, _| name != "request_id" && name != "detail");
            body
        };
        assert_eq!(without_id(&ours.text), without_id(&nobodys.text), "{method} {path}");
    }
    let list = house.send(ask("GET", "/api/posts").key(&stranger)).await;
    assert_eq!(list.is(200)["items"], serde_json::json!([]));
    let accounts = house.send(ask("GET", "/api/accounts").key(&stranger)).await;
    assert_eq!(accounts.is(200)["items"], serde_json::json!([]));
    let analytics = house.send(ask("GET", "/api/analytics").key(&stranger)).await;
    assert_eq!(analytics.is(200)["totals"]["posts"], 0);
}

#[tokio::test]
async fn another_workspaces_account_is_not_connected_here() {
    let (house, key) = House::ready().await;
    let accounts = house.send(ask("GET", "/api/accounts").key(&key)).await.body;
    let account = accounts["items"][0]["account_id"].as_str().unwrap();
    let stranger = house.stranger().await;
    let body = serde_json::json!({
        "content": "Theirs", "platforms": [format!("facebook:{account}")], "dry_run": false,
    });
    let post = house.send(ask("POST", "/api/posts").key(&stranger).json(&body)).await;
    post.is_problem(422, "account_not_connected");
    let body = serde_json::json!({
        "action": "disconnect", "platform": "facebook", "account_id": account,
    });
    let gone = house.send(ask("POST", "/api/accounts").key(&stranger).json(&body)).await;
    gone.is_problem(404, "account_not_found");
}
