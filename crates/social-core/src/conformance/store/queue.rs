//! Putting jobs in, taking them out and moving them.

use std::sync::Arc;
use std::time::Duration;

use super::super::samples::{Samples, at};
use super::{begin, claim, enqueue, unit};
use crate::domain::{Lease, NewJob};
use crate::ports::{Backlog, JobQueue, Store};

/// While a job waits or runs, no second one of its key is put in; after that one is.
pub async fn a_key_is_queued_once(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let task = samples.publish();
    let first = samples.job(ws, task, at(10));
    enqueue(&store, std::slice::from_ref(&first)).await;
    unit!(&store, unit => {
        let again = unit.jobs().enqueue(&samples.job(ws, task, at(0))).await;
        assert!(!again.expect("enqueue"), "a second job of the key waits");
    });
    assert_eq!(claim(&queue, 9, 10).await.jobs, [], "the first job was moved");
    let leased = claim(&queue, 10, 10).await.jobs;
    assert_eq!(leased.len(), 1);
    unit!(&store, unit => {
        let again = unit.jobs().enqueue(&samples.job(ws, task, at(0))).await;
        assert!(!again.expect("enqueue"), "a second job of the key while the first runs");
        unit.jobs().complete(leased[0].lease).await.expect("complete");
        let again = unit.jobs().enqueue(&samples.job(ws, task, at(11))).await;
        assert!(again.expect("enqueue"), "the key is free when its job is done");
    });
    assert_eq!(claim(&queue, 11, 10).await.jobs.len(), 1);
}

/// A job that was cancelled while it waited is never handed out, and its key is free.
pub async fn a_cancelled_job_is_not_handed_out(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let (task, other) = (samples.publish(), samples.publish());
    enqueue(&store, &[samples.job(ws, task, at(0)), samples.job(ws, other, at(0))]).await;
    unit!(&store, unit => {
        assert!(unit.jobs().cancel(task).await.expect("cancel"));
        assert!(!unit.jobs().cancel(task).await.expect("cancel"), "there was none any more");
    });
    let jobs = claim(&queue, 1, 10).await.jobs;
    assert_eq!(jobs.iter().map(|job| job.task).collect::<Vec<_>>(), [other]);
    enqueue(&store, &[samples.job(ws, task, at(0))]).await;
    assert_eq!(claim(&queue, 1, 10).await.jobs.len(), 1);
}

/// A waiting job is moved, ahead and back.
pub async fn a_waiting_job_is_moved(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let task = samples.publish();
    enqueue(&store, &[samples.job(samples.ws(), task, at(10))]).await;
    unit!(&store, unit => {
        assert!(unit.jobs().reschedule(task, at(20)).await.expect("reschedule"));
        let missing = unit.jobs().reschedule(samples.publish(), at(20)).await;
        assert!(!missing.expect("reschedule"), "there was none of that key");
    });
    let early = claim(&queue, 19, 10).await;
    assert_eq!((early.jobs, early.next_due), (vec![], Some(at(20))));
    unit!(&store, unit => assert!(unit.jobs().reschedule(task, at(5)).await.expect("again")));
    let jobs = claim(&queue, 6, 10).await.jobs;
    assert_eq!(jobs.iter().map(|job| job.due_at).collect::<Vec<_>>(), [at(5)]);
}

/// A job that runs is not moved by others.
pub async fn a_leased_job_is_not_moved(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let task = samples.publish();
    enqueue(&store, &[samples.job(samples.ws(), task, at(0))]).await;
    assert_eq!(claim(&queue, 0, 10).await.jobs.len(), 1);
    unit!(&store, unit => {
        assert!(!unit.jobs().reschedule(task, at(500)).await.expect("reschedule"));
    });
    assert_eq!(claim(&queue, 31, 10).await.jobs.len(), 1, "the job was moved");
}

/// Whoever waits is woken by a job that was put in or moved, and so is whoever begins to wait
/// just after.
pub async fn whoever_waits_is_woken(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    const PATIENCE: Duration = Duration::from_secs(10);
    let samples = Samples::default();
    let task = samples.publish();
    let put_in = async {
        tokio::task::yield_now().await;
        enqueue(&store, &[samples.job(samples.ws(), task, at(50))]).await;
    };
    let (woken, ()) = futures::join!(tokio::time::timeout(PATIENCE, queue.woken()), put_in);
    woken.expect("nobody was woken by a new job");
    let mut unit = begin(&store).await;
    assert!(unit.jobs().reschedule(task, at(1)).await.expect("reschedule"));
    unit.commit().await.expect("commit");
    tokio::time::timeout(PATIENCE, queue.woken()).await.expect("the wake was lost");
}

/// The time of the last claim is known, whatever it got.
pub async fn the_last_claim_is_known(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    assert_eq!(queue.last_claim().await.expect("last_claim"), None);
    claim(&queue, 3, 10).await;
    assert_eq!(queue.last_claim().await.expect("last_claim"), Some(at(3)));
    claim(&queue, 4, 10).await;
    assert_eq!(queue.last_claim().await.expect("last_claim"), Some(at(4)));
    enqueue(&store, &[samples.job(samples.ws(), samples.publish(), at(0))]).await;
    assert_eq!(claim(&queue, 5, 10).await.jobs.len(), 1);
    assert_eq!(queue.last_claim().await.expect("last_claim"), Some(at(5)));
}

/// Many jobs are put in at once, those of a key that is there left out; and many are finished at
/// once, those of a lost lease left alone. Lanes go on.
pub async fn many_jobs_come_and_go_at_once(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let lane = Some(samples.lane());
    let job = |lane, secs| NewJob { lane, ..samples.job(ws, samples.publish(), at(secs)) };
    let jobs = [job(None, 3), job(lane, 1), job(lane, 2), job(None, 4)];
    let again = NewJob { id: samples.job(ws, jobs[0].task, at(0)).id, ..jobs[0].clone() };
    unit!(&store, unit => {
        assert_eq!(unit.jobs().enqueue_all(&[]).await.expect("none"), []);
        let first = unit.jobs().enqueue_all(&jobs[..1]).await.expect("enqueue");
        assert_eq!(first, [jobs[0].id]);
        let rest = [&[again], &jobs[1..]].concat();
        let rest = unit.jobs().enqueue_all(&rest).await.expect("enqueue");
        assert_eq!(rest, [jobs[1].id, jobs[2].id, jobs[3].id]);
    });
    let claimed = claim(&queue, 5, 10).await.jobs;
    let got: Vec<_> = claimed.iter().map(|job| job.lease.job).collect();
    assert_eq!(got, [jobs[1].id, jobs[0].id, jobs[3].id]);
    let stale = Lease { attempt: claimed[2].lease.attempt + 1, ..claimed[2].lease };
    unit!(&store, unit => {
        let leases = [claimed[0].lease, stale, claimed[1].lease];
        let lost = unit.jobs().complete_all(&leases).await.expect("complete");
        assert_eq!(lost, [stale]);
        assert_eq!(unit.jobs().complete_all(&[]).await.expect("none"), []);
    });
    let next = claim(&queue, 5, 10).await.jobs;
    assert_eq!(next.iter().map(|job| job.lease.job).collect::<Vec<_>>(), [jobs[2].id]);
}

/// What waits, what of it is due and since when, and what runs is counted.
pub async fn the_backlog_is_counted(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    assert_eq!(queue.backlog(at(0)).await.expect("backlog"), Backlog::default());
    let job = |due| samples.job(samples.ws(), samples.publish(), at(due));
    enqueue(&store, &[job(10), job(20), job(30)]).await;
    let backlog = queue.backlog(at(25)).await.expect("backlog");
    let expected = Backlog { waiting: 3, due: 2, running: 0, oldest_due: Some(at(10)) };
    assert_eq!(backlog, expected);
    assert_eq!(claim(&queue, 25, 1).await.jobs.len(), 1);
    let backlog = queue.backlog(at(25)).await.expect("backlog");
    assert_eq!(backlog, Backlog { waiting: 2, due: 1, running: 1, oldest_due: Some(at(20)) });
}
