//! A sign-in that brings several accounts: nothing is connected that nobody chose.

use std::time::Duration;

use serde_json::{Value, json};
use social::core::domain::{GrantStatus, Scope};
use social::core::ports::TokenManager as _;

use crate::house::{Answer, House, ask};

async fn act(house: &House, key: &str, body: Value) -> Answer {
    house.send(ask("POST", "/api/accounts").key(key).json(&body)).await
}

/// Signs in at LinkedIn, which brings the member and a Page. Gives the page that comes back.
async fn sign_in(house: &House, key: &str) -> Answer {
    let asked = act(house, key, json!({ "action": "connect", "platform": "linkedin" })).await;
    let url = asked.is(202)["connect_url"].as_str().unwrap();
    let (back, cookie) = house.sign_in(url, "allow").await;
    let path = back.strip_prefix("http://127.0.0.1:8080").unwrap();
    let elsewhere = house.send(ask("GET", path)).await;
    assert_eq!(elsewhere.status, 400, "another browser ended it: {}", elsewhere.text);
    house.send(ask("GET", path).header("cookie", &cookie)).await
}

/// What stands between `value="` and `"` after each place where `name` is.
fn values(page: &str, name: &str) -> Vec<String> {
    let named = format!("name=\"{name}\" value=\"");
    page.split(&named).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

async fn connected(house: &House, key: &str) -> Vec<Value> {
    let list = house.send(ask("GET", "/api/accounts").key(key)).await;
    list.is(200)["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_person_chooses_on_the_page_once() {
    let house = House::new().await;
    let key = house.human_key().await;
    let page = sign_in(&house, &key).await;
    page.is(200);
    assert!(page.text.contains("Which accounts shall be connected?"), "{}", page.text);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"));
    assert!(!page.text.contains("<script"));
    assert_eq!(connected(&house, &key).await.len(), 0, "connected before anybody chose");

    let (ids, token) = (values(&page.text, "account"), values(&page.text, "token").remove(0));
    assert_eq!(ids.len(), 2, "{}", page.text);
    let form = |fields: &[(&str, &str)]| ask("POST", "/api/auth/choose").form(fields);
    let nothing = house.send(form(&[("token", &token)])).await;
    assert_eq!(nothing.status, 400);
    let foreign = house.send(form(&[("token", &token), ("account", "urn:li:person:x")])).await;
    assert_eq!(foreign.status, 400);
    let elsewhere =
        form(&[("token", &token), ("account", &ids[1])]).header("origin", "https://evil.example");
    assert_eq!(house.send(elsewhere).await.status, 403);
    assert_eq!(connected(&house, &key).await.len(), 0);

    let done = house.send(form(&[("token", &token), ("account", &ids[1])])).await;
    done.is(200);
    assert!(done.text.contains("<h1>Connected</h1>"), "{}", done.text);
    assert_eq!(connected(&house, &key).await.len(), 1);
    let again = house.send(form(&[("token", &token), ("account", &ids[0])])).await;
    assert_eq!(again.status, 400);
    assert!(again.text.contains("begin again"), "{}", again.text);
    assert_eq!(connected(&house, &key).await.len(), 1);

    // Signing in again offers both, and says which is there already.
    let page = sign_in(&house, &key).await;
    assert_eq!(page.text.matches("connected already").count(), 1, "{}", page.text);
}

#[tokio::test]
async fn a_program_sees_the_choice_and_one_that_may_makes_it() {
    let house = House::new().await;
    let key = house.human_key().await;
    sign_in(&house, &key).await;
    let status = act(&house, &key, json!({ "action": "status", "platform": "linkedin" })).await;
    let waiting = &status.is(200)["choice_pending"];
    assert_eq!(waiting["expires_at"], "2027-01-15T08:15:00Z");
    let options = waiting["options"].as_array().unwrap();
    assert_eq!(options.len(), 2);
    assert!(!status.text.contains("token"), "{}", status.text);
    let choose =
        |ids: Value| json!({ "action": "choose", "platform": "linkedin", "accounts": ids });
    let reader = house.key_with([Scope::AccountsRead]).await;
    let one = json!([options[0]["remote_id"]]);
    let refused = act(&house, &reader, choose(one.clone())).await;
    assert_eq!(refused.is_problem(403, "permission_missing")["missing"], "accounts:write");
    act(&house, &key, choose(json!([]))).await.is_problem(422, "invalid_field");
    let stranger = house.stranger().await;
    act(&house, &stranger, choose(one.clone())).await.is_problem(404, "account_not_found");
    let made = act(&house, &key, choose(one.clone())).await;
    assert_eq!(made.is(200)["items"].as_array().unwrap().len(), 1);
    act(&house, &key, choose(one)).await.is_problem(404, "account_not_found");
}

#[tokio::test]
async fn what_nobody_chooses_leaves_nothing() {
    let house = House::new().await;
    let key = house.human_key().await;
    let page = sign_in(&house, &key).await;
    let (ids, token) = (values(&page.text, "account"), values(&page.text, "token").remove(0));
    house.clock.advance(Duration::from_secs(15 * 60 + 1));
    let fields = [("token", token.as_str()), ("account", ids[0].as_str())];
    let late = house.send(ask("POST", "/api/auth/choose").form(&fields)).await;
    assert_eq!(late.status, 400);
    let status = act(&house, &key, json!({ "action": "status", "platform": "linkedin" })).await;
    status.is_problem(404, "account_not_found");
    let ports = house.social.ports();
    assert_eq!(social::core::engine::tidy(ports).await.unwrap().choices, 1);
    assert_eq!(social::core::engine::tidy(ports).await.unwrap().choices, 0);
}

#[tokio::test]
async fn a_grant_is_given_back_with_the_last_of_its_accounts() {
    let house = House::new().await;
    let key = house.human_key().await;
    let page = sign_in(&house, &key).await;
    let (ids, token) = (values(&page.text, "account"), values(&page.text, "token").remove(0));
    let fields = [("token", token.as_str()), ("account", &ids[0]), ("account", &ids[1])];
    house.send(ask("POST", "/api/auth/choose").form(&fields)).await.is(200);
    let (ws, ports) = (house.social.workspace(), house.social.ports());
    let accounts = house.social.accounts();
    let both = accounts.list(ws).await.unwrap();
    assert_eq!((both.len(), both[0].grant_id), (2, both[1].grant_id));
    let grant = async || {
        let mut unit = ports.store.begin().await.unwrap();
        unit.grants().get(ws, both[0].grant_id).await.unwrap().unwrap()
    };
    accounts.disconnect(ws, both[0].id).await.unwrap();
    assert_eq!(grant().await.status, GrantStatus::Active);
    house.social.tokens().account_auth(ws, both[1].id).await.unwrap();
    accounts.disconnect(ws, both[1].id).await.unwrap();
    let gone = grant().await;
    assert_eq!(gone.status, GrantStatus::Revoked);
    assert!(gone.access.0.is_empty() && gone.refresh.is_none());
}
