//! What happened, for listeners that come back.

use std::sync::Arc;

use super::super::samples::{Samples, at};
use super::{begin, unit};
use crate::domain::{EventId, OutboxEvent, WorkspaceId};
use crate::ports::{JobQueue, Store};

async fn append(store: &Arc<dyn Store>, events: &[OutboxEvent]) {
    unit!(store, unit => for event in events {
        unit.outbox().append(event).await.expect("append");
    });
}

async fn since(
    store: &Arc<dyn Store>,
    ws: WorkspaceId,
    after: Option<EventId>,
    limit: u32,
) -> Option<Vec<OutboxEvent>> {
    unit!(store, unit => unit.outbox().since(ws, after, limit).await.expect("since"))
}

/// A listener hears all that came after what it heard, told or not, in the order it was written.
pub async fn a_listener_goes_on_after_the_event_it_heard(
    store: Arc<dyn Store>,
    _queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let ws = samples.ws();
    let later_id = samples.event(ws);
    // Written in another order than that of their ids.
    let events = [samples.event(ws), later_id, samples.event(ws)];
    let events = [events[1].clone(), events[0].clone(), events[2].clone()];
    append(&store, &events).await;
    unit!(&store, unit => {
        unit.outbox().mark(&[events[0].id, events[1].id], at(5)).await.expect("mark");
    });
    assert_eq!(since(&store, ws, None, 10).await, Some(events.to_vec()));
    assert_eq!(since(&store, ws, None, 2).await, Some(events[..2].to_vec()));
    assert_eq!(since(&store, ws, Some(events[0].id), 10).await, Some(events[1..].to_vec()));
    assert_eq!(since(&store, ws, Some(events[2].id), 10).await, Some(Vec::new()));
    let last = unit!(&store, unit => unit.outbox().last(ws).await.expect("last"));
    assert_eq!(last, Some(events[2].id));
    let never = EventId::from_uuid(samples.uuid());
    assert_eq!(since(&store, ws, Some(never), 10).await, None, "an event that never was");
}

/// What nobody wants to hear is marked without being read: the oldest, of workspaces without a
/// webhook.
pub async fn what_nobody_wants_to_hear_is_marked(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, deaf) = (samples.ws(), samples.ws());
    let events = [samples.event(deaf), samples.event(ws), samples.event(deaf), samples.event(deaf)];
    unit!(&store, unit => {
        unit.webhooks().insert(&samples.webhook(ws)).await.expect("a webhook");
    });
    append(&store, &events).await;
    let mark = async |limit| unit!(&store, unit => unit.outbox().mark_unheard(at(5), limit).await.expect("mark"));
    assert_eq!(mark(2).await, 2);
    unit!(&store, unit => {
        let pending = unit.outbox().pending(10).await.expect("pending");
        assert_eq!(pending, [events[1].clone(), events[3].clone()]);
    });
    assert_eq!((mark(2).await, mark(2).await), (1, 0));
    assert_eq!(since(&store, deaf, None, 10).await.map(|events| events.len()), Some(3));
    let pruned = unit!(&store, unit => unit.outbox().prune(at(6), 10).await.expect("prune"));
    assert_eq!(pruned, 2, "all but the last, as if they were told at that time");
}

/// No workspace hears of another's events, and none goes on after one.
pub async fn events_are_heard_in_their_workspace_alone(
    store: Arc<dyn Store>,
    _queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let (ws, other, silent) = (samples.ws(), samples.ws(), samples.ws());
    let events = [samples.event(ws), samples.event(other), samples.event(ws)];
    append(&store, &events).await;
    let mine = [events[0].clone(), events[2].clone()];
    assert_eq!(since(&store, ws, None, 10).await, Some(mine.to_vec()));
    assert_eq!(since(&store, other, Some(events[1].id), 10).await, Some(Vec::new()));
    assert_eq!(since(&store, other, Some(events[0].id), 10).await, None, "another's event");
    unit!(&store, unit => {
        assert_eq!(unit.outbox().last(other).await.expect("last"), Some(events[1].id));
        assert_eq!(unit.outbox().last(silent).await.expect("last"), None);
    });
}

/// What was told long ago is forgotten, a few at a time; what was not told yet never is, and
/// neither is the last event of a workspace.
pub async fn old_events_are_forgotten_but_the_last(
    store: Arc<dyn Store>,
    _queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let (ws, quiet) = (samples.ws(), samples.ws());
    let events = [(); 5].map(|()| samples.event(ws));
    let lonely = samples.event(quiet);
    append(&store, &events).await;
    append(&store, std::slice::from_ref(&lonely)).await;
    unit!(&store, unit => {
        let old = [events[0].id, events[1].id, lonely.id];
        unit.outbox().mark(&old, at(5)).await.expect("mark");
        unit.outbox().mark(&[events[3].id], at(50)).await.expect("mark");
    });
    let mut counts = Vec::new();
    for _ in 0..3 {
        counts.push(unit!(&store, unit => unit.outbox().prune(at(50), 1).await.expect("prune")));
    }
    assert_eq!(counts, [1, 1, 0]);
    assert_eq!(since(&store, ws, None, 10).await, Some(events[2..].to_vec()));
    assert_eq!(since(&store, ws, Some(events[0].id), 10).await, None, "a gap is not told");
    assert_eq!(since(&store, quiet, Some(lonely.id), 10).await, Some(Vec::new()));
    unit!(&store, unit => {
        let pending = unit.outbox().pending(10).await.expect("pending");
        assert_eq!(pending, [events[2].clone(), events[4].clone()]);
    });
}

/// A commit that appended raises the count; one that did not, and one that never came, do not.
pub async fn whoever_listens_hears_that_there_is_news(
    store: Arc<dyn Store>,
    _queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let mut news = store.news();
    news.borrow_and_update();
    unit!(&store, unit => unit.outbox().pending(1).await.expect("pending"));
    let mut dropped = begin(&store).await;
    dropped.outbox().append(&samples.event(samples.ws())).await.expect("append");
    drop(dropped);
    assert!(!news.has_changed().expect("the store lives"), "nothing happened");
    append(&store, &[samples.event(samples.ws())]).await;
    assert!(news.has_changed().expect("the store lives"), "something happened");
}
