use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use social_core::ports::{Body, Sent, Transport};
use social_sim::{Fault, FaultKind, Network, Sim, SimConfig, SimTransport};

use crate::kit::{Kit, PAGE, form_of, url};

const FEED: &str = "facebook.feed";

fn feed(token: &str, text: &str) -> Request<Bytes> {
    form_of(&format!("graph/v26.0/{PAGE}/feed"), &[("message", text)], Some(token))
}

#[tokio::test]
async fn before_and_after_differ_in_the_ledger_only() {
    let kit = Kit::new();
    let token = kit.token(Network::Facebook, PAGE);
    for (kind, status, visible) in [
        (FaultKind::ServerErrorBefore { status: 500 }, Some(500), 0),
        (FaultKind::ServerErrorAfter { status: 503 }, Some(503), 1),
        (FaultKind::RequestLost, None, 1),
        (FaultKind::AnswerLost, None, 2),
        (FaultKind::RateLimited { minutes: 7 }, Some(400), 2),
    ] {
        kit.sim.clear_faults();
        kit.fault(FEED, kind);
        let answer = kit.sim.handle(feed(&token, "Text")).await.into_answer();
        assert_eq!(answer.as_ref().map(|a| a.status().as_u16()), status);
        assert_eq!(kit.sim.ledger().entries.len(), visible);
        if status == Some(400) {
            let answer = answer.unwrap();
            let usage = answer.headers()["x-business-use-case-usage"].to_str().unwrap();
            let usage: Value = serde_json::from_str(usage).unwrap();
            assert_eq!(usage[PAGE][0]["estimated_time_to_regain_access"], 7);
        }
    }
    assert_eq!(kit.sim.ledger().duplicates()[0].len(), 2);
    let calls = kit.sim.calls();
    assert_eq!((calls.len(), calls[2].status, calls[2].faulty), (5, None, true));
}

#[tokio::test]
async fn an_expired_token_stays_expired() {
    let kit = Kit::new();
    let token = kit.token(Network::Facebook, PAGE);
    kit.fault(FEED, FaultKind::ExpiredToken);
    for _ in 0..2 {
        let (_, body) = kit.json(feed(&token, "Text")).await;
        assert_eq!(
            (&body["error"]["code"], &body["error"]["error_subcode"]),
            (&json!(190), &json!(463))
        );
    }
}

#[tokio::test]
async fn faults_strike_by_count_and_by_seed() {
    let every = Kit::with(
        SimConfig::default().with_fault(Fault::on("facebook.*", FaultKind::RequestLost).every(3)),
    );
    let token = every.token(Network::Facebook, PAGE);
    let mut lost = Vec::new();
    for n in 1..=6 {
        if every.sim.handle(feed(&token, &n.to_string())).await.into_answer().is_none() {
            lost.push(n);
        }
    }
    assert_eq!(lost, [3, 6]);

    let mut runs = Vec::new();
    for _ in 0..2 {
        let fault = Fault::on(FEED, FaultKind::AnswerLost).probability(0.3);
        let kit = Kit::with(SimConfig::default().with_seed(7).with_fault(fault));
        let token = kit.token(Network::Facebook, PAGE);
        let mut lost = Vec::new();
        for n in 0..40 {
            if kit.sim.handle(feed(&token, &n.to_string())).await.into_answer().is_none() {
                lost.push(n);
            }
        }
        assert!((4..25).contains(&lost.len()), "{lost:?}");
        assert_eq!(kit.sim.ledger().entries.len(), 40);
        runs.push(lost);
    }
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test]
async fn faults_can_be_set_over_http() {
    let kit = Kit::new();
    let token = kit.token(Network::Facebook, PAGE);
    let post =
        |body: Value| Request::post(url("__sim/faults")).body(body.to_string().into()).unwrap();
    let fault = json!({"matches": {"operation": FEED, "nth": 1},
        "kind": {"type": "server_error_before", "status": 502}});
    assert_eq!(kit.json(post(fault)).await.0, 200);
    assert_eq!(kit.json(feed(&token, "x")).await.0, 502);
    assert_eq!(kit.json(feed(&token, "x")).await.0, 200);
    let (status, body) = kit
        .json(post(
            json!({"matches": {"operation": "facebook.nope"}, "kind": {"type": "answer_lost"}}),
        ))
        .await;
    assert_eq!(status, 400, "{body}");
    let (_, ledger) = kit.get("__sim/ledger", "").await;
    assert_eq!(ledger["entries"][0]["text"], "x");
    assert_eq!(ledger["entries"][0]["platform"], "facebook");
}

#[tokio::test]
async fn the_transport_tells_a_lost_answer_apart() {
    let kit = Kit::new();
    let token = kit.token(Network::Facebook, PAGE);
    kit.fault(FEED, FaultKind::AnswerLost);
    let transport = SimTransport::new(kit.sim.clone());
    let request = || feed(&token, "Maybe").map(Body::from);
    let error = transport.send(request()).await.unwrap_err();
    assert_eq!(error.sent, Sent::Maybe);
    assert_eq!(transport.send(request()).await.unwrap().status(), 200);
    assert_eq!(kit.sim.ledger().duplicates().len(), 1);
}

#[tokio::test]
async fn feeds_are_escaped_and_media_served() {
    let kit = Kit::new();
    let token = kit.token(Network::Facebook, PAGE);
    kit.json(feed(&token, "<script>alert(1)</script>")).await;
    let page = kit
        .send(Request::get(url(&format!("__sim/feed/facebook/{PAGE}"))).body(Bytes::new()).unwrap())
        .await;
    let html = String::from_utf8(page.body().to_vec()).unwrap();
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script"));
    let index = kit.send(Request::get(url("__sim/")).body(Bytes::new()).unwrap()).await;
    assert!(String::from_utf8(index.body().to_vec()).unwrap().contains("harbour.coffee"));
}

#[test]
fn the_simulator_can_be_shared() {
    fn shared<T: Send + Sync>() {}
    shared::<Sim>();
}
