//! What happened is told, wherever a run is cut between the event and the receiver.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use social::Social;
use social::core::domain::{MessageStatus, WebhookId};
use social::core::ports::MessageFilter;

use super::cutter::{CutStore, CutTransport, Cutter, Mode};
use crate::webhooks::{append, cancelled, webhook};
use crate::world::World;

/// Tells three events to one webhook, cut as told. Returns how many points there were.
async fn run(mode: Mode, at: Option<usize>) -> usize {
    let world = World::new(3);
    let social = world.engine().await;
    let (hook, _) = webhook(&social, &[]).await;
    let events: Vec<_> = (0..3).map(cancelled).collect();
    for event in &events {
        append(&social, event.clone()).await;
    }

    let cutter = Cutter::new(mode, at);
    let store = CutStore { inner: world.store.clone(), cutter: cutter.clone() };
    let outbound = CutTransport { inner: world.receiver.clone(), cutter: cutter.clone() };
    let cut = world.engine_with(Arc::new(store), world.transport(), Arc::new(outbound)).await;
    work(&world, &cut, &cutter).await;
    // The lease of a job that died with its process ends, and another process takes it.
    world.clock.advance(Duration::from_secs(60));
    let fresh = Cutter::new(Mode::Crash, None);
    work(&world, &social, &fresh).await;

    judge(&world, &social, hook, &events, &cutter).await;
    cutter.points()
}

/// Works until nothing is left to do within a minute, or the process is dead.
async fn work(world: &World, social: &Social, cutter: &Cutter) {
    let worker = social.worker();
    for _ in 0..30 {
        while !cutter.is_dead() && worker.run_once().await.is_ok_and(|(count, _)| count > 0) {}
        world.clock.advance(Duration::from_secs(2));
    }
}

async fn judge(
    world: &World,
    social: &Social,
    hook: WebhookId,
    events: &[social::core::domain::Happened],
    cutter: &Cutter,
) {
    let place = cutter.place();
    let mut bodies: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for got in world.receiver.got() {
        bodies.entry(got.header("webhook-id").to_owned()).or_default().insert(got.body);
    }
    assert_eq!(bodies.len(), events.len(), "one id for each event: {place}");
    assert!(bodies.values().all(|bodies| bodies.len() == 1), "one body for each id: {place}");
    let told: BTreeSet<&String> = bodies.values().flatten().collect();
    assert_eq!(told.len(), events.len(), "each event is told: {place}");
    let all = MessageFilter::default();
    let log = social.webhooks().messages(social.workspace(), hook, &all).await.unwrap();
    assert_eq!(log.len(), events.len(), "{place}");
    assert!(log.iter().all(|message| message.status == MessageStatus::Delivered), "{place}");
    let mut unit = social.ports().store.begin().await.unwrap();
    assert_eq!(unit.outbox().pending(10).await.unwrap(), [], "{place}");
}

#[tokio::test]
async fn every_cut_of_telling() {
    let mut cuts = 0;
    for mode in [Mode::Crash, Mode::Loss, Mode::Garbled] {
        let points = run(mode, None).await;
        for at in 0..points {
            run(mode, Some(at)).await;
        }
        cuts += points;
    }
    println!("  telling: {cuts} cuts");
    assert!(cuts > 20, "only {cuts} cuts were tried");
}
