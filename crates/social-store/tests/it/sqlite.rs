//! What is SQLite's own.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use social_core::conformance::samples::{Samples, at};
use social_core::domain::NewJob;
use social_core::ports::{
    ClaimRequest, JobQueue as _, PostFilter, RateLimiter as _, Store as _, StoreError, SystemClock,
};
use social_store::SqliteStore;

async fn open(path: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(path, Arc::new(SystemClock::new())).await
}

/// A connection of "another program".
fn other(path: &Path) -> Connection {
    Connection::open(path).unwrap()
}

fn request(secs: i64) -> ClaimRequest {
    ClaimRequest::new(at(secs), 10, Duration::from_secs(30))
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let samples = Samples::default();
    let workspace = samples.workspace();
    let post = samples.post(workspace.id);
    let jobs = [0, 100].map(|secs| samples.job(workspace.id, samples.publish(), at(secs)));
    let lease = {
        let store =
            SqliteStore::open_in(folder.path(), Arc::new(SystemClock::new())).await.unwrap();
        let mut unit = store.begin().await.unwrap();
        unit.workspaces().insert(&workspace).await.unwrap();
        unit.posts().insert(&post).await.unwrap();
        for job in &jobs {
            unit.jobs().enqueue(job).await.unwrap();
        }
        unit.commit().await.unwrap();
        store.block("instagram", at(900)).await.unwrap();
        store.claim(&request(0)).await.unwrap().jobs[0].lease
    };
    let store = open(&folder.path().join("social.db")).await.unwrap();
    let mut unit = store.begin().await.unwrap();
    assert_eq!(unit.workspaces().list().await.unwrap(), std::slice::from_ref(&workspace));
    let posts = unit.posts().list(workspace.id, &PostFilter::default()).await.unwrap();
    assert_eq!(posts, [post]);
    drop(unit);
    assert_eq!(store.blocked("instagram", at(0)).await.unwrap(), Some(at(900)));
    assert_eq!(store.last_claim().await.unwrap(), Some(at(0)));
    assert_eq!(store.claim(&request(29)).await.unwrap().jobs, [], "the lease was forgotten");
    let again = store.claim(&request(30)).await.unwrap().jobs.remove(0).lease;
    assert_eq!((again.job, again.attempt), (lease.job, lease.attempt + 1));
}

#[tokio::test]
async fn a_database_of_a_newer_release_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("social.db");
    let conn = other(&path);
    conn.execute_batch("CREATE TABLE future (a); PRAGMA user_version = 1000").unwrap();
    conn.close().unwrap();
    let before = fs::read(&path).unwrap();
    match open(&path).await.unwrap_err() {
        StoreError::Newer { found: 1000, known } => assert!(known >= 1),
        error => panic!("{error:?}"),
    }
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("social.db");
    let text = "this is no database, and somebody may want to keep it\n".repeat(100);
    fs::write(&path, &text).unwrap();
    let error = open(&path).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn a_database_held_by_another_process_is_locked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("social.db");
    let store = open(&path).await.unwrap();
    let conn = other(&path);
    conn.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.begin().await.map(drop).expect_err("the other holds the write lock");
    assert!(matches!(error, StoreError::Locked(_)), "{error:?}");
    // An idle look needs no lock, so a worker is not disturbed.
    assert_eq!(store.blocked("x", at(0)).await.unwrap(), None);
    conn.execute_batch("ROLLBACK").unwrap();
    store.begin().await.unwrap().commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_file_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("social.db");
    let samples = Samples::default();
    let ws = samples.ws();
    let (one, two) = tokio::join!(open(&path), open(&path));
    let (one, two) = (Arc::new(one.unwrap()), Arc::new(two.unwrap()));
    let tasks: Vec<_> = [&one, &two]
        .into_iter()
        .map(|store| {
            let store = Arc::clone(store);
            let rows: Vec<_> = (0..25)
                .map(|_| (samples.post(ws), samples.job(ws, samples.publish(), at(0))))
                .collect();
            tokio::spawn(async move {
                for (post, job) in rows {
                    let mut unit = store.begin().await.unwrap();
                    unit.posts().insert(&post).await.unwrap();
                    unit.jobs().enqueue(&job).await.unwrap();
                    unit.commit().await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let mut unit = one.begin().await.unwrap();
    let all = PostFilter { limit: 100, ..PostFilter::default() };
    assert_eq!(unit.posts().list(ws, &all).await.unwrap().len(), 50);
    drop(unit);
    let mut leases = Vec::new();
    for _ in 0..3 {
        for store in [&one, &two] {
            leases.extend(store.claim(&request(1)).await.unwrap().jobs);
        }
    }
    let mut ids: Vec<_> = leases.iter().map(|job| job.lease.job).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((leases.len(), ids.len()), (50, 50));
}

#[tokio::test]
async fn a_unit_killed_midway_leaves_nothing_and_hinders_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("social.db");
    let store = Arc::new(open(&path).await.unwrap());
    let samples = Samples::default();
    let ws = samples.ws();
    let post = samples.post(ws);
    for round in 0..20 {
        let (store, post) = (Arc::clone(&store), post.clone());
        let (written, wait) = tokio::sync::oneshot::channel();
        let task = tokio::spawn(async move {
            let mut unit = store.begin().await.unwrap();
            unit.posts().insert(&post).await.unwrap();
            let _ = written.send(());
            std::future::pending::<()>().await;
        });
        // Killed at another await each time, and at last with its row written.
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        if round == 19 {
            wait.await.unwrap();
        }
        task.abort();
        let _ = task.await;
    }
    let mut unit = store.begin().await.unwrap();
    assert_eq!(unit.posts().get(ws, post.id).await.unwrap(), None);
    unit.posts().insert(&post).await.unwrap();
    unit.commit().await.unwrap();
}

#[test]
fn a_unit_that_outlives_its_runtime_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("social.db");
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let samples = Samples::default();
    let workspace = samples.workspace();
    let first = runtime();
    let store = first.block_on(open(&path)).unwrap();
    let unit = first.block_on(async {
        let mut unit = store.begin().await.unwrap();
        unit.workspaces().insert(&workspace).await.unwrap();
        unit
    });
    drop(first);
    drop(unit);
    runtime().block_on(async {
        let mut unit = store.begin().await.unwrap();
        assert_eq!(unit.workspaces().list().await.unwrap(), []);
    });
}

#[tokio::test]
async fn a_lane_with_many_jobs_costs_a_claim_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("social.db")).await.unwrap();
    let samples = Samples::default();
    let ws = samples.ws();
    let lane = Some(samples.lane());
    let mut unit = store.begin().await.unwrap();
    for secs in 0..2000 {
        let job = NewJob { lane, ..samples.job(ws, samples.publish(), at(secs)) };
        unit.jobs().enqueue(&job).await.unwrap();
    }
    unit.commit().await.unwrap();
    for _ in 0..50 {
        let claim = store.claim(&request(5000)).await.unwrap();
        assert_eq!(claim.jobs.len(), 1);
        let mut unit = store.begin().await.unwrap();
        unit.jobs().complete(claim.jobs[0].lease).await.unwrap();
        unit.commit().await.unwrap();
    }
    assert_eq!(store.claim(&request(5000)).await.unwrap().jobs[0].due_at, at(50));
}
