//! What the networks count, tell in headers, and refuse beyond; and what they do oddly on purpose.

use serde_json::{Value, json};
use social_sim::{LinkedinConfig, MetaConfig, Network, SimConfig, TiktokConfig, TiktokCreator};

use crate::kit::{CREATOR, IG, Kit, MEMBER, ORG, PAGE, get};

fn header(answer: &http::Response<bytes::Bytes>, name: &str) -> Option<Value> {
    let text = answer.headers().get(name)?.to_str().unwrap();
    Some(serde_json::from_str(text).unwrap())
}

#[tokio::test]
async fn the_graph_tells_how_much_is_used_and_then_refuses() {
    let meta = MetaConfig { account_calls_per_day: 20, ..MetaConfig::default() };
    let kit = Kit::with(SimConfig { meta, ..SimConfig::default() });
    let token = kit.token(Network::Facebook, PAGE);
    let ask = async || kit.send(get(&format!("graph/v26.0/{PAGE}"), &token)).await;
    let first = ask().await;
    assert_eq!(header(&first, "x-business-use-case-usage"), None, "five percent is not told");
    assert_eq!(header(&first, "x-app-usage"), None);
    for _ in 0..18 {
        ask().await;
    }
    let last = ask().await;
    assert_eq!(last.status(), 200);
    let usage = header(&last, "x-business-use-case-usage").unwrap();
    assert_eq!(usage[PAGE][0]["call_count"], 100);
    assert_eq!(usage[PAGE][0]["type"], "pages");
    assert_eq!(usage[PAGE][0]["estimated_time_to_regain_access"], 0);

    kit.pass(3600);
    let over = ask().await;
    assert_eq!(over.status(), 400);
    let body: Value = serde_json::from_slice(over.body()).unwrap();
    assert_eq!(body["error"]["code"], 80_001);
    let usage = header(&over, "x-business-use-case-usage").unwrap();
    assert_eq!(usage[PAGE][0]["estimated_time_to_regain_access"], 23 * 60);
    // The Instagram account behind it is not held up.
    let other = kit.token(Network::Instagram, IG);
    assert_eq!(kit.get(&format!("graph/v26.0/{IG}"), &other).await.0, 200);
    kit.pass(24 * 3600);
    assert_eq!(ask().await.status(), 200, "the window rolls on");
}

#[tokio::test]
async fn a_version_of_the_graph_that_has_ended_is_answered_by_the_oldest() {
    let kit = Kit::new();
    let token = kit.token(Network::Facebook, PAGE);
    for (asked, told) in [("v26.0", "v26.0"), ("v17.0", "v21.0"), ("v21.0", "v21.0")] {
        let answer = kit.send(get(&format!("graph/{asked}/{PAGE}"), &token)).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["facebook-api-version"], told);
    }
    let unversioned = kit.send(get(&format!("graph/{PAGE}"), &token)).await;
    assert_eq!(unversioned.headers()["facebook-api-version"], "v21.0");
}

fn rest(path: &str, token: &str) -> http::Request<bytes::Bytes> {
    let mut request = get(&format!("linkedin-api/rest/{path}"), token);
    let headers = request.headers_mut();
    headers.insert("linkedin-version", "202609".parse().unwrap());
    headers.insert("x-restli-protocol-version", "2.0.0".parse().unwrap());
    request
}

#[tokio::test]
async fn linkedin_counts_the_day_of_a_member_from_midnight() {
    let linkedin = LinkedinConfig { member_calls_per_day: 3, ..LinkedinConfig::default() };
    let kit = Kit::with(SimConfig { linkedin, ..SimConfig::default() });
    let token = kit.token(Network::Linkedin, MEMBER);
    let ask = async || kit.json(rest("memberFollowersCount?q=me", &token)).await;
    for _ in 0..3 {
        assert_eq!(ask().await.0, 200);
    }
    let (status, body) = ask().await;
    assert_eq!(status, 429);
    assert!(body["message"].as_str().unwrap().contains("throttle MEMBER DAY limit"), "{body}");
    // A token for the same member's organisation is the same member's.
    let other = kit.token(Network::Linkedin, ORG);
    assert_eq!(kit.send(rest("memberFollowersCount?q=me", &other)).await.status(), 429);
    kit.pass(24 * 3600);
    assert_eq!(ask().await.0, 200);
}

#[tokio::test]
async fn linkedin_calls_a_fresh_token_revoked_for_some_seconds() {
    let fresh_token_blind = std::time::Duration::from_secs(4);
    let linkedin = LinkedinConfig { fresh_token_blind, ..LinkedinConfig::default() };
    let kit = Kit::with(SimConfig { linkedin, ..SimConfig::default() });
    let token = kit.token(Network::Linkedin, MEMBER);
    let ask = async || kit.json(rest("memberFollowersCount?q=me", &token)).await;
    let (status, body) = ask().await;
    assert_eq!((status, &body["serviceErrorCode"]), (401, &json!(65_601)));
    kit.pass(5);
    assert_eq!(ask().await.0, 200);
}

#[tokio::test]
async fn tiktok_counts_reading_by_the_client() {
    let second = TiktokCreator { open_id: "second".to_owned(), ..TiktokCreator::default() };
    let creators = vec![TiktokCreator::default(), second];
    let tiktok = TiktokConfig { creators, ..TiktokConfig::default() };
    let kit = Kit::with(SimConfig { tiktok, ..SimConfig::default() });
    let path = "tiktok-api/v2/user/info/?fields=open_id";
    let (one, two) = (kit.token(Network::Tiktok, CREATOR), kit.token(Network::Tiktok, "second"));
    for _ in 0..300 {
        assert_eq!(kit.get(path, &one).await.0, 200);
        assert_eq!(kit.get(path, &two).await.0, 200);
    }
    let (status, body) = kit.get(path, &two).await;
    assert_eq!((status, &body["error"]["code"]), (429, &json!("rate_limit_exceeded")));
    kit.pass(61);
    assert_eq!(kit.get(path, &two).await.0, 200);
}

#[tokio::test]
async fn a_client_that_is_not_audited_posts_for_few_creators() {
    let creator = |n: usize| TiktokCreator {
        open_id: format!("creator-{n}"),
        private: true,
        ..TiktokCreator::default()
    };
    let tiktok = TiktokConfig {
        unaudited: true,
        unaudited_creators: 2,
        creators: (0..3).map(creator).collect(),
        ..TiktokConfig::default()
    };
    let kit = Kit::with(SimConfig { tiktok, ..SimConfig::default() });
    let init = async |n: usize, path: &str, body: Value| {
        let token = kit.token(Network::Tiktok, &format!("creator-{n}"));
        let request =
            http::Request::post(format!("http://sim.test/tiktok-api/v2/post/publish/{path}"))
                .header("authorization", format!("Bearer {token}"))
                .header("content-type", "application/json")
                .body(body.to_string().into())
                .unwrap();
        let (status, body) = kit.json(request).await;
        (status, body["error"]["code"].as_str().unwrap().to_owned())
    };
    let video = json!({
        "post_info": {"privacy_level": "SELF_ONLY"},
        "source_info": {"source": "FILE_UPLOAD", "video_size": 4_000, "chunk_size": 4_000,
            "total_chunk_count": 1},
    });
    for n in 0..2 {
        assert_eq!(init(n, "video/init/", video.clone()).await.0, 200);
    }
    let full = "reached_active_user_cap".to_owned();
    assert_eq!(init(2, "video/init/", video.clone()).await, (403, full.clone()));
    // Here with HTTP 200, on purpose.
    assert_eq!(init(2, "creator_info/query/", json!({})).await, (200, full));
    assert_eq!(init(1, "video/init/", video.clone()).await.0, 200, "who posted already may");
    kit.pass(24 * 3600 + 1);
    assert_eq!(init(2, "video/init/", video).await.0, 200);
}

#[tokio::test]
async fn instagram_counts_an_account_over_thirty_days_at_most() {
    let kit = Kit::new();
    let token = kit.token(Network::Instagram, IG);
    let insights = |query: &str| format!("graph/v26.0/{IG}/insights?period=day&{query}");
    let sum = "metric=views,likes&metric_type=total_value";
    assert_eq!(kit.get(&insights(sum), &token).await.0, 200);
    let (status, body) = kit.get(&insights("metric=views"), &token).await;
    assert_eq!(status, 400);
    assert!(body["error"]["message"].as_str().unwrap().contains("metric_type=total_value"));
    let long = format!("{sum}&since=1792000000&until=1795000000");
    let (status, body) = kit.get(&insights(&long), &token).await;
    assert_eq!(status, 400);
    assert!(body["error"]["message"].as_str().unwrap().contains("30 days"), "{body}");
}
