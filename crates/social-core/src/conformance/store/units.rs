//! Units of work as such.

use std::sync::Arc;

use super::super::samples::{Samples, at};
use super::{assert_not_found, begin, claim, unit};
use crate::domain::Post;
use crate::ports::{JobQueue, Store, StoreError};

/// What was committed is seen by the units after.
pub async fn a_committed_unit_is_seen(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let post = samples.post(ws);
    let mut unit = begin(&store).await;
    unit.posts().insert(&post).await.expect("insert");
    let own = unit.posts().get(ws, post.id).await.expect("get");
    assert_eq!(own.as_ref(), Some(&post), "a unit sees what it wrote itself");
    unit.commit().await.expect("commit");
    let got = unit!(&store, unit => unit.posts().get(ws, post.id).await.expect("get"));
    assert_eq!(got, Some(post));
}

/// A unit that only reads sees what was committed before, and leaves nothing in the way of others,
/// however it ends.
pub async fn who_only_reads_sees_the_last_commit(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    for committed in [false, true] {
        let post = samples.post(ws);
        unit!(&store, unit => unit.posts().insert(&post).await.expect("insert"));
        for _ in 0..8 {
            let mut reading = store.read().await.expect("read");
            let got = reading.posts().get(ws, post.id).await.expect("get");
            assert_eq!(got.as_ref(), Some(&post));
            if committed {
                reading.commit().await.expect("commit");
            }
        }
    }
}

/// Of a unit that was dropped nothing remains: inserts, changes and jobs are all undone.
pub async fn a_dropped_unit_leaves_nothing(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let (kept, gone) = (samples.post(ws), samples.post(ws));
    let (waiting, never) = (samples.publish(), samples.publish());
    unit!(&store, unit => {
        unit.posts().insert(&kept).await.expect("insert");
        unit.jobs().enqueue(&samples.job(ws, waiting, at(1))).await.expect("enqueue");
    });
    let mut unit = begin(&store).await;
    unit.posts().insert(&gone).await.expect("insert");
    let mut changed = Post { content: "changed".to_owned(), ..kept.clone() };
    unit.posts().update(&mut changed).await.expect("update");
    unit.posts().update(&mut changed).await.expect("update again");
    unit.jobs().enqueue(&samples.job(ws, never, at(1))).await.expect("enqueue");
    unit.jobs().cancel(waiting).await.expect("cancel");
    drop(unit);
    unit!(&store, unit => {
        assert_eq!(unit.posts().get(ws, gone.id).await.expect("get"), None);
        assert_eq!(unit.posts().get(ws, kept.id).await.expect("get"), Some(kept));
    });
    let jobs = claim(&queue, 1, 10).await.jobs;
    assert_eq!(jobs.iter().map(|job| job.task).collect::<Vec<_>>(), [waiting]);
}

/// No unit sees what another has not committed, and none loses what another did: many at once
/// count as if one ran after the other.
pub async fn units_do_not_see_each_other(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let post = Post { content: "0".to_owned(), ..samples.post(ws) };
    unit!(&store, unit => unit.posts().insert(&post).await.expect("insert"));
    let count = || async {
        // A store may serialise units or refuse the later one; the sum must be right either way.
        loop {
            let mut unit = begin(&store).await;
            let mut row = unit.posts().get(ws, post.id).await.expect("get").expect("there");
            tokio::task::yield_now().await;
            let number: u32 = row.content.parse().expect("a number");
            row.content = (number + 1).to_string();
            let done = unit.posts().update(&mut row).await;
            tokio::task::yield_now().await;
            match done {
                Ok(()) if unit.commit().await.is_ok() => return,
                Ok(()) | Err(StoreError::Conflict(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    };
    futures::future::join_all((0..20).map(|_| count())).await;
    let got = unit!(&store, unit => unit.posts().get(ws, post.id).await.expect("get"));
    assert_eq!(got.expect("there").content, "20", "a change was lost");
}

/// After a conflict a unit does not commit, and nothing of it remains.
pub async fn a_unit_that_failed_does_not_commit(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let (there, before, after) = (samples.post(ws), samples.post(ws), samples.post(ws));
    unit!(&store, unit => unit.posts().insert(&there).await.expect("insert"));
    let mut unit = begin(&store).await;
    unit.posts().insert(&before).await.expect("insert");
    let again = unit.posts().insert(&there).await;
    assert!(matches!(again, Ok(()) | Err(StoreError::Conflict(_))), "{again:?}");
    // Whether this works is the store's business; that none of it lasts is not.
    let _ = unit.posts().insert(&after).await;
    let _ = unit.jobs().enqueue(&samples.job(ws, samples.publish(), at(0))).await;
    unit.commit().await.expect_err("a unit that failed was committed");
    unit!(&store, unit => {
        assert_eq!(unit.posts().get(ws, before.id).await.expect("get"), None);
        assert_eq!(unit.posts().get(ws, after.id).await.expect("get"), None);
    });
    assert_eq!(claim(&queue, 1, 10).await.jobs, []);
}

/// A unit in which something was not found commits all the same.
pub async fn what_was_not_found_does_no_harm(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let post = samples.post(ws);
    unit!(&store, unit => {
        unit.posts().insert(&post).await.expect("insert");
        let missing = unit.accounts().disconnect(ws, samples.lane(), at(0)).await;
        assert_not_found(missing, "no such account");
    });
    let got = unit!(&store, unit => unit.posts().get(ws, post.id).await.expect("get"));
    assert_eq!(got, Some(post));
}

/// Of many who read the same version one gets to write.
pub async fn of_many_swaps_one_wins(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let grant = samples.grant(ws);
    unit!(&store, unit => unit.grants().insert(&grant).await.expect("insert"));
    let swap = |mut row: crate::domain::Grant| {
        let store = &store;
        async move {
            let mut unit = begin(store).await;
            row.refreshing_until = Some(at(60));
            match unit.grants().update(&mut row).await {
                Ok(()) => unit.commit().await.is_ok(),
                Err(_) => false,
            }
        }
    };
    let done = futures::future::join_all((0..10).map(|_| swap(grant.clone()))).await;
    assert_eq!(done.into_iter().filter(|won| *won).count(), 1);
}

/// A post and its job are committed together, or neither is.
pub async fn a_post_and_its_job_come_together(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let post = samples.post(ws);
    let job = samples.job(ws, samples.publish(), at(0));
    let mut unit = begin(&store).await;
    unit.posts().insert(&post).await.expect("insert");
    assert!(unit.jobs().enqueue(&job).await.expect("enqueue"));
    drop(unit);
    assert_eq!(claim(&queue, 1, 10).await.jobs, [], "the job outlived the unit");
    unit!(&store, unit => {
        unit.posts().insert(&post).await.expect("insert");
        assert!(unit.jobs().enqueue(&job).await.expect("enqueue"), "the key outlived the unit");
    });
    assert_eq!(claim(&queue, 1, 10).await.jobs.len(), 1);
}
