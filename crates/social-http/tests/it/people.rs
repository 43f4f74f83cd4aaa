//! People: how they come in, stay signed in, and go.

use std::time::Duration;

use serde_json::{Value, json};
use social::core::domain::{Role, Scope};

use crate::house::{Answer, House, PASSWORD, ask};

const MINUTE: Duration = Duration::from_secs(60);

async fn login(house: &House, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "password": password, "cookie": false });
    house.send(ask("POST", "/api/auth/login").json(&body)).await
}

async fn refresh(house: &House, token: &str) -> Answer {
    let body = json!({ "refresh_token": token });
    house.send(ask("POST", "/api/auth/refresh").json(&body)).await
}

async fn me(house: &House, token: &str) -> Answer {
    house.send(ask("GET", "/api/auth/me").key(token)).await
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

async fn ann(house: &House, role: Role) -> String {
    house.person(house.social.workspace(), "ann@example.com", role).await.id.to_string()
}

/// What is on record, latest first.
async fn record(house: &House) -> Vec<String> {
    let entries = house.social.audit().latest(house.social.workspace(), 50).await.unwrap();
    entries.into_iter().map(|entry| entry.action).collect()
}

#[tokio::test]
async fn the_first_admin_comes_in_by_a_link_that_is_good_once() {
    let house = House::new().await;
    let ws = house.social.workspace();
    let people = house.social.people();
    let older = people.first_admin(ws).await.unwrap().unwrap();
    let link = people.first_admin(ws).await.unwrap().unwrap();
    use secrecy::ExposeSecret as _;
    let body = |token: &str, password: &str| {
        json!({
            "token": token, "name": "Ann", "email": "Ann@Example.com", "password": password,
            "cookie": false,
        })
    };
    let accept = async |body: Value| house.send(ask("POST", "/api/auth/accept").json(&body)).await;
    let secret = link.secret.expose_secret();
    let old = accept(body(older.secret.expose_secret(), PASSWORD)).await;
    old.is_problem(404, "link_invalid");
    // What is wrong with the form does not use the link up.
    accept(body(secret, "too short")).await.is_problem(422, "invalid_field");
    let mut nameless = body(secret, PASSWORD);
    nameless["name"] = json!(" ");
    accept(nameless).await.is_problem(422, "invalid_field");

    let came = accept(body(secret, PASSWORD)).await;
    let token = text(came.is(201), "access_token").to_owned();
    assert_eq!(came.body["person"]["role"], "admin");
    assert_eq!(me(&house, &token).await.is(200)["person"]["email"], "ann@example.com");
    assert!(!came.text.contains(PASSWORD) && !came.text.contains("argon2"));
    accept(body(secret, PASSWORD)).await.is_problem(404, "link_invalid");
    assert!(people.first_admin(ws).await.unwrap().is_none());
    assert_eq!(record(&house).await, ["session.login", "person.join"]);
}

#[tokio::test]
async fn the_link_of_the_first_admin_ends_after_a_day_and_with_the_first_admin() {
    let house = House::new().await;
    let (ws, people) = (house.social.workspace(), house.social.people());
    let late = people.first_admin(ws).await.unwrap().unwrap();
    house.clock.advance(24 * 60 * MINUTE);
    assert!(people.look(&late.secret).await.unwrap().is_some());
    house.clock.advance(Duration::from_millis(1));
    assert!(people.look(&late.secret).await.unwrap().is_none());
    let link = people.first_admin(ws).await.unwrap().unwrap();
    ann(&house, Role::Admin).await;
    use secrecy::ExposeSecret as _;
    let body = json!({
        "token": link.secret.expose_secret(), "name": "Eve", "email": "eve@example.com",
        "password": PASSWORD,
    });
    let second = house.send(ask("POST", "/api/auth/accept").json(&body)).await;
    second.is_problem(404, "link_invalid");
}

#[tokio::test]
async fn who_is_invited_comes_in_as_what_they_were_invited_as() {
    let house = House::new().await;
    let admin = house.person_token(Role::Admin).await;
    let invite = |body: Value| ask("POST", "/api/people").key(&admin).json(&body);
    let asked = json!({ "email": "bob@example.com", "role": "client" });
    let first = house.send(invite(asked.clone())).await;
    let made = house.send(invite(asked)).await;
    let link: url::Url = text(made.is(201), "link").parse().unwrap();
    assert!(link.as_str().starts_with("http://127.0.0.1:8080/welcome?token=inv_social_"));
    let token = |link: &url::Url| link.query_pairs().next().unwrap().1.into_owned();
    let list = house.send(ask("GET", "/api/people").key(&admin)).await;
    assert_eq!(list.is(200)["invited"][0]["email"], "bob@example.com");
    assert!(!list.text.contains(&token(&link)));

    // They cannot make themselves more, nor somebody else.
    let body = |link: &url::Url| {
        json!({
            "token": token(link), "name": "Bob", "email": "eve@example.com",
            "password": PASSWORD, "cookie": false,
        })
    };
    let accept = async |body: Value| house.send(ask("POST", "/api/auth/accept").json(&body)).await;
    let replaced: url::Url = text(first.is(201), "link").parse().unwrap();
    accept(body(&replaced)).await.is_problem(404, "link_invalid");
    let came = accept(body(&link)).await;
    assert_eq!(came.is(201)["person"]["email"], "bob@example.com");
    assert_eq!(came.body["person"]["role"], "client");
    let again = house.send(invite(json!({ "email": "BOB@example.com", "role": "admin" }))).await;
    again.is_problem(422, "invalid_field");
    for bad in
        [json!({ "email": "bob", "role": "client" }), json!({ "email": "b@x.de", "role": "king" })]
    {
        house.send(invite(bad)).await.is_problem(422, "invalid_field");
    }
}

#[tokio::test]
async fn who_signs_in_stays_so_and_each_refresh_token_is_good_once() {
    let house = House::new().await;
    ann(&house, Role::Manager).await;
    let first = house.sign_in_as("ann@example.com").await;
    assert_eq!((&first["token_type"], &first["expires_in"]), (&json!("Bearer"), &json!(600)));
    me(&house, text(&first, "access_token")).await.is(200);
    house.clock.advance(10 * MINUTE);
    me(&house, text(&first, "access_token")).await.is_problem(401, "session_ended");

    let second = refresh(&house, text(&first, "refresh_token")).await.is(200).clone();
    me(&house, text(&second, "access_token")).await.is(200);
    // Two tabs refresh at once: both go on.
    house.clock.advance(Duration::from_secs(10));
    let tab = refresh(&house, text(&first, "refresh_token")).await.is(200).clone();
    // Later, whoever comes with it is a thief, or was robbed: all of them are out.
    house.clock.advance(Duration::from_secs(1));
    let stolen = refresh(&house, text(&first, "refresh_token")).await;
    stolen.is_problem(401, "session_ended");
    for session in [&second, &tab] {
        me(&house, text(session, "access_token")).await.is_problem(401, "session_ended");
        refresh(&house, text(session, "refresh_token")).await.is_problem(401, "session_ended");
    }
    assert_eq!(record(&house).await[0], "session.reuse");
    house.sign_in_as("ann@example.com").await;
}

#[tokio::test]
async fn a_session_that_nobody_refreshes_ends() {
    let house = House::new().await;
    ann(&house, Role::Manager).await;
    let session = house.sign_in_as("ann@example.com").await;
    house.clock.advance(30 * 24 * 60 * MINUTE);
    let late = refresh(&house, text(&session, "refresh_token")).await;
    late.is_problem(401, "session_ended");
    refresh(&house, "rt_social_guessed").await.is_problem(401, "session_ended");
}

#[tokio::test]
async fn signing_out_ends_a_session_at_once_here_or_everywhere() {
    let house = House::new().await;
    ann(&house, Role::Manager).await;
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(house.sign_in_as("ann@example.com").await);
    }
    let alive = async || {
        let mut alive = Vec::new();
        for session in &sessions {
            let status = me(&house, text(session, "access_token")).await.status.as_u16();
            alive.push(status == 200);
        }
        alive
    };
    let logout = async |session: &Value, everywhere: bool| {
        let token = text(session, "refresh_token");
        let body = json!({ "refresh_token": token, "everywhere": everywhere });
        house.send(ask("POST", "/api/auth/logout").json(&body)).await.is(204);
    };
    logout(&sessions[0], false).await;
    assert_eq!(alive().await, [false, true, true]);
    logout(&sessions[1], true).await;
    assert_eq!(alive().await, [false, false, false]);
    // Who is out already gets no error.
    logout(&sessions[1], true).await;
}

#[tokio::test]
async fn a_browser_keeps_the_refresh_token_out_of_scripts() {
    let house = House::with(|config| {
        config.public_url = "https://social.example/app/".parse().unwrap();
    })
    .await;
    ann(&house, Role::Manager).await;
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    let answer = house.send(ask("POST", "/api/auth/login").json(&body)).await;
    assert_eq!(answer.is(200)["refresh_token"], Value::Null);
    let cookie = answer.header("set-cookie").unwrap().to_owned();
    let (pair, rules) = cookie.split_once("; ").unwrap();
    assert_eq!(rules, "Path=/app/api/auth; Max-Age=2592000; HttpOnly; SameSite=Strict; Secure");

    let asked = |origin: Option<&str>| {
        let ask = ask("POST", "/api/auth/refresh").header("cookie", &format!("a=b; {pair}"));
        match origin {
            Some(origin) => ask.header("origin", origin),
            None => ask,
        }
    };
    house.send(asked(None)).await.is_problem(403, "origin_not_allowed");
    house.send(asked(Some("https://evil.example"))).await.is_problem(403, "origin_not_allowed");
    house.send(asked(Some("null"))).await.is_problem(403, "origin_not_allowed");
    let next = house.send(asked(Some("https://social.example"))).await;
    assert_eq!(next.is(200)["refresh_token"], Value::Null);
    let next = next.header("set-cookie").unwrap().split_once("; ").unwrap().0.to_owned();
    assert_ne!(next, pair);

    let out = ask("POST", "/api/auth/logout").header("cookie", &next);
    let out = house.send(out.header("origin", "https://social.example")).await;
    out.is(204);
    assert!(
        out.header("set-cookie")
            .unwrap()
            .starts_with("social_refresh=; Path=/app/api/auth; Max-Age=0")
    );
    let after = ask("POST", "/api/auth/refresh").header("cookie", &next);
    let after = house.send(after.header("origin", "https://social.example")).await;
    after.is_problem(401, "session_ended");
    assert!(after.header("set-cookie").unwrap().starts_with("social_refresh=;"));
    house.send(ask("POST", "/api/auth/refresh")).await.is_problem(401, "session_ended");
}

#[tokio::test]
async fn nobody_learns_who_is_here_and_who_guesses_waits() {
    let house = House::new().await;
    ann(&house, Role::Manager).await;
    let wrong = login(&house, "ann@example.com", "wrong horse battery").await;
    let nobody = login(&house, "eve@example.com", "wrong horse battery").await;
    for answer in [&wrong, &nobody] {
        answer.is_problem(401, "login_failed");
    }
    assert_eq!(wrong.body["detail"], nobody.body["detail"]);
    for _ in 0..4 {
        login(&house, "ann@example.com", "wrong").await.is_problem(401, "login_failed");
    }
    // By now even the right one waits, and somebody else does not.
    let early = login(&house, "ann@example.com", PASSWORD).await;
    early.is_problem(429, "rate_limited");
    assert_eq!(early.header("retry-after"), Some("1"));
    house.person(house.social.workspace(), "bob@example.com", Role::Client).await;
    login(&house, "bob@example.com", PASSWORD).await.is(200);
    house.clock.advance(Duration::from_secs(1));
    login(&house, "ANN@example.com ", PASSWORD).await.is(200);
    login(&house, "ann@example.com", "wrong").await.is_problem(401, "login_failed");
    login(&house, "ann@example.com", PASSWORD).await.is(200);
}

#[tokio::test]
async fn what_a_person_may_is_what_they_are_now() {
    let house = House::new().await;
    let admin = house.person_token(Role::Admin).await;
    let id = ann(&house, Role::Manager).await;
    let session = house.sign_in_as("ann@example.com").await;
    let token = text(&session, "access_token");
    let change = async |body: Value| {
        let path = format!("/api/people/{id}");
        house.send(ask("PATCH", &path).key(&admin).json(&body)).await
    };
    let post = json!({ "content": "Mine", "platforms": ["facebook"], "draft": true });
    let write = async || house.send(ask("POST", "/api/posts").key(token).json(&post)).await;
    assert_ne!(write().await.status, 403);
    assert_eq!(change(json!({ "role": "client" })).await.is(200)["role"], "client");
    write().await.is_problem(403, "permission_missing");

    change(json!({ "disabled": true })).await.is(200);
    me(&house, token).await.is_problem(401, "session_ended");
    refresh(&house, text(&session, "refresh_token")).await.is_problem(401, "session_ended");
    login(&house, "ann@example.com", PASSWORD).await.is_problem(401, "login_failed");
    let back = change(json!({ "disabled": false, "name": "Ann Lee" })).await;
    assert_eq!(back.is(200)["name"], "Ann Lee");
    house.sign_in_as("ann@example.com").await;
    let said = record(&house).await;
    let said: Vec<_> =
        said.iter().map(String::as_str).filter(|a| a.starts_with("person.")).collect();
    assert_eq!(
        said[..4],
        ["person.enable", "person.rename", "person.disable", "person.role.client"]
    );
    change(json!({ "role": "king" })).await.is_problem(422, "invalid_field");
}

#[tokio::test]
async fn there_is_always_an_admin() {
    let house = House::new().await;
    let admin = house.person_token(Role::Admin).await;
    let id = me(&house, &admin).await.is(200)["person"]["id"].as_str().unwrap().to_owned();
    let change = async |id: &str, body: Value| {
        house.send(ask("PATCH", &format!("/api/people/{id}")).key(&admin).json(&body)).await
    };
    for body in [json!({ "role": "manager" }), json!({ "disabled": true })] {
        change(&id, body).await.is_problem(409, "last_admin");
    }
    let other = ann(&house, Role::Admin).await;
    change(&other, json!({ "disabled": true })).await.is(200);
    change(&id, json!({ "role": "client" })).await.is_problem(409, "last_admin");
    change(&other, json!({ "disabled": false })).await.is(200);
    change(&id, json!({ "role": "client" })).await.is(200);
    // It counted as what they were; now they are it no more.
    change(&other, json!({ "role": "client" })).await.is_problem(403, "permission_missing");
}

#[tokio::test]
async fn another_password_ends_the_other_sessions() {
    let house = House::new().await;
    ann(&house, Role::Client).await;
    let (here, there) =
        (house.sign_in_as("ann@example.com").await, house.sign_in_as("ann@example.com").await);
    let change = async |current: &str, new: &str| {
        let body = json!({ "current": current, "new": new });
        let token = text(&here, "access_token");
        house.send(ask("POST", "/api/auth/password").key(token).json(&body)).await
    };
    change("not the password", "another long one").await.is_problem(422, "invalid_field");
    change(PASSWORD, "short").await.is_problem(422, "invalid_field");
    change(PASSWORD, "another long one").await.is(204);
    me(&house, text(&here, "access_token")).await.is(200);
    me(&house, text(&there, "access_token")).await.is_problem(401, "session_ended");
    login(&house, "ann@example.com", PASSWORD).await.is_problem(401, "login_failed");
    login(&house, "ann@example.com", "another long one").await.is(200);
}

#[tokio::test]
async fn an_admin_lets_somebody_choose_a_new_password() {
    let house = House::new().await;
    let admin = house.person_token(Role::Admin).await;
    let id = ann(&house, Role::Client).await;
    let session = house.sign_in_as("ann@example.com").await;
    let path = format!("/api/people/{id}/reset");
    let made = house.send(ask("POST", &path).key(&admin)).await;
    let link: url::Url = text(made.is(201), "link").parse().unwrap();
    let token = link.query_pairs().next().unwrap().1.into_owned();
    let body = json!({ "token": token, "password": "a new long one", "cookie": false });
    let done = house.send(ask("POST", "/api/auth/accept").json(&body)).await;
    assert_eq!(done.is(201)["person"]["id"], id.as_str());
    me(&house, text(&session, "access_token")).await.is_problem(401, "session_ended");
    login(&house, "ann@example.com", "a new long one").await.is(200);
    let again = house.send(ask("POST", "/api/auth/accept").json(&body)).await;
    again.is_problem(404, "link_invalid");
}

#[tokio::test]
async fn a_key_gives_no_role_that_may_more_than_itself() {
    let house = House::new().await;
    let narrow =
        [Scope::ApprovalsWrite, Scope::PostsRead, Scope::AnalyticsRead, Scope::AccountsRead];
    let narrow = house.key_with(narrow).await;
    let whole = house.human_key().await;
    let invite = async |key: &str, role: &str| {
        let body = json!({ "email": "bob@example.com", "role": role });
        house.send(ask("POST", "/api/people").key(key).json(&body)).await
    };
    invite(&narrow, "client").await.is(201);
    for role in ["manager", "admin"] {
        let refused = invite(&narrow, role).await;
        assert_eq!(refused.is_problem(403, "permission_missing")["missing"], "posts:write");
    }
    invite(&whole, "admin").await.is(201);
    let manager = ann(&house, Role::Manager).await;
    let path = format!("/api/people/{manager}");
    let body = json!({ "role": "client" });
    let refused = house.send(ask("PATCH", &path).key(&narrow).json(&body)).await;
    refused.is_problem(403, "permission_missing");
    let reset = house.send(ask("POST", &format!("{path}/reset")).key(&narrow)).await;
    reset.is_problem(403, "permission_missing");
    house.send(ask("PATCH", &path).key(&whole).json(&body)).await.is(200);
}

#[tokio::test]
async fn people_post_and_approve_in_their_own_name() {
    let (house, _) = House::ready().await;
    let manager = house.person_token(Role::Manager).await;
    let client = house.person_token(Role::Client).await;
    let agent = house.key_of(social::core::domain::WritePolicy::Approve).await;
    let post = json!({ "content": "To be seen first", "platforms": ["facebook"] });
    let made = house.send(ask("POST", "/api/posts").key(&agent).json(&post)).await;
    let id = made.is(202)["id"].as_str().unwrap().to_owned();
    let approve = |key: &str| ask("POST", &format!("/api/posts/{id}/approve")).key(key);
    house.send(approve(&agent)).await.is_problem(403, "approval_requires_human");
    house.send(approve(&client)).await.is(200);
    // Nobody asks a person to confirm what they wrote themselves.
    let now = json!({ "content": "By hand", "platforms": ["facebook"], "time": "now" });
    let sent = house.send(ask("POST", "/api/posts").key(&manager).json(&now)).await;
    assert!(sent.status.is_success(), "{}", sent.text);
    let admin = house.person_token(Role::Admin).await;
    let said = house.send(ask("GET", "/api/audit?limit=100").key(&admin)).await;
    let by = |action: &str| {
        let items = said.body["items"].as_array().unwrap();
        let found = items.iter().find(|entry| entry["action"] == action);
        found.unwrap_or_else(|| panic!("no {action} in {}", said.text))["actor"].clone()
    };
    for action in ["post.approve", "post.schedule"] {
        assert!(by(action).as_str().unwrap().starts_with("person_"), "{}", by(action));
    }
    assert!(by("post.submit").as_str().unwrap().starts_with("key_"));
}

#[tokio::test]
async fn the_record_is_read_page_by_page() {
    let house = House::new().await;
    let admin = house.person_token(Role::Admin).await;
    let ws = house.social.workspace();
    for n in 0..5 {
        // Of one instant: what was written later comes first all the same.
        house.social.audit().record(ws, "system", "test.act", &n.to_string()).await.unwrap();
    }
    let whole = house.send(ask("GET", "/api/audit?limit=100").key(&admin)).await;
    let whole = whole.is(200);
    assert_eq!((&whole["items"][0]["subject"], &whole["next_cursor"]), (&json!("4"), &Value::Null));
    let mut path = "/api/audit?limit=2".to_owned();
    let (mut pages, mut seen) = (0, Vec::new());
    loop {
        let page = house.send(ask("GET", &path).key(&admin)).await;
        seen.extend(page.is(200)["items"].as_array().unwrap().clone());
        pages += 1;
        let Some(link) = page.header("link") else {
            assert!(page.body["next_cursor"].is_null());
            break;
        };
        // What is added meanwhile shifts nothing.
        house.social.audit().record(ws, "system", "test.later", "").await.unwrap();
        let url = link.strip_prefix("<http://127.0.0.1:8080").unwrap();
        path = url.strip_suffix(">; rel=\"next\"").unwrap().to_owned();
    }
    assert_eq!(&json!(seen), &whole["items"]);
    assert_eq!(pages, seen.len().div_ceil(2));
    let bad = house.send(ask("GET", "/api/audit?cursor=nonsense").key(&admin)).await;
    bad.is_problem(400, "cursor_invalid");
}
