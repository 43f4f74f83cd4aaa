//! Copies of a SQLite file.

use std::fs;
use std::sync::Arc;

use social_core::conformance::samples::{Samples, at};
use social_core::ports::{JobQueue as _, PostFilter, Store as _, StoreError, SystemClock};
use social_store::SqliteStore;

async fn open(folder: &std::path::Path) -> SqliteStore {
    SqliteStore::open_in(folder, Arc::new(SystemClock::new())).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_taken_at_work_is_whole_and_of_one_instant() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(open(folder.path()).await);
    let samples = Samples::default();
    let ws = samples.ws();
    let writes = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            // A post and its job are one unit: a copy has both or neither.
            for _ in 0..200 {
                let mut unit = store.begin().await.unwrap();
                unit.posts().insert(&samples.post(ws)).await.unwrap();
                let job = samples.job(ws, samples.publish(), at(0));
                unit.jobs().enqueue(&job).await.unwrap();
                unit.commit().await.unwrap();
            }
        }
    });
    let mut copies = Vec::new();
    while !writes.is_finished() {
        let copy = folder.path().join(format!("copy-{}", copies.len()));
        store.back_up(&copy).await.unwrap();
        copies.push(copy);
    }
    writes.await.unwrap();
    assert!(!copies.is_empty());
    let mut last = 0;
    for copy in copies {
        let place = tempfile::tempdir().unwrap();
        SqliteStore::restore(&copy, place.path().join("social.db")).await.unwrap();
        let restored = open(place.path()).await;
        let mut unit = restored.begin().await.unwrap();
        let all = PostFilter { limit: 1000, ..PostFilter::default() };
        let posts = unit.posts().list(ws, &all).await.unwrap().len();
        drop(unit);
        let lease = std::time::Duration::from_secs(30);
        let request = social_core::ports::ClaimRequest::new(at(1), 1000, lease);
        let jobs = restored.claim(&request).await.unwrap().jobs.len();
        assert_eq!(posts, jobs);
        assert!(posts >= last, "a later copy knows less");
        last = posts;
    }
}

#[tokio::test]
async fn nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let there = folder.path().join("there");
    fs::write(&there, "somebody's").unwrap();
    let error = store.back_up(&there).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    let copy = folder.path().join("copy");
    store.back_up(&copy).await.unwrap();
    let error = SqliteStore::restore(&copy, &there).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    assert_eq!(fs::read_to_string(&there).unwrap(), "somebody's");
}

#[tokio::test]
async fn what_is_no_copy_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let copy = folder.path().join("copy");
    store.back_up(&copy).await.unwrap();
    let mut bytes = fs::read(&copy).unwrap();
    for byte in &mut bytes[8192..12000] {
        *byte ^= 0x5a;
    }
    let into = folder.path().join("restored");
    for (name, bytes) in [("damaged", bytes), ("text", b"no database at all".repeat(99).to_vec())] {
        let wrong = folder.path().join(name);
        fs::write(&wrong, bytes).unwrap();
        let error = SqliteStore::restore(&wrong, &into).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{name}: {error:?}");
        assert!(!into.exists());
    }
}
