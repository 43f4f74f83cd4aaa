use std::sync::Arc;

use social_core::ports::SystemClock;
use social_sim::{Fault, FaultKind, Network, Sim, SimConfig, SimServer};

use crate::kit::PAGE;

fn client() -> reqwest::Client {
    reqwest::Client::builder().build().unwrap()
}

#[tokio::test]
async fn it_serves_over_a_socket_and_drops_lost_answers() {
    let fault = Fault::on("facebook.feed", FaultKind::AnswerLost).nth(1);
    let config = SimConfig::default().with_fault(fault);
    let sim = Arc::new(Sim::new(config, Arc::new(SystemClock::new())));
    let server = SimServer::start(sim.clone(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    assert_ne!(server.base_url.port(), Some(0));
    let token = sim.grant(Network::Facebook, PAGE).unwrap().access_token;
    let feed = sim.hosts().graph.join(&format!("v26.0/{PAGE}/feed")).unwrap();
    let send = || {
        client()
            .post(feed.clone())
            .bearer_auth(&token)
            .header("content-type", "application/json")
            .body(r#"{"message": "Over the wire"}"#)
            .send()
    };
    assert!(send().await.is_err(), "the first answer is lost");
    assert_eq!(sim.ledger().entries.len(), 1, "but the post is made");
    let answer = send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let permalink = sim.ledger().entries[1].permalink.clone();
    assert!(permalink.starts_with(server.base_url.as_str()));
    let page = client().get(permalink).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Over the wire"));
    server.stop().await;
    assert!(send().await.is_err());
}

#[tokio::test]
async fn a_body_too_large_is_refused() {
    let config = SimConfig { max_body: 10, ..SimConfig::default() };
    let sim = Arc::new(Sim::new(config, Arc::new(SystemClock::new())));
    let server = SimServer::start(sim, ([127, 0, 0, 1], 0).into()).await.unwrap();
    let url = server.base_url.join("graph/v26.0/me").unwrap();
    let answer = client().post(url).body("x".repeat(100)).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 413);
}
