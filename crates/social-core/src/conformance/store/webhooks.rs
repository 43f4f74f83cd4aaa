//! Webhooks and the messages on their way to them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::samples::{Samples, at};
use super::{assert_conflict, assert_not_found, begin, unit};
use crate::domain::{MessageStatus, Webhook, WebhookId, WebhookMessage, WebhookStatus};
use crate::ports::{JobQueue, MessageFilter, Store};

/// A webhook reads back whole, and the list is in the order of ids.
pub async fn a_webhook_is_kept(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let full = samples.webhook(ws);
    let bare = Webhook {
        former: None,
        events: BTreeSet::new(),
        status: WebhookStatus::Active,
        failing_since: None,
        ..samples.webhook(ws)
    };
    unit!(&store, unit => for webhook in [&bare, &full] {
        unit.webhooks().insert(webhook).await.expect("insert");
    });
    unit!(&store, unit => {
        assert_eq!(unit.webhooks().get(ws, full.id).await.expect("get"), Some(full.clone()));
        assert_eq!(unit.webhooks().list(ws).await.expect("list"), [full.clone(), bare]);
    });
    let mut unit = begin(&store).await;
    assert_conflict(unit.webhooks().insert(&full).await, "a second insert");
}

/// A webhook is written where its version is the stored one, and its version rises by one.
pub async fn a_webhook_is_swapped_by_its_version(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let first = samples.webhook(ws);
    unit!(&store, unit => unit.webhooks().insert(&first).await.expect("insert"));
    let mut second = Webhook { status: WebhookStatus::Active, former: None, ..first.clone() };
    unit!(&store, unit => unit.webhooks().update(&mut second).await.expect("update"));
    assert_eq!(second.version, first.version + 1);
    let got = unit!(&store, unit => unit.webhooks().get(ws, first.id).await.expect("get"));
    assert_eq!(got, Some(second));
    let mut unit = begin(&store).await;
    assert_conflict(unit.webhooks().update(&mut first.clone()).await, "an old version");
}

/// A removed webhook is gone with its messages, and no other's.
pub async fn a_removed_webhook_takes_its_messages_along(
    store: Arc<dyn Store>,
    _queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let ws = samples.ws();
    let (gone, stays) = (samples.webhook(ws), samples.webhook(ws));
    let (its, other) = (samples.message(&gone), samples.message(&stays));
    unit!(&store, unit => {
        for webhook in [&gone, &stays] {
            unit.webhooks().insert(webhook).await.expect("insert");
        }
        for message in [&its, &other] {
            unit.webhooks().insert_message(message).await.expect("insert");
        }
        unit.webhooks().remove(ws, gone.id).await.expect("remove");
    });
    unit!(&store, unit => {
        assert_eq!(unit.webhooks().list(ws).await.expect("list"), [stays]);
        assert_eq!(unit.webhooks().message(ws, its.id).await.expect("get"), None);
        assert_eq!(unit.webhooks().message(ws, other.id).await.expect("get"), Some(other));
        assert_not_found(unit.webhooks().remove(ws, gone.id).await, "one that is gone");
    });
}

/// Messages of a webhook come newest first, in pages, of one status or from one time on.
pub async fn messages_are_listed_newest_first(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let (webhook, other) = (samples.webhook(ws), samples.webhook(ws));
    let made = |secs, status| WebhookMessage {
        created_at: at(secs),
        status,
        next_at: None,
        ..samples.message(&webhook)
    };
    let one = made(1, MessageStatus::Failed);
    let two = made(2, MessageStatus::Delivered);
    let three = made(3, MessageStatus::Failed);
    unit!(&store, unit => for message in [&two, &three, &one, &samples.message(&other)] {
        unit.webhooks().insert_message(message).await.expect("insert");
    });
    let (one, two, three) = (&one, &two, &three);
    let failed = MessageFilter { status: Some(MessageStatus::Failed), ..MessageFilter::default() };
    for (filter, expected) in [
        (MessageFilter::default(), vec![three, two, one]),
        (MessageFilter { limit: 2, ..MessageFilter::default() }, vec![three, two]),
        (MessageFilter { before: Some(two.id), ..MessageFilter::default() }, vec![one]),
        (MessageFilter { since: Some(at(2)), ..MessageFilter::default() }, vec![three, two]),
        (failed, vec![three, one]),
        (MessageFilter { before: Some(three.id), limit: 1, ..failed }, vec![one]),
    ] {
        let got = unit!(&store, unit => unit.webhooks().messages(ws, webhook.id, &filter).await);
        let got = got.expect("messages");
        assert_eq!(got.iter().collect::<Vec<_>>(), expected, "{filter:?}");
    }
}

/// A message is written where its version is the stored one, and its version rises by one.
pub async fn a_message_is_swapped_by_its_version(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let first = samples.message(&samples.webhook(ws));
    unit!(&store, unit => unit.webhooks().insert_message(&first).await.expect("insert"));
    let mut second =
        WebhookMessage { status: MessageStatus::Delivered, next_at: None, ..first.clone() };
    unit!(&store, unit => unit.webhooks().update_message(&mut second).await.expect("update"));
    assert_eq!(second.version, first.version + 1);
    let got = unit!(&store, unit => unit.webhooks().message(ws, first.id).await.expect("get"));
    assert_eq!(got, Some(second));
    let mut unit = begin(&store).await;
    assert_conflict(unit.webhooks().update_message(&mut first.clone()).await, "an old version");
}

/// Old messages are forgotten, a few at a time, but never one that is on its way.
pub async fn old_messages_are_forgotten_unless_they_are_on_their_way(
    store: Arc<dyn Store>,
    _queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let ws = samples.ws();
    let webhook = samples.webhook(ws);
    let made =
        |secs, status| WebhookMessage { created_at: at(secs), status, ..samples.message(&webhook) };
    let old = [made(1, MessageStatus::Delivered), made(2, MessageStatus::Failed)];
    let stays = [made(1, MessageStatus::Pending), made(50, MessageStatus::Delivered)];
    unit!(&store, unit => for message in old.iter().chain(&stays) {
        unit.webhooks().insert_message(message).await.expect("insert");
    });
    let mut counts = Vec::new();
    for _ in 0..3 {
        counts.push(unit!(&store, unit => {
            unit.webhooks().prune_messages(at(50), 1).await.expect("prune")
        }));
    }
    assert_eq!(counts, [1, 1, 0]);
    let all = MessageFilter::default();
    let left = unit!(&store, unit => unit.webhooks().messages(ws, webhook.id, &all).await);
    let left: Vec<_> = left.expect("messages").into_iter().map(|message| message.id).collect();
    assert_eq!(left, [stays[1].id, stays[0].id]);
}

/// No workspace sees, changes or removes another's webhooks and messages.
pub async fn webhooks_are_of_one_workspace(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let mine = samples.webhook(ws);
    let message = samples.message(&mine);
    unit!(&store, unit => {
        unit.webhooks().insert(&mine).await.expect("insert");
        unit.webhooks().insert_message(&message).await.expect("insert");
    });
    unit!(&store, unit => {
        assert_eq!(unit.webhooks().get(other, mine.id).await.expect("get"), None);
        assert_eq!(unit.webhooks().list(other).await.expect("list"), []);
        assert_eq!(unit.webhooks().message(other, message.id).await.expect("get"), None);
        let all = MessageFilter::default();
        let theirs = unit.webhooks().messages(other, mine.id, &all).await.expect("messages");
        assert_eq!(theirs, []);
        assert_not_found(unit.webhooks().remove(other, mine.id).await, "another's webhook");
        let none = WebhookId::from_uuid(samples.uuid());
        assert_not_found(unit.webhooks().remove(ws, none).await, "a webhook that never was");
    });
    let mut foreign = Webhook { workspace_id: other, ..mine.clone() };
    let mut unit = begin(&store).await;
    assert_conflict(unit.webhooks().update(&mut foreign).await, "another's webhook");
    drop(unit);
    let mut foreign = WebhookMessage { workspace_id: other, ..message.clone() };
    let mut unit = begin(&store).await;
    assert_conflict(unit.webhooks().update_message(&mut foreign).await, "another's message");
    drop(unit);
    unit!(&store, unit => {
        assert_eq!(unit.webhooks().list(ws).await.expect("list"), [mine]);
        assert_eq!(unit.webhooks().message(ws, message.id).await.expect("get"), Some(message));
    });
}
