//! The pages where people come in and approve.

use secrecy::ExposeSecret as _;
use serde_json::json;
use social::core::domain::{Role, WritePolicy};

use crate::house::{Answer, House, PASSWORD, ask};

fn is_page(answer: &Answer, status: u16) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    assert!(answer.header("content-type").unwrap().starts_with("text/html"), "{}", answer.text);
    let policy = answer.header("content-security-policy").unwrap();
    for rule in ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!answer.text.contains("<script") && !answer.text.contains(" style="));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    // Without it a browser does not say where the form comes from.
    assert_eq!(answer.header("referrer-policy"), Some("same-origin"));
}

#[tokio::test]
async fn the_first_admin_comes_in_by_a_form() {
    let house = House::new().await;
    let link = house.social.people().first_admin(house.social.workspace()).await.unwrap().unwrap();
    let token = link.secret.expose_secret();
    let show = async || house.send(ask("GET", &format!("/welcome?token={token}"))).await;
    // Programs look at links: that does not use it up.
    for _ in 0..2 {
        let page = show().await;
        is_page(&page, 200);
        assert!(page.text.contains("name=\"email\"") && page.text.contains("name=\"password\""));
    }
    let fill = async |password: &str| {
        let fields = [
            ("token", token),
            ("name", "Ann"),
            ("email", "ann@example.com"),
            ("password", password),
        ];
        house.send(ask("POST", "/welcome").form(&fields)).await
    };
    let short = fill("short").await;
    is_page(&short, 422);
    assert!(short.text.contains("12 to 256 characters"), "{}", short.text);
    let strange = ask("POST", "/welcome").form(&[("token", token), ("password", PASSWORD)]);
    let strange = house.send(strange.header("origin", "https://evil.example")).await;
    strange.is_problem(403, "origin_not_allowed");
    is_page(&fill(PASSWORD).await, 200);
    is_page(&fill(PASSWORD).await, 404);
    is_page(&show().await, 404);
    is_page(&house.send(ask("GET", "/welcome")).await, 404);
    assert_eq!(house.sign_in_as("ann@example.com").await["person"]["role"], "admin");
}

#[tokio::test]
async fn a_person_signs_in_looks_and_approves() {
    let (house, _) = House::ready().await;
    let agent = house.key_of(WritePolicy::Approve).await;
    let submit = async |content: &str| {
        let post = json!({ "content": content, "platforms": ["facebook"] });
        let made = house.send(ask("POST", "/api/posts").key(&agent).json(&post)).await;
        let url = made.is(202)["approve_url"].as_str().unwrap().to_owned();
        url.strip_prefix("http://127.0.0.1:8080").unwrap().to_owned()
    };
    let page = submit("Fresh <b>beans</b> & more").await;
    let door = house.send(ask("GET", &page)).await;
    is_page(&door, 200);
    assert!(door.text.contains("type=\"password\"") && !door.text.contains("beans"));
    // Nobody learns there whether there is such a post.
    let nothing = house.send(ask("GET", "/approvals/post_x")).await;
    assert_eq!(nothing.text, door.text);

    house.person(house.social.workspace(), "ann@example.com", Role::Client).await;
    let enter = async |password: &str| {
        let fields = [("act", "sign_in"), ("email", "ann@example.com"), ("password", password)];
        house.send(ask("POST", &page).form(&fields)).await
    };
    is_page(&enter("wrong").await, 401);
    let entered = enter(PASSWORD).await;
    assert_eq!(entered.status, 303);
    assert_eq!(entered.header("location"), Some(page.as_str()));
    let cookie = entered.header("set-cookie").unwrap();
    assert!(cookie.contains("; Path=/approvals; Max-Age=600; HttpOnly; SameSite=Lax"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();

    let paper = house.send(ask("GET", &page).header("cookie", &cookie)).await;
    is_page(&paper, 200);
    assert!(paper.text.contains("Fresh &lt;b&gt;beans&lt;/b&gt; &amp; more"), "{}", paper.text);
    assert!(paper.text.contains("value=\"approve\"") && paper.text.contains("value=\"reject\""));
    let act = |page: &str, act: &str| ask("POST", page).form(&[("act", act)]);
    let strange = act(&page, "approve").header("cookie", &cookie);
    let strange = house.send(strange.header("origin", "https://evil.example")).await;
    strange.is_problem(403, "origin_not_allowed");
    let anybody = house.send(act(&page, "approve")).await;
    is_page(&anybody, 200);
    assert!(anybody.text.contains("type=\"password\""));

    let done = house.send(act(&page, "approve").header("cookie", &cookie)).await;
    is_page(&done, 200);
    assert!(done.text.contains("You approved it.") && done.text.contains("scheduled"));
    assert!(!done.text.contains("value=\"approve\""));
    let twice = house.send(act(&page, "approve").header("cookie", &cookie)).await;
    is_page(&twice, 409);
    let other = submit("Stale beans").await;
    let rejected = house.send(act(&other, "reject").header("cookie", &cookie)).await;
    is_page(&rejected, 200);
    assert!(rejected.text.contains("cancelled"), "{}", rejected.text);
    let nothing = "/approvals/post_01JD3V9K7N3Q5R7T9V1X3Z5B7D";
    is_page(&house.send(ask("GET", nothing).header("cookie", &cookie)).await, 404);
    let odd = house.send(act(&page, "explode").header("cookie", &cookie)).await;
    is_page(&odd, 422);
}

#[tokio::test]
async fn a_page_shows_the_pictures_that_go_out() {
    let (house, key) = House::ready().await;
    let picture = ask("POST", "/api/media").key(&key).raw(crate::media::picture());
    let picture = house.send(picture).await.is(201)["id"].clone();
    let agent = house.key_of(WritePolicy::Approve).await;
    let post = json!({
        "content": "Look", "platforms": ["facebook"],
        "media": [{ "id": picture, "alt": "A \"cup\"" }],
    });
    let made = house.send(ask("POST", "/api/posts").key(&agent).json(&post)).await;
    let page = format!("/approvals/{}", made.is(202)["id"].as_str().unwrap());
    house.person(house.social.workspace(), "ann@example.com", Role::Client).await;
    let fields = [("act", "sign_in"), ("email", "ann@example.com"), ("password", PASSWORD)];
    let entered = house.send(ask("POST", &page).form(&fields)).await;
    let cookie = entered.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let paper = house.send(ask("GET", &page).header("cookie", &cookie)).await;
    is_page(&paper, 200);
    assert!(paper.text.contains("<img src=\"https://media.example/media/"), "{}", paper.text);
    assert!(paper.text.contains("alt=\"A &quot;cup&quot;\""), "{}", paper.text);
    let policy = paper.header("content-security-policy").unwrap();
    assert!(policy.contains("img-src https://media.example;"), "{policy}");
}
