//! What networks tell by themselves: believed only with their signature, and acted upon.

use social::Platform;
use social::sim::{Network, SignedCall};

use crate::house::{Ask, House, ask};

/// The first account of a network, as the simulator knows it.
fn account(house: &House, network: Network) -> String {
    let accounts = house.sim.accounts();
    accounts.into_iter().find(|account| account.platform == network).unwrap().id
}

fn call(path: &str, told: &SignedCall) -> Ask {
    let mut call = ask("POST", path);
    for (name, value) in &told.headers {
        call = call.header(name.as_str(), value.to_str().unwrap());
    }
    call.raw(told.body.clone())
}

async fn status(house: &House, key: &str) -> Vec<String> {
    let accounts = house.send(ask("GET", "/api/accounts").key(key)).await;
    let items = accounts.is(200)["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["status"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_person_who_removes_the_app_is_asked_to_sign_in_again() {
    for (network, platform) in [
        (Network::Facebook, Platform::FACEBOOK),
        (Network::Instagram, Platform::INSTAGRAM),
        (Network::Tiktok, Platform::TIKTOK),
    ] {
        let house = House::new().await;
        house.connect(&platform).await;
        let key = house.human_key().await;
        assert!(status(&house, &key).await.iter().all(|status| status == "ok"));
        let told = house.sim.remove_app(network, &account(&house, network)).unwrap();
        let path = format!("/api/callbacks/{platform}");

        let mut forged = told.clone();
        let text = String::from_utf8(told.body.to_vec()).unwrap();
        forged.body = text.replace("signed_request=", "signed_request=A").into();
        if network == Network::Tiktok {
            forged.body = text.replace("\"create_time\"", "\"created_time\"").into();
        }
        house.send(call(&path, &forged)).await.is_problem(403, "call_not_signed");
        house.send(ask("POST", &path).raw("")).await.is_problem(403, "call_not_signed");
        assert!(status(&house, &key).await.iter().all(|status| status == "ok"), "{platform}");

        assert_eq!(house.send(call(&path, &told)).await.is(200)["received"], true);
        assert!(status(&house, &key).await.iter().all(|status| status == "expired"), "{platform}");
        // Networks call more than once.
        house.send(call(&path, &told)).await.is(200);
    }
}

#[tokio::test]
async fn what_came_from_a_person_is_gone_when_they_ask_for_it() {
    let (house, key) = House::ready().await;
    house.connect(&Platform::INSTAGRAM).await;
    let told = house.sim.remove_app(Network::Facebook, &account(&house, Network::Facebook));
    let told = told.unwrap();
    let mut forged = told.clone();
    forged.body = "signed_request=x.y".into();
    let path = "/api/callbacks/facebook/deletion";
    house.send(call(path, &forged)).await.is_problem(403, "call_not_signed");

    let answer = house.send(call(path, &told)).await;
    let (url, code) = (&answer.is(200)["url"], &answer.body["confirmation_code"]);
    let (url, code) = (url.as_str().unwrap(), code.as_str().unwrap());
    assert!(url.ends_with(&format!("deletion?code={code}")) && code.len() >= 16, "{url}");
    let accounts = house.send(ask("GET", "/api/accounts").key(&key)).await;
    let left: Vec<_> = accounts.is(200)["items"].as_array().unwrap().clone();
    assert!(left.iter().all(|item| item["platform"] == "instagram"), "{}", accounts.text);
    assert_eq!(left.len(), 1, "another network's call wipes out nothing of this one");

    // Nothing of them is left in the rows either.
    let ws = house.social.workspace();
    let mut unit = house.social.ports().store.begin().await.unwrap();
    let subject = house.sim.accounts();
    assert!(!subject.is_empty());
    let rows = unit.audit().latest(ws, None, 100).await.unwrap();
    assert!(rows.iter().any(|row| row.1.action == "account.erased"), "{rows:?}");
    drop(unit);

    let page = url.strip_prefix("http://127.0.0.1:8080").unwrap();
    let page = house.send(ask("GET", page)).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains(code), "{}", page.text);
}

#[tokio::test]
async fn a_network_that_calls_nobody_or_is_unknown_has_no_such_address() {
    let house = House::new().await;
    for path in ["/api/callbacks/linkedin", "/api/callbacks/myspace"] {
        house.send(ask("POST", path).raw("x=1")).await.is_problem(404, "not_found");
    }
    let page = house.send(ask("GET", "/api/callbacks/myspace/deletion?code=1")).await;
    page.is_problem(404, "not_found");
    let page = house.send(ask("GET", "/api/callbacks/facebook/deletion?code=%3Cb%3Ex")).await;
    assert!(page.status == 200 && !page.text.contains("<b>x"), "{}", page.text);
}
