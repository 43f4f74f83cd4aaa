use serde_json::json;
use social::Platform;
use social::core::domain::Scope;

use crate::house::{House, ask};

#[tokio::test]
async fn a_person_connects_an_account_by_a_page() {
    let house = House::new().await;
    let key = house.human_key().await;
    let connect = json!({ "action": "connect", "platform": "facebook" });
    let asked = house.send(ask("POST", "/api/accounts").key(&key).json(&connect)).await;
    let body = asked.is(202);
    assert_eq!(body["status"], "action_required");
    assert_eq!(body["expires_at"], "2027-01-15T08:15:00Z");
    let url = body["connect_url"].as_str().unwrap();
    let (back, cookie) = house.sign_in(url, "allow").await;
    let path = back.strip_prefix("http://127.0.0.1:8080").unwrap();

    let page = house.send(ask("GET", path).header("cookie", &cookie)).await;
    page.is(200);
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    assert!(page.text.contains("<h1>Connected</h1>") && page.text.contains("on facebook"));
    let again = house.send(ask("GET", path).header("cookie", &cookie)).await;
    assert_eq!(again.is(400), &serde_json::Value::Null);
    assert!(again.text.contains("begin again"), "{}", again.text);

    let list = house.send(ask("GET", "/api/accounts").key(&key)).await;
    let item = &list.is(200)["items"][0];
    assert_eq!((&item["platform"], &item["status"]), (&json!("facebook"), &json!("ok")));
    assert!(item["limits"]["chars"].as_u64().unwrap() > 1000);
}

#[tokio::test]
async fn a_refusal_and_an_attack_are_plain_words_on_the_page() {
    let house = House::new().await;
    let key = house.human_key().await;
    let connect = json!({ "action": "connect", "platform": "linkedin" });
    let asked = house.send(ask("POST", "/api/accounts").key(&key).json(&connect)).await;
    let url = asked.is(202)["connect_url"].as_str().unwrap();
    let state = url.rsplit('/').next().unwrap();
    let path = format!(
        "/api/auth/callback?state={state}&error=denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E"
    );
    let cookie = format!("social_connect={state}");
    let page = house.send(ask("GET", &path).header("cookie", &cookie)).await;
    assert_eq!(page.status, 400);
    assert!(page.text.contains("did not connect: &lt;script&gt;"), "{}", page.text);
    assert!(!page.text.contains("<script"));
    let nothing = house.send(ask("GET", "/api/auth/callback")).await;
    assert_eq!(nothing.status, 400);
}

#[tokio::test]
async fn accounts_are_looked_at_renewed_and_disconnected() {
    let house = House::new().await;
    house.connect(&Platform::TIKTOK).await;
    let key = house.human_key().await;
    let act = |action: &str| json!({ "action": action, "platform": "tiktok" });
    for action in ["list", "status", "refresh"] {
        let answer = house.send(ask("POST", "/api/accounts").key(&key).json(&act(action))).await;
        assert_eq!(answer.is(200)["items"][0]["status"], "ok", "{action}: {}", answer.text);
    }
    let asked = house.send(ask("POST", "/api/accounts").key(&key).json(&act("disconnect"))).await;
    let problem = asked.is_problem(409, "confirmation_required");
    assert!(problem["previews"][0]["effect"].is_string());
    let mut sure = act("disconnect");
    sure["confirm"] = problem["confirm"].clone();
    let gone = house.send(ask("POST", "/api/accounts").key(&key).json(&sure)).await;
    assert_eq!(gone.is(200)["status"], "disconnected");
    let list = house.send(ask("GET", "/api/accounts").key(&key)).await;
    assert_eq!(list.is(200)["items"], json!([]));
    let missing = house.send(ask("POST", "/api/accounts").key(&key).json(&act("status"))).await;
    missing.is_problem(404, "account_not_found");
}

#[tokio::test]
async fn an_action_is_one_of_six_and_writing_asks_for_more() {
    let house = House::new().await;
    let key = house.human_key().await;
    let send = |key: String, body: serde_json::Value| {
        let house = &house;
        async move { house.send(ask("POST", "/api/accounts").key(&key).json(&body)).await }
    };
    let unknown = send(key.clone(), json!({ "action": "steal" })).await;
    let allowed = json!(["list", "connect", "choose", "status", "refresh", "disconnect"]);
    assert_eq!(unknown.is_problem(422, "action_unknown")["allowed"], allowed);
    let unnamed = send(key.clone(), json!({ "action": "connect" })).await;
    unnamed.is_problem(422, "invalid_field");
    let myspace = send(key, json!({ "action": "connect", "platform": "myspace" })).await;
    myspace.is_problem(422, "platform_unknown");
    let reader = house.key_with([Scope::AccountsRead]).await;
    let connect = json!({ "action": "connect", "platform": "facebook" });
    let refused = send(reader.clone(), connect).await;
    assert_eq!(refused.is_problem(403, "permission_missing")["missing"], "accounts:write");
    send(reader, json!({ "action": "list" })).await.is(200);
}
