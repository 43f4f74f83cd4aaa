//! What waits for somebody to go on: uploads, and choices of accounts.

use std::sync::Arc;

use super::super::samples::{Samples, at};
use super::{assert_conflict, begin, unit};
use crate::domain::{Platform, Upload};
use crate::ports::{Choice, JobQueue, Store};

/// An upload reads back whole, and is inserted once.
pub async fn an_upload_is_kept(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let upload = samples.upload(ws, 100);
    unit!(&store, unit => unit.uploads().insert(&upload).await.expect("insert"));
    unit!(&store, unit => {
        let got = unit.uploads().get(ws, upload.id).await.expect("get");
        assert_eq!(got, Some(upload.clone()));
    });
    let mut unit = begin(&store).await;
    assert_conflict(unit.uploads().insert(&upload).await, "a second insert");
    drop(unit);
    unit!(&store, unit => {
        unit.uploads().remove(ws, upload.id).await.expect("remove");
        unit.uploads().remove(ws, upload.id).await.expect("remove what is gone");
        assert_eq!(unit.uploads().get(ws, upload.id).await.expect("get"), None);
    });
}

/// An upload is written where its version is the stored one, and its version rises by one.
pub async fn an_upload_is_swapped_by_its_version(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let first = samples.upload(ws, 100);
    unit!(&store, unit => unit.uploads().insert(&first).await.expect("insert"));
    let mut second = Upload { writing: Vec::new(), expires_at: at(900), ..first.clone() };
    second.pieces.pop();
    unit!(&store, unit => unit.uploads().update(&mut second).await.expect("update"));
    assert_eq!(second.version, first.version + 1);
    let mut stale = first.clone();
    let mut unit = begin(&store).await;
    assert_conflict(unit.uploads().update(&mut stale).await, "an old version");
    drop(unit);
    assert_eq!(stale, first);
    let got = unit!(&store, unit => unit.uploads().get(ws, first.id).await.expect("get"));
    assert_eq!(got, Some(second));
}

/// The bytes of uploads that did not end yet are counted by what was announced.
pub async fn open_uploads_are_counted(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let mut ended = samples.upload(ws, 1000);
    unit!(&store, unit => {
        assert_eq!(unit.uploads().reserved(ws).await.expect("reserved"), 0);
        for upload in [&ended, &samples.upload(ws, 20), &samples.upload(ws, 3)] {
            unit.uploads().insert(upload).await.expect("insert");
        }
        unit.uploads().insert(&samples.upload(other, 7)).await.expect("insert");
        assert_eq!(unit.uploads().reserved(ws).await.expect("reserved"), 1023);
        ended.asset = Some(samples.asset(ws).id);
        unit.uploads().update(&mut ended).await.expect("update");
        assert_eq!(unit.uploads().reserved(ws).await.expect("reserved"), 23);
        assert_eq!(unit.uploads().reserved(other).await.expect("reserved"), 7);
    });
}

/// Uploads that expired are found, of all workspaces, the longest ago first.
pub async fn uploads_that_nobody_went_on_with_are_found(
    store: Arc<dyn Store>,
    _queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let make = |secs| Upload { expires_at: at(secs), ..samples.upload(samples.ws(), 1) };
    let (late, early, moved) = (make(30), make(10), make(5));
    unit!(&store, unit => {
        for upload in [&late, &early, &moved] {
            unit.uploads().insert(upload).await.expect("insert");
        }
        let mut moved = Upload { expires_at: at(40), ..moved };
        unit.uploads().update(&mut moved).await.expect("update");
    });
    unit!(&store, unit => {
        assert_eq!(unit.uploads().expired(at(10), 9).await.expect("expired"), []);
        let expired = unit.uploads().expired(at(31), 9).await.expect("expired");
        assert_eq!(expired, [early.clone(), late]);
        assert_eq!(unit.uploads().expired(at(31), 1).await.expect("expired"), [early]);
    });
}

/// No workspace sees, changes or removes another's uploads.
pub async fn uploads_are_of_one_workspace(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let mine = samples.upload(ws, 5);
    unit!(&store, unit => unit.uploads().insert(&mine).await.expect("insert"));
    unit!(&store, unit => {
        assert_eq!(unit.uploads().get(other, mine.id).await.expect("get"), None);
        unit.uploads().remove(other, mine.id).await.expect("remove");
        assert_eq!(unit.uploads().get(ws, mine.id).await.expect("get"), Some(mine.clone()));
    });
    let mut foreign = Upload { workspace_id: other, ..mine };
    let mut unit = begin(&store).await;
    assert_conflict(unit.uploads().update(&mut foreign).await, "another's upload");
}

/// A choice is found by its token or its network until it is taken or over, and taken once.
pub async fn a_choice_is_made_once(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let choice = samples.choice(ws);
    let facebook = Platform::FACEBOOK;
    unit!(&store, unit => unit.choices().put(&choice).await.expect("put"));
    unit!(&store, unit => {
        let found = unit.choices().get(&choice.hash, at(900)).await.expect("get");
        assert_eq!(found, Some(choice.clone()));
        assert_eq!(unit.choices().get(&choice.hash, at(901)).await.expect("get"), None);
        assert_eq!(unit.choices().get("unknown", at(0)).await.expect("get"), None);
        let found = unit.choices().pending(ws, &facebook, at(900)).await.expect("pending");
        assert_eq!(found, Some(choice.clone()));
        let over = unit.choices().pending(ws, &facebook, at(901)).await.expect("pending");
        assert_eq!(over, None);
        let other = unit.choices().pending(ws, &Platform::TIKTOK, at(0)).await.expect("pending");
        assert_eq!(other, None);
    });
    let mut unit = begin(&store).await;
    assert!(unit.choices().take(ws, &choice.hash).await.expect("take"));
    drop(unit);
    unit!(&store, unit => {
        assert!(unit.choices().take(ws, &choice.hash).await.expect("take"), "it was not taken");
        assert!(!unit.choices().take(ws, &choice.hash).await.expect("take"), "it was taken twice");
        assert_eq!(unit.choices().get(&choice.hash, at(0)).await.expect("get"), None);
    });
}

/// Of a network the latest choice counts.
pub async fn a_network_has_one_choice(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let (first, second) = (samples.choice(ws), samples.choice(ws));
    let other = Choice { platform: Platform::LINKEDIN, ..samples.choice(ws) };
    unit!(&store, unit => for choice in [&first, &other, &second] {
        unit.choices().put(choice).await.expect("put");
    });
    unit!(&store, unit => {
        assert_eq!(unit.choices().get(&first.hash, at(0)).await.expect("get"), None);
        for choice in [second, other] {
            let found = unit.choices().pending(ws, &choice.platform, at(0)).await.expect("pending");
            assert_eq!(found, Some(choice));
        }
    });
}

/// No workspace sees or takes another's choice.
pub async fn choices_are_of_one_workspace(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let mine = samples.choice(ws);
    unit!(&store, unit => unit.choices().put(&mine).await.expect("put"));
    unit!(&store, unit => {
        let theirs = unit.choices().pending(other, &mine.platform, at(0)).await.expect("pending");
        assert_eq!(theirs, None);
        assert!(!unit.choices().take(other, &mine.hash).await.expect("take"));
        assert_eq!(unit.choices().get(&mine.hash, at(0)).await.expect("get"), Some(mine));
    });
}

/// Choices whose time is over go, of all workspaces.
pub async fn choices_that_are_over_go(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (over, good) = (samples.choice(samples.ws()), samples.choice(samples.ws()));
    let over = Choice { expires_at: at(9), ..over };
    unit!(&store, unit => for choice in [&over, &good] {
        unit.choices().put(choice).await.expect("put");
    });
    unit!(&store, unit => {
        assert_eq!(unit.choices().expire(at(10)).await.expect("expire"), 1);
        assert_eq!(unit.choices().expire(at(10)).await.expect("expire"), 0);
        assert_eq!(unit.choices().get(&over.hash, at(0)).await.expect("get"), None);
        assert_eq!(unit.choices().get(&good.hash, at(0)).await.expect("get"), Some(good));
    });
}
