//! Attempts, events and request keys.

use std::sync::Arc;

use super::super::samples::{Samples, at};
use super::{assert_not_found, assert_refused, begin, unit};
use crate::domain::{Attempt, AttemptState, DeliveryId};
use crate::error::{ErrorKind, Failure};
use crate::ports::{JobQueue, RequestKey, Store};

/// The steps of a delivery come in the order they happened, those of one millisecond in the order
/// they were written.
pub async fn attempts_are_kept_in_order(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let delivery = DeliveryId::from_uuid(samples.uuid());
    let higher_id = samples.attempt(ws, delivery);
    let rows = [
        Attempt { started_at: at(1), ..samples.attempt(ws, delivery) },
        Attempt { id: samples.attempt(ws, delivery).id, started_at: at(2), ..higher_id.clone() },
        Attempt { started_at: at(2), ..higher_id },
        Attempt { started_at: at(3), ..samples.attempt(ws, delivery) },
    ];
    let elsewhere = samples.attempt(ws, DeliveryId::from_uuid(samples.uuid()));
    for attempt in rows.iter().chain([&elsewhere]) {
        unit!(&store, unit => unit.attempts().insert(attempt).await.expect("insert"));
    }
    let got = unit!(&store, unit => unit.attempts().of_delivery(ws, delivery).await);
    assert_eq!(got.expect("of_delivery"), rows);
    let mut unit = begin(&store).await;
    let again = unit.attempts().insert(&rows[0]).await;
    assert_refused(unit, again, "a second insert").await;
}

/// What is known of a step is overwritten; a step that never was is not found.
pub async fn an_attempt_is_overwritten(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let first = samples.attempt(ws, DeliveryId::from_uuid(samples.uuid()));
    let known = Attempt {
        state: AttemptState::Rejected,
        status: Some(400),
        failure: Some(Failure {
            kind: ErrorKind::MediaRejected,
            code: Some("36003".to_owned()),
            subcode: Some("2207009".to_owned()),
            message: "the ratio".to_owned(),
            action: "crop it".to_owned(),
        }),
        ended_at: Some(at(101)),
        ..first.clone()
    };
    unit!(&store, unit => {
        unit.attempts().insert(&first).await.expect("insert");
        unit.attempts().update(&known).await.expect("update");
    });
    unit!(&store, unit => {
        assert_eq!(unit.attempts().get(ws, first.id).await.expect("get"), Some(known.clone()));
        let list = unit.attempts().of_delivery(ws, first.delivery_id).await;
        assert_eq!(list.expect("of_delivery"), [known]);
        let never = samples.attempt(ws, first.delivery_id);
        assert_not_found(unit.attempts().update(&never).await, "a step that never was");
    });
}

/// No workspace sees or changes another's journal.
pub async fn attempts_are_of_one_workspace(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let mine = samples.attempt(ws, DeliveryId::from_uuid(samples.uuid()));
    unit!(&store, unit => unit.attempts().insert(&mine).await.expect("insert"));
    unit!(&store, unit => {
        assert_eq!(unit.attempts().get(other, mine.id).await.expect("get"), None);
        let list = unit.attempts().of_delivery(other, mine.delivery_id).await;
        assert_eq!(list.expect("of_delivery"), []);
        let foreign = Attempt { workspace_id: other, status: Some(1), ..mine.clone() };
        assert_not_found(unit.attempts().update(&foreign).await, "another's step");
        assert_eq!(unit.attempts().get(ws, mine.id).await.expect("get"), Some(mine));
    });
}

/// Events come oldest first until they are marked, of all workspaces; one that is rolled back
/// never happened.
pub async fn the_outbox_tells_each_event_until_it_is_marked(
    store: Arc<dyn Store>,
    _queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let events = [(); 4].map(|()| samples.event(samples.ws()));
    for event in &events {
        unit!(&store, unit => unit.outbox().append(event).await.expect("append"));
    }
    let mut unit = begin(&store).await;
    unit.outbox().append(&samples.event(samples.ws())).await.expect("append");
    drop(unit);
    unit!(&store, unit => {
        assert_eq!(unit.outbox().pending(10).await.expect("pending"), events);
        assert_eq!(unit.outbox().pending(2).await.expect("pending"), events[..2]);
        unit.outbox().mark(&[events[1].id, events[2].id], at(5)).await.expect("mark");
        unit.outbox().mark(&[events[1].id], at(6)).await.expect("mark again");
        unit.outbox().mark(&[], at(6)).await.expect("mark nothing");
    });
    unit!(&store, unit => {
        let pending = unit.outbox().pending(10).await.expect("pending");
        assert_eq!(pending, [events[0].clone(), events[3].clone()]);
    });
    let mut unit = begin(&store).await;
    let again = unit.outbox().append(&events[1]).await;
    assert_refused(unit, again, "an event that was told").await;
}

/// A request key is kept once, whatever was asked under it.
pub async fn a_request_key_is_kept_once(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let key = samples.request_key("abc");
    unit!(&store, unit => {
        assert_eq!(unit.request_keys().get(ws, "abc").await.expect("get"), None);
        unit.request_keys().insert(ws, &key).await.expect("insert");
    });
    unit!(&store, unit => {
        assert_eq!(unit.request_keys().get(ws, "abc").await.expect("get"), Some(key.clone()));
        assert_eq!(unit.request_keys().get(ws, "ABC").await.expect("get"), None);
    });
    let mut unit = begin(&store).await;
    let again = unit.request_keys().insert(ws, &samples.request_key("abc")).await;
    assert_refused(unit, again, "the same key again").await;
    let got = unit!(&store, unit => unit.request_keys().get(ws, "abc").await.expect("get"));
    assert_eq!(got, Some(key));
}

/// The same key in two workspaces is two keys.
pub async fn request_keys_are_of_one_workspace(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let (mine, theirs) = (samples.request_key("abc"), samples.request_key("abc"));
    unit!(&store, unit => {
        unit.request_keys().insert(ws, &mine).await.expect("insert");
        assert_eq!(unit.request_keys().get(other, "abc").await.expect("get"), None);
        unit.request_keys().insert(other, &theirs).await.expect("insert");
        assert_eq!(unit.request_keys().get(ws, "abc").await.expect("get"), Some(mine));
        assert_eq!(unit.request_keys().get(other, "abc").await.expect("get"), Some(theirs));
    });
}

/// What is known of a key is overwritten, where there is one.
pub async fn a_request_key_is_overwritten(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let first = samples.request_key("abc");
    unit!(&store, unit => unit.request_keys().insert(ws, &first).await.expect("insert"));
    let mut second = RequestKey { settled: !first.settled, look_at: at(900), ..first.clone() };
    second.answer.body = "another".to_owned();
    unit!(&store, unit => {
        unit.request_keys().update(ws, &second).await.expect("update");
        let foreign = unit.request_keys().update(other, &first).await;
        assert_not_found(foreign, "another's key");
        assert_not_found(
            unit.request_keys().update(ws, &samples.request_key("never")).await,
            "a key that never was",
        );
    });
    unit!(&store, unit => {
        assert_eq!(unit.request_keys().get(ws, "abc").await.expect("get"), Some(second.clone()));
        unit.request_keys().remove(other, "abc").await.expect("another's is left alone");
        assert_eq!(unit.request_keys().get(ws, "abc").await.expect("get"), Some(second));
        unit.request_keys().remove(ws, "abc").await.expect("remove");
        unit.request_keys().remove(ws, "abc").await.expect("remove what is gone");
        assert_eq!(unit.request_keys().get(ws, "abc").await.expect("get"), None);
    });
}

/// Keys are looked at when it is time, of all workspaces, and those first that waited longest.
pub async fn request_keys_are_looked_at_when_it_is_time(
    store: Arc<dyn Store>,
    _queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let make = |name: &str, secs| RequestKey { look_at: at(secs), ..samples.request_key(name) };
    let (late, early, moved) = (make("late", 30), make("early", 10), make("moved", 5));
    unit!(&store, unit => {
        unit.request_keys().insert(ws, &late).await.expect("insert");
        unit.request_keys().insert(other, &early).await.expect("insert");
        unit.request_keys().insert(ws, &moved).await.expect("insert");
        let moved = RequestKey { look_at: at(31), ..moved };
        unit.request_keys().update(ws, &moved).await.expect("update");
    });
    unit!(&store, unit => {
        assert_eq!(unit.request_keys().due(at(9), 9).await.expect("due"), []);
        let due = unit.request_keys().due(at(30), 9).await.expect("due");
        assert_eq!(due, [(other, early.clone()), (ws, late)]);
        assert_eq!(unit.request_keys().due(at(30), 1).await.expect("due"), [(other, early)]);
    });
}
