use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use social::Platform;
use social::core::domain::{
    AccountId, DeliveryId, Dimension, Measured, Metric, Metrics, PostId, Snapshot, Zone,
};
use social::core::engine::NewKey;
use social::core::ports::{Clock as _, IdSource as _, SeededIds};
use social::core::timing::Hour;

use crate::house::{House, ask};

#[tokio::test]
async fn numbers_are_added_up_and_what_is_unknown_is_null() {
    let (house, key) = House::ready().await;
    house.connect(&Platform::TIKTOK).await;
    let post = json!({ "content": "Numbers", "platforms": ["facebook"], "time": "now" });
    house.send(ask("POST", "/api/posts").key(&key).json(&post)).await.is(202);
    house.work(90).await;
    let report = house.send(ask("GET", "/api/analytics?timeframe=24h").key(&key)).await;
    let body = report.is(200);
    assert_eq!(body["totals"]["posts"], 1);
    assert!(body["totals"]["engagements"].is_number(), "{}", report.text);
    assert_eq!(body["by_platform"][0]["key"], "facebook");
    assert_eq!(body["series"][0]["key"], "2027-01-15");
    assert_eq!(body["top_posts"].as_array().unwrap().len(), 1);
    let coverage = body["coverage"].as_array().unwrap();
    assert_eq!(coverage.len(), 2);
    assert_eq!(coverage[0]["status"], "ok");

    let none = house.send(ask("GET", "/api/analytics?platforms=tiktok").key(&key)).await;
    assert_eq!(none.is(200)["totals"]["posts"], 0);
    assert_eq!(none.body["totals"]["likes"], Value::Null);
    let by_post = house.send(ask("GET", "/api/analytics?group_by=post").key(&key)).await;
    assert!(by_post.is(200)["series"][0]["key"].as_str().unwrap().starts_with("post_"));
}

#[tokio::test]
async fn a_timeframe_is_checked() {
    let house = House::new().await;
    let key = house.human_key().await;
    for (query, status, code) in [
        ("timeframe=1y", 422, "timeframe_invalid"),
        ("timeframe=2027-01-01T00:00:00/2027-01-02T00:00:00", 422, "time_without_offset"),
        ("post_id=post_01JD3V9K7N3Q5R7T9V1X3Z5B7D", 404, "post_not_found"),
        ("group_by=mood", 400, "query_invalid"),
    ] {
        let answer = house.send(ask("GET", &format!("/api/analytics?{query}")).key(&key)).await;
        answer.is_problem(status, code);
    }
}

const NAMES: [&str; 9] = [
    "impressions",
    "reach",
    "views",
    "likes",
    "comments",
    "shares",
    "saves",
    "clicks",
    "followers",
];

/// Each of the nine is a number, or null with a sentence that says why.
fn whole(numbers: &Value) {
    for name in NAMES {
        let (number, why) = (&numbers["metrics"][name], &numbers["missing"][name]);
        assert_ne!(number.is_null(), why.is_null(), "{name}: {numbers:#}");
        assert!(number.is_u64() || why.as_str().is_some_and(|why| why.len() > 10), "{numbers:#}");
    }
}

#[tokio::test]
async fn the_numbers_of_one_post_are_told_one_by_one_with_reasons() {
    let (house, key) = House::ready().await;
    let post = json!({ "content": "Numbers", "platforms": ["facebook"], "time": "now" });
    let post = house.send(ask("POST", "/api/posts").key(&key).json(&post)).await;
    let id = post.is(202)["id"].as_str().unwrap().to_owned();
    house.work(5).await;
    let asked = |view: &str| ask("GET", &format!("/api/analytics?post_id={id}{view}")).key(&key);
    let early = house.send(asked("")).await;
    let early = &early.is(200)["deliveries"][0];
    assert_eq!(early["as_of"], Value::Null);
    whole(early);
    house.work(90).await;
    house.clock.advance(Duration::from_secs(3600));
    house.work(5).await;
    let told = house.send(asked("")).await;
    let told = &told.is(200)["deliveries"][0];
    whole(told);
    assert!(told["metrics"]["likes"].is_u64() && told["raw"].is_null(), "{told:#}");
    let full = house.send(asked("&view=full")).await;
    assert!(full.is(200)["deliveries"][0]["raw"]["reactions"].is_u64(), "{}", full.text);
}

#[tokio::test]
async fn the_numbers_of_accounts_come_from_all_four_networks() {
    let (house, key) = House::ready().await;
    for platform in [Platform::INSTAGRAM, Platform::LINKEDIN, Platform::TIKTOK] {
        house.connect(&platform).await;
    }
    let usual = house.send(ask("GET", "/api/analytics").key(&key)).await;
    assert_eq!(usual.is(200)["accounts"], Value::Null, "no network is asked unless that is wanted");
    let asked = "/api/analytics?timeframe=7d&accounts=true&view=full";
    let report = house.send(ask("GET", asked).key(&key)).await;
    let accounts = report.is(200)["accounts"].as_array().unwrap();
    let networks: BTreeSet<&str> =
        accounts.iter().map(|account| account["platform"].as_str().unwrap()).collect();
    assert_eq!(networks.len(), 4, "{}", report.text);
    for account in accounts {
        whole(account);
        assert!(account["metrics"]["followers"].as_u64().unwrap() > 0, "{account:#}");
        assert!(!account["raw"].as_object().unwrap().is_empty(), "{account:#}");
    }

    // A network that is down costs its own numbers and no other's.
    let down = social::sim::FaultKind::ServerErrorBefore { status: 503 };
    house.sim.add_fault(social::sim::Fault::on("tiktok.*", down));
    let report = house.send(ask("GET", asked).key(&key)).await;
    for account in report.is(200)["accounts"].as_array().unwrap() {
        whole(account);
        let told = account["metrics"]["followers"].is_u64();
        assert_eq!(told, account["platform"] != "tiktok", "{account:#}");
    }
}

#[tokio::test]
async fn asking_networks_takes_the_permission_to_go_out() {
    let house = House::new().await;
    let new = NewKey { permissions: Default::default(), ..NewKey::for_agent("indoors") };
    let key = house.make_key(house.social.workspace(), new).await;
    house.send(ask("GET", "/api/analytics").key(&key)).await.is(200);
    let out = house.send(ask("GET", "/api/analytics?accounts=true").key(&key)).await;
    out.is_problem(403, "permission_missing");
}

/// Posts of four weeks on three networks, with numbers that were rolled up.
async fn four_weeks(house: &House) {
    let ids = SeededIds::new(5);
    let ws = house.social.workspace();
    let now = house.clock.now();
    let networks = [Platform::INSTAGRAM, Platform::FACEBOOK, Platform::LINKEDIN];
    let accounts = networks.each_ref().map(|_| AccountId::from_uuid(ids.uuid(now)));
    let mut unit = house.social.ports().store.begin().await.unwrap();
    for n in 0..120_u64 {
        let at = now - Duration::from_secs(3600 * (5 * n + ids.below(5)));
        let which = ids.below(3) as usize;
        let mut keys = BTreeSet::from([
            (Dimension::All, String::new()),
            (Dimension::Account, accounts[which].to_string()),
            (Dimension::Hour, Hour::of(at, Zone::UTC.tz()).to_string()),
        ]);
        for tag in ["coffee", "harbour", "latteart", "a-hashtag-that-is-far-too-long-to-be-shown"] {
            if ids.below(2) == 0 {
                keys.insert((Dimension::Hashtag, tag.to_owned()));
            }
        }
        let measured = Measured {
            workspace_id: ws,
            delivery_id: DeliveryId::from_uuid(ids.uuid(at)),
            post_id: PostId::from_uuid(ids.uuid(at)),
            account_id: accounts[which],
            platform: networks[which].clone(),
            remote_id: None,
            published_at: at,
            keys,
            next_at: None,
        };
        let seen = 400 + ids.below(3000) * (1 + which as u64);
        let mut metrics = Metrics::default();
        metrics.values.insert(Metric::Views, seen);
        metrics.values.insert(Metric::Likes, seen / (12 + ids.below(20)));
        metrics.values.insert(Metric::Comments, seen / 200);
        metrics.missing.insert(Metric::Saves, "nobody tells".to_owned());
        let snapshot = Snapshot {
            workspace_id: ws,
            delivery_id: measured.delivery_id,
            account_id: measured.account_id,
            taken_at: at,
            metrics,
        };
        unit.analytics().measure(&measured).await.unwrap();
        unit.analytics().put(&snapshot).await.unwrap();
    }
    unit.commit().await.unwrap();
    assert_eq!(house.social.analytics().roll_up(ws).await.unwrap(), 120);
}

#[tokio::test]
async fn a_report_is_a_table_and_a_picture_too() {
    let house = House::new().await;
    let key = house.human_key().await;
    four_weeks(&house).await;
    let whole = "/api/analytics?timeframe=30d&view=full";
    let report = house.send(ask("GET", whole).key(&key)).await;
    let body = report.is(200);
    assert_eq!(body["totals"]["posts"], 120);
    assert_eq!(body["totals"]["saves"], Value::Null);
    assert_eq!(body["coverage"][0]["missing"]["saves"], "nobody tells");
    let sum = |groups: &Value| -> u64 {
        groups.as_array().unwrap().iter().map(|group| group["posts"].as_u64().unwrap()).sum()
    };
    for groups in
        [&body["by_platform"], &body["series"], &body["by"]["account"], &body["by"]["hour"]]
    {
        assert_eq!(sum(groups), 120, "{groups:#}");
    }
    assert!(body["growth"]["posts"].is_null(), "there was nothing before");
    let rate = body["totals"]["engagement_rate"].as_f64().unwrap();
    assert!((0.02..0.12).contains(&rate), "{rate}");
    assert!(!body["gained"].as_array().unwrap().is_empty());

    let table = house.send(ask("GET", "/api/analytics?timeframe=30d&format=csv").key(&key)).await;
    assert_eq!(table.status, 200);
    assert!(table.header("content-type").unwrap().starts_with("text/csv"));
    let lines: Vec<&str> = table.text.lines().collect();
    assert!(lines[0].starts_with("group,key,name,posts,impressions,engagements,engagement_rate"));
    assert!(lines[1].starts_with("total,,,120,"), "{}", lines[1]);
    assert_eq!(lines.iter().filter(|line| line.starts_with("platform,")).count(), 3);

    let picture = house.send(ask("GET", "/api/analytics?timeframe=30d&format=png").key(&key)).await;
    assert_eq!(picture.status, 200);
    assert_eq!(picture.header("content-type").unwrap(), "image/png");
    let drawn = image::load_from_memory(&picture.bytes).unwrap().to_rgb8();
    assert_eq!(drawn.dimensions(), (1200, 860));
    let inked = drawn.pixels().filter(|pixel| pixel.0 != [255, 255, 255]).count();
    assert!(inked > 50_000, "{inked} pixels are not white");
    // To be looked at.
    std::fs::write(concat!(env!("CARGO_TARGET_TMPDIR"), "/report.png"), &picture.bytes).unwrap();
    let nothing = house.send(ask("GET", "/api/analytics?timeframe=24h&format=png").key(&key)).await;
    assert_eq!(nothing.status, 200);
}
