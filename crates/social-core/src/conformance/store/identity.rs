//! API keys, the record of who did what, and confirmations.

use std::sync::Arc;

use super::super::samples::{Samples, at};
use super::{assert_conflict, assert_not_found, begin, unit};
use crate::domain::{ApiKey, AuditEntry, KeyId};
use crate::ports::{JobQueue, Store};

/// A key reads back whole, by its hash and in the list, which is in the order of ids.
pub async fn an_api_key_is_kept(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let full =
        ApiKey { revoked_at: Some(at(20)), last_used_at: Some(at(19)), ..samples.api_key(ws) };
    let bare = ApiKey { expires_at: None, ..samples.api_key(ws) };
    unit!(&store, unit => for key in [&bare, &full] {
        unit.keys().insert(key).await.expect("insert");
    });
    unit!(&store, unit => {
        for key in [&full, &bare] {
            let found = unit.keys().by_hash(&key.hash).await.expect("by_hash");
            assert_eq!(found.as_ref(), Some(key));
        }
        assert_eq!(unit.keys().by_hash("no such hash").await.expect("by_hash"), None);
        assert_eq!(unit.keys().list(ws).await.expect("list"), [full, bare]);
    });
}

/// A second key of the same hash is refused, of whatever workspace: the secret alone says who asks.
pub async fn of_one_hash_there_is_one_api_key(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let key = samples.api_key(samples.ws());
    unit!(&store, unit => unit.keys().insert(&key).await.expect("insert"));
    let same_hash = ApiKey { hash: key.hash.clone(), ..samples.api_key(samples.ws()) };
    let mut unit = begin(&store).await;
    assert_conflict(unit.keys().insert(&same_hash).await, "a hash that exists");
    drop(unit);
    let same_id = ApiKey { hash: "another".to_owned(), ..key.clone() };
    let mut unit = begin(&store).await;
    assert_conflict(unit.keys().insert(&same_id).await, "an id that exists");
    drop(unit);
    unit!(&store, unit => {
        let found = unit.keys().by_hash(&key.hash).await.expect("by_hash");
        assert_eq!(found, Some(key));
        assert_eq!(unit.keys().by_hash("another").await.expect("by_hash"), None);
    });
}

/// A revoked key is still found and says when it was first revoked.
pub async fn an_api_key_is_revoked_once(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let (key, other) = (samples.api_key(ws), samples.api_key(ws));
    unit!(&store, unit => {
        unit.keys().insert(&key).await.expect("insert");
        unit.keys().insert(&other).await.expect("insert");
        unit.keys().revoke(ws, key.id, at(30)).await.expect("revoke");
    });
    unit!(&store, unit => {
        unit.keys().revoke(ws, key.id, at(40)).await.expect("revoke again");
        let missing = unit.keys().revoke(ws, KeyId::from_uuid(samples.uuid()), at(40)).await;
        assert_not_found(missing, "a key that never was");
    });
    let revoked = ApiKey { revoked_at: Some(at(30)), ..key.clone() };
    unit!(&store, unit => {
        let found = unit.keys().by_hash(&key.hash).await.expect("by_hash");
        assert_eq!(found.as_ref(), Some(&revoked));
        assert_eq!(unit.keys().list(ws).await.expect("list"), [revoked, other]);
    });
}

/// The latest use is noted, whoever writes last.
pub async fn the_last_use_of_an_api_key_is_noted(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let key = samples.api_key(ws);
    unit!(&store, unit => unit.keys().insert(&key).await.expect("insert"));
    for secs in [50, 60, 55] {
        unit!(&store, unit => unit.keys().touch(ws, key.id, at(secs)).await.expect("touch"));
    }
    unit!(&store, unit => {
        let found = unit.keys().by_hash(&key.hash).await.expect("by_hash");
        assert_eq!(found, Some(ApiKey { last_used_at: Some(at(60)), ..key }));
        let missing = unit.keys().touch(ws, KeyId::from_uuid(samples.uuid()), at(60)).await;
        assert_not_found(missing, "a key that never was");
    });
}

/// No workspace lists or changes another's keys.
pub async fn api_keys_are_of_one_workspace(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let key = samples.api_key(ws);
    unit!(&store, unit => unit.keys().insert(&key).await.expect("insert"));
    unit!(&store, unit => {
        assert_eq!(unit.keys().list(other).await.expect("list"), []);
        assert_not_found(unit.keys().revoke(other, key.id, at(1)).await, "another's key");
        assert_not_found(unit.keys().touch(other, key.id, at(1)).await, "another's key");
        assert_eq!(unit.keys().list(ws).await.expect("list"), [key]);
    });
}

/// The record comes latest first, those of one instant by when they were written, and no more
/// than asked for; and page by page, in either direction.
pub async fn the_record_tells_the_latest_first(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let [one, two, three] =
        ["post.schedule", "post.edit", "post.cancel"].map(|action| samples.audit_entry(ws, action));
    for entry in [&one, &two, &three] {
        unit!(&store, unit => unit.audit().append(entry).await.expect("append"));
    }
    let mut unit = begin(&store).await;
    unit.audit().append(&samples.audit_entry(ws, "never")).await.expect("append");
    drop(unit);
    unit!(&store, unit => {
        let all = unit.audit().latest(ws, None, 10).await.expect("latest");
        assert_eq!(entries(&all), [&three, &two, &one]);
        assert_eq!(unit.audit().latest(ws, None, 2).await.expect("latest"), all[..2]);
        assert_eq!(unit.audit().latest(ws, None, 0).await.expect("latest"), []);
        // Page by page, in either direction; what nothing stands at is no error.
        let before = |place: usize| Some(all[place].0);
        assert_eq!(unit.audit().latest(ws, before(0), 1).await.expect("latest"), all[1..2]);
        assert_eq!(unit.audit().latest(ws, before(1), 9).await.expect("latest"), all[2..]);
        assert_eq!(unit.audit().latest(ws, before(2), 9).await.expect("latest"), []);
        assert_eq!(unit.audit().latest(ws, Some(0), 9).await.expect("latest"), []);
        assert_eq!(unit.audit().latest(ws, Some(u64::MAX), 9).await.expect("latest"), all);
        let onward = unit.audit().onward(ws, None, 10).await.expect("onward");
        assert_eq!(entries(&onward), [&one, &two, &three]);
        assert_eq!(unit.audit().onward(ws, None, 2).await.expect("onward"), onward[..2]);
        assert_eq!(unit.audit().onward(ws, before(1), 9).await.expect("onward"), onward[2..]);
        assert_eq!(unit.audit().onward(ws, before(0), 9).await.expect("onward"), []);
        assert_eq!(unit.audit().onward(ws, Some(u64::MAX), 9).await.expect("onward"), []);
    });
}

/// No workspace sees another's record.
pub async fn the_record_is_of_one_workspace(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let (mine, theirs) = (samples.audit_entry(ws, "a"), samples.audit_entry(other, "b"));
    unit!(&store, unit => {
        unit.audit().append(&mine).await.expect("append");
        unit.audit().append(&theirs).await.expect("append");
    });
    unit!(&store, unit => {
        for (ws, entry) in [(ws, &mine), (other, &theirs)] {
            assert_eq!(entries(&unit.audit().latest(ws, None, 9).await.expect("latest")), [entry]);
            assert_eq!(entries(&unit.audit().onward(ws, None, 9).await.expect("onward")), [entry]);
        }
    });
}

fn entries(placed: &[(u64, AuditEntry)]) -> Vec<&AuditEntry> {
    placed.iter().map(|(_, entry)| entry).collect()
}

/// A confirmation comes back whole, and once; one that was taken in a unit that is dropped was not
/// taken.
pub async fn a_confirmation_is_taken_once(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let (one, two) = (samples.confirmation(ws), samples.confirmation(ws));
    unit!(&store, unit => for confirmation in [&one, &two] {
        unit.confirmations().insert(confirmation).await.expect("insert");
    });
    let mut unit = begin(&store).await;
    assert_conflict(unit.confirmations().insert(&one).await, "the same hash again");
    drop(unit);
    let mut unit = begin(&store).await;
    let taken = unit.confirmations().take(ws, &one.hash, at(0)).await.expect("take");
    assert_eq!(taken.as_ref(), Some(&one));
    drop(unit);
    unit!(&store, unit => {
        assert_eq!(unit.confirmations().take(ws, "unknown", at(0)).await.expect("take"), None);
        let taken = unit.confirmations().take(ws, &one.hash, at(0)).await.expect("take");
        assert_eq!(taken.as_ref(), Some(&one));
    });
    unit!(&store, unit => {
        assert_eq!(unit.confirmations().take(ws, &one.hash, at(0)).await.expect("take"), None);
        let taken = unit.confirmations().take(ws, &two.hash, two.expires_at).await.expect("take");
        assert_eq!(taken, Some(two));
    });
}

/// A confirmation whose time is over cannot be taken any more, by nobody and at no time.
pub async fn an_expired_confirmation_is_gone(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let (one, two) = (samples.confirmation(ws), samples.confirmation(ws));
    unit!(&store, unit => for confirmation in [&one, &two] {
        unit.confirmations().insert(confirmation).await.expect("insert");
    });
    unit!(&store, unit => {
        let late = unit.confirmations().take(ws, &one.hash, at(901)).await.expect("take");
        assert_eq!(late, None, "it was taken after its end");
        let other = unit.confirmations().take(ws, &two.hash, at(0)).await.expect("take");
        assert_eq!(other, None, "those that expired were not removed");
    });
}

/// No workspace takes another's confirmation, nor ends it.
pub async fn confirmations_are_of_one_workspace(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let mine = samples.confirmation(ws);
    unit!(&store, unit => unit.confirmations().insert(&mine).await.expect("insert"));
    unit!(&store, unit => {
        let foreign = unit.confirmations().take(other, &mine.hash, at(901)).await.expect("take");
        assert_eq!(foreign, None);
        let taken = unit.confirmations().take(ws, &mine.hash, at(0)).await.expect("take");
        assert_eq!(taken, Some(mine));
    });
}
