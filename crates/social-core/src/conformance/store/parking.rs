//! Jobs that run too often without an end.

use std::sync::Arc;

use super::super::samples::{Samples, at};
use super::{claim, enqueue, unit};
use crate::domain::NewJob;
use crate::ports::{JobQueue, Store};

/// A job whose workers die is begun as often as allowed, and then parked with its story.
pub async fn a_job_begun_too_often_is_parked(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let job = samples.job(ws, samples.publish(), at(0));
    enqueue(&store, std::slice::from_ref(&job)).await;
    for begun in 0..3 {
        assert_eq!(claim(&queue, begun * 30, 10).await.jobs.len(), 1, "claim {begun}");
    }
    let end = claim(&queue, 90, 10).await;
    assert_eq!((end.jobs, end.next_due), (vec![], None));
    unit!(&store, unit => {
        let parked = unit.jobs().parked(ws, 10).await.expect("parked");
        assert_eq!(parked.len(), 1);
        let row = &parked[0];
        assert_eq!((row.id, row.workspace_id, row.task), (job.id, ws, job.task));
        assert_eq!(row.parked_at, at(90));
        assert!(row.story.contains('3'), "the story does not say how often: {}", row.story);
        assert_eq!(unit.jobs().parked(ws, 0).await.expect("parked"), []);
        assert_eq!(unit.jobs().parked(other, 10).await.expect("parked"), [], "another's");
    });
}

/// A job that asks for another go too often is parked too; the latest parked comes first.
pub async fn a_job_that_fails_too_often_is_parked(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let jobs = [0, 500].map(|secs| samples.job(ws, samples.publish(), at(secs)));
    enqueue(&store, &jobs).await;
    for (start, job) in [(0, &jobs[0]), (500, &jobs[1])] {
        for begun in 0..3 {
            let leased = claim(&queue, start + begun, 10).await.jobs.remove(0);
            assert_eq!(leased.task, job.task);
            unit!(&store, unit => {
                let next = at(start + begun + 1);
                unit.jobs().again(leased.lease, next, false).await.expect("again");
            });
        }
        assert_eq!(claim(&queue, start + 3, 10).await.jobs, []);
    }
    let parked = unit!(&store, unit => unit.jobs().parked(ws, 10).await.expect("parked"));
    let ids: Vec<_> = parked.iter().map(|job| job.id).collect();
    assert_eq!(ids, [jobs[1].id, jobs[0].id]);
}

/// A job that makes progress is begun as often as it needs.
pub async fn progress_lets_a_job_go_on(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    enqueue(&store, &[samples.job(ws, samples.publish(), at(0))]).await;
    let mut last = 0;
    for begun in 0..10 {
        let lease = claim(&queue, begun, 10).await.jobs.remove(0).lease;
        assert!(lease.attempt > last, "the fencing token went back with the count");
        last = lease.attempt;
        let progress = begun % 2 == 1;
        unit!(&store, unit => {
            unit.jobs().again(lease, at(begun + 1), progress).await.expect("again");
        });
    }
    assert_eq!(unit!(&store, unit => unit.jobs().parked(ws, 10).await.expect("parked")), []);
}

/// A claim that was given back does not count.
pub async fn a_released_claim_does_not_count(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    enqueue(&store, &[samples.job(samples.ws(), samples.publish(), at(0))]).await;
    for _ in 0..10 {
        let lease = claim(&queue, 0, 10).await.jobs.remove(0).lease;
        queue.release(lease).await.expect("release");
    }
    for begun in 0..3 {
        assert_eq!(claim(&queue, begun * 30, 10).await.jobs.len(), 1, "claim {begun}");
    }
    assert_eq!(claim(&queue, 90, 10).await.jobs, []);
}

/// A parked job makes way in its lane at once, and its key may be put in anew.
pub async fn a_parked_job_frees_its_lane_and_key(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let lane = Some(samples.lane());
    let broken = NewJob { lane, max_attempts: 1, ..samples.job(ws, samples.publish(), at(0)) };
    let next = NewJob { lane, ..samples.job(ws, samples.publish(), at(1)) };
    enqueue(&store, &[broken.clone(), next.clone()]).await;
    assert_eq!(claim(&queue, 5, 10).await.jobs.len(), 1);
    let after = claim(&queue, 35, 10).await.jobs;
    assert_eq!(after.iter().map(|job| job.task).collect::<Vec<_>>(), [next.task]);
    enqueue(&store, &[samples.job(ws, broken.task, at(36))]).await;
    unit!(&store, unit => {
        assert!(unit.jobs().cancel(broken.task).await.expect("cancel"));
        assert!(!unit.jobs().cancel(broken.task).await.expect("cancel"), "it is parked");
        assert_eq!(unit.jobs().parked(ws, 10).await.expect("parked").len(), 1);
    });
}
