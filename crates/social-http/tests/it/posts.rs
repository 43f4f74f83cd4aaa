use serde_json::json;
use social::Platform;
use social::core::domain::{Scope, WritePolicy};
use social::core::engine::NewKey;
use social::sim::{Fault, FaultKind};

use crate::house::{House, ask};

#[tokio::test]
async fn a_post_is_scheduled_read_and_called_off() {
    let (house, key) = House::ready().await;
    let post = json!({
        "content": "Fresh beans", "platforms": ["facebook"], "time": "2027-01-16T09:00:00+01:00",
    });
    let made = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
    let body = made.is(201);
    assert_eq!(body["status"], "scheduled");
    assert_eq!(body["time"], "2027-01-16T08:00:00Z");
    assert_eq!(body["results"][0]["platform"], "facebook");
    assert!(body["results"][0]["account_id"].as_str().unwrap().starts_with("acct_"));
    let path = format!("/api/posts/{}", body["id"].as_str().unwrap());
    assert_eq!(made.header("location"), Some(format!("http://127.0.0.1:8080{path}").as_str()));

    let read = house.send(ask("GET", &path).key(&key)).await;
    assert_eq!(read.is(200)["content"], "Fresh beans");
    assert!(read.header("etag").is_some());
    assert!(read.body["results"][0].get("text").is_none());
    let full = house.send(ask("GET", &format!("{path}?view=full")).key(&key)).await;
    assert_eq!(full.is(200)["results"][0]["text"], "Fresh beans");

    let off = house.send(ask("DELETE", &path).key(&key)).await;
    assert_eq!(off.is(200)["status"], "cancelled");
    let again = house.send(ask("DELETE", &path).key(&key)).await;
    assert_eq!(again.is(200), &off.body);
}

#[tokio::test]
async fn a_post_for_now_is_published_while_one_waits() {
    let (house, key) = House::ready().await;
    let post = json!({ "content": "Now", "platforms": ["facebook"], "time": "now" });
    let request = ask("POST", "/api/posts").key(&key).header("prefer", "wait=10").json(&post);
    let made = house.send_while_working(request).await;
    let body = made.is(201);
    assert_eq!(body["status"], "published", "{body}");
    assert!(body["results"][0]["error"].is_null());
    assert_eq!(house.sim.ledger().live().count(), 1);

    let path = format!("/api/posts/{}", body["id"].as_str().unwrap());
    house.send(ask("DELETE", &path).key(&key)).await.is_problem(409, "already_published");
    let patch = json!({ "content": "Later" });
    let patched = house.send(ask("PATCH", &path).key(&key).json(&patch)).await;
    patched.is_problem(409, "post_not_editable");
}

#[tokio::test]
async fn a_post_for_now_that_nobody_waits_for_is_under_way() {
    let (house, key) = House::ready().await;
    let post = json!({ "content": "Now", "platforms": ["facebook"], "time": "now" });
    let made = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
    assert_eq!(made.is(202)["status"], "publishing");
    assert!(made.header("retry-after").is_some() && made.header("location").is_some());
}

#[tokio::test]
async fn what_failed_on_one_network_is_no_failure_of_the_request() {
    let (house, key) = House::ready().await;
    house.connect(&Platform::LINKEDIN).await;
    let accounts = house.send(ask("GET", "/api/accounts").key(&key)).await.body["items"].clone();
    let linkedin = accounts.as_array().unwrap().iter().find(|a| a["platform"] == "linkedin");
    let linkedin = format!("linkedin:{}", linkedin.unwrap()["account_id"].as_str().unwrap());
    let refusal = FaultKind::Answer {
        status: 422,
        body: json!({ "message": "no", "status": 422, "code": "UNPROCESSABLE_ENTITY" }).to_string(),
        performed: false,
    };
    house.sim.add_fault(Fault::on("linkedin.posts_create", refusal).nth(1));
    let post = json!({ "content": "Both", "platforms": ["facebook", linkedin], "time": "now" });
    let request = ask("POST", "/api/posts").key(&key).header("prefer", "wait=10").json(&post);
    let made = house.send_while_working(request).await;
    let body = made.is(201);
    assert_eq!(body["status"], "partial", "{body}");
    let failed = body["results"].as_array().unwrap().iter().find(|r| r["status"] == "failed");
    assert!(!failed.unwrap()["error"]["fix"].as_str().unwrap().is_empty());

    let path = format!("/api/posts/{}/retry", body["id"].as_str().unwrap());
    let retry = ask("POST", &path).key(&key).header("prefer", "wait=10");
    let retried = house.send_while_working(retry).await;
    assert_eq!(retried.is(200)["status"], "published", "{}", retried.text);
    assert_eq!(house.sim.ledger().live().count(), 2);
    let nothing = house.send(ask("POST", &path).key(&key)).await;
    assert_eq!(nothing.is(200)["status"], "published");
}

#[tokio::test]
async fn the_next_slot_is_the_next_free_hour() {
    let (house, key) = House::ready().await;
    for (text, time) in [("one", "2027-01-15T09:00:00Z"), ("two", "2027-01-15T10:00:00Z")] {
        let post = json!({ "content": text, "platforms": ["facebook"] });
        let made = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
        assert_eq!(made.is(201)["time"], time);
    }
}

#[tokio::test]
async fn a_draft_waits_until_it_is_submitted() {
    let (house, key) = House::ready().await;
    let post = json!({ "content": "Later", "platforms": ["facebook"], "draft": true });
    let writer = house.key_with([Scope::PostsWrite, Scope::PostsRead]).await;
    let made = house.send(ask("POST", "/api/posts").key(&writer).json(&post)).await;
    assert_eq!(made.is(201)["status"], "draft");
    let path = format!("/api/posts/{}", made.body["id"].as_str().unwrap());
    let submit = json!({ "draft": false });
    let refused = house.send(ask("PATCH", &path).key(&writer).json(&submit)).await;
    refused.is_problem(403, "permission_missing");
    let submitted = house.send(ask("PATCH", &path).key(&key).json(&submit)).await;
    assert_eq!(submitted.is(200)["status"], "scheduled");
}

#[tokio::test]
async fn a_person_approves_what_an_agent_wrote() {
    let (house, _) = House::ready().await;
    let agent = house.key_of(WritePolicy::Approve).await;
    let human = house.human_key().await;
    let post = json!({ "content": "May I?", "platforms": ["facebook"], "time": "now" });
    let made = house.send(ask("POST", "/api/posts").key(&agent).json(&post)).await;
    let body = made.is(202);
    assert_eq!(body["status"], "pending_approval");
    let id = body["id"].as_str().unwrap().to_owned();
    assert_eq!(body["approve_url"], format!("http://127.0.0.1:8080/approvals/{id}"));

    let approve = format!("/api/posts/{id}/approve");
    let refused = house.send(ask("POST", &approve).key(&agent)).await;
    refused.is_problem(403, "approval_requires_human");
    let approved = house.send(ask("POST", &approve).key(&human)).await;
    assert_eq!(approved.is(200)["status"], "scheduled");
    let twice = house.send(ask("POST", &approve).key(&human)).await;
    twice.is_problem(409, "post_not_editable");
}

#[tokio::test]
async fn a_post_that_a_person_refuses_is_called_off() {
    let (house, _) = House::ready().await;
    let (agent, human) = (house.key_of(WritePolicy::Approve).await, house.human_key().await);
    let post = json!({ "content": "May I?", "platforms": ["facebook"] });
    let made = house.send(ask("POST", "/api/posts").key(&agent).json(&post)).await;
    let path = format!("/api/posts/{}/approve", made.body["id"].as_str().unwrap());
    let no = json!({ "approved": false });
    let refused = house.send(ask("POST", &path).key(&human).json(&no)).await;
    assert_eq!(refused.is(200)["status"], "cancelled");
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_double() {
    let (house, key) = House::ready().await;
    for n in 0..5 {
        let post = json!({ "content": format!("post {n}"), "platforms": ["facebook"] });
        house.send(ask("POST", "/api/posts").key(&key).json(&post)).await.is(201);
        house.clock.advance(std::time::Duration::from_millis(5));
    }
    let mut path = "/api/posts?limit=2&platform=facebook&status=scheduled".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = house.send(ask("GET", &path).key(&key)).await;
        for item in page.is(200)["items"].as_array().unwrap() {
            seen.push(item["content"].as_str().unwrap().to_owned());
        }
        let Some(link) = page.header("link") else {
            assert!(page.body["next_cursor"].is_null());
            break;
        };
        let url = link.strip_prefix("<http://127.0.0.1:8080").unwrap();
        path = url.strip_suffix(">; rel=\"next\"").unwrap().to_owned();
    }
    assert_eq!(seen, ["post 4", "post 3", "post 2", "post 1", "post 0"]);
    let none = house.send(ask("GET", "/api/posts?platform=tiktok").key(&key)).await;
    assert_eq!(none.is(200), &json!({ "items": [], "next_cursor": null }));
    let bad = house.send(ask("GET", "/api/posts?cursor=nonsense").key(&key)).await;
    bad.is_problem(400, "cursor_invalid");
}

#[tokio::test]
async fn a_budget_holds() {
    let (house, _) = House::ready().await;
    let mut new = NewKey { policy: WritePolicy::None, ..NewKey::for_agent("thrifty") };
    new.budget.posts_per_day = Some(1);
    let key = house.make_key(house.social.workspace(), new).await;
    let post = |text: &str| json!({ "content": text, "platforms": ["facebook"] });
    house.send(ask("POST", "/api/posts").key(&key).json(&post("one"))).await.is(201);
    let second = house.send(ask("POST", "/api/posts").key(&key).json(&post("two"))).await;
    second.is_problem(403, "budget_exceeded");
}

#[tokio::test]
async fn a_story_tells_each_network() {
    let (house, key) = House::ready().await;
    let post = json!({ "content": "Story", "platforms": ["facebook"], "time": "now" });
    let made = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
    house.work(20).await;
    let path = format!("/api/posts/{}/explain", made.body["id"].as_str().unwrap());
    let story = house.send(ask("GET", &path).key(&key)).await;
    let body = story.is(200);
    assert_eq!(body["status"], "published");
    assert!(body["deliveries"][0]["summary"].as_str().unwrap().starts_with("It is live."));
    assert!(!body["deliveries"][0]["attempts"].as_array().unwrap().is_empty());
    assert!(!story.text.contains("access_token"));
}

#[tokio::test]
async fn what_is_visible_is_removed_only_after_a_look() {
    let (house, key) = House::ready().await;
    let post = json!({ "content": "Gone soon", "platforms": ["facebook"], "time": "now" });
    let made = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
    house.work(20).await;
    let path = format!("/api/posts/{}?remote=true", made.body["id"].as_str().unwrap());
    let asked = house.send(ask("DELETE", &path).key(&key)).await;
    let token = asked.is_problem(409, "confirmation_required")["confirm"].as_str().unwrap();
    let removed = house.send(ask("DELETE", &format!("{path}&confirm={token}")).key(&key)).await;
    assert_eq!(removed.is(200)["removed"][0]["deleted"], true, "{}", removed.text);
    assert_eq!(house.sim.ledger().live().count(), 0);
}
