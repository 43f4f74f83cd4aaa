//! Jobs that run too often without an end.

use std::sync::Arc;

use super::super::samples::{Samples, at};
use super::{claim, enqueue, unit};
use crate::domain::NewJob;
use crate::ports::{Gate, JobQueue, Store};

/// A job whose workers die is handed out as spent once it was begun as often as allowed, again and
/// again until a worker parks it with its story.
pub async fn a_job_begun_too_often_is_spent(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let job = samples.job(ws, samples.publish(), at(0));
    enqueue(&store, std::slice::from_ref(&job)).await;
    for begun in 0..5 {
        let jobs = claim(&queue, begun * 30, 10).await.jobs;
        assert_eq!(jobs.len(), 1, "claim {begun}");
        assert_eq!(jobs[0].spent, begun >= 3, "claim {begun}");
        assert_eq!(i64::from(jobs[0].starts), begun + 1, "claim {begun}");
    }
    let lease = claim(&queue, 150, 10).await.jobs.remove(0).lease;
    unit!(&store, unit => {
        assert_eq!(unit.jobs().park(lease, "it was tried", at(151)).await.expect("park"), Gate::Go);
    });
    let end = claim(&queue, 180, 10).await;
    assert_eq!((end.jobs, end.next_due), (vec![], None));
    unit!(&store, unit => {
        let parked = unit.jobs().parked(ws, 10).await.expect("parked");
        assert_eq!(parked.len(), 1);
        let row = &parked[0];
        assert_eq!((row.id, row.workspace_id, row.task), (job.id, ws, job.task));
        assert_eq!((row.story.as_str(), row.parked_at), ("it was tried", at(151)));
        assert_eq!(unit.jobs().parked(ws, 0).await.expect("parked"), []);
        assert_eq!(unit.jobs().parked(other, 10).await.expect("parked"), [], "another's");
    });
}

/// Parking is undone with its unit, and a lease that is lost parks nothing; of parked jobs the
/// latest comes first.
pub async fn parking_is_part_of_its_unit(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let jobs = [0, 0].map(|secs| samples.job(ws, samples.publish(), at(secs)));
    enqueue(&store, &jobs).await;
    let leases: Vec<_> = claim(&queue, 0, 10).await.jobs.iter().map(|job| job.lease).collect();
    {
        let mut unit = store.begin().await.expect("begin");
        unit.jobs().park(leases[0], "dropped", at(1)).await.expect("park");
    }
    unit!(&store, unit => {
        assert_eq!(unit.jobs().parked(ws, 10).await.expect("parked"), []);
        assert_eq!(unit.jobs().gate(leases[0]).await.expect("gate"), Gate::Go);
    });
    for (lease, time) in [(leases[0], 2), (leases[1], 3)] {
        unit!(&store, unit => unit.jobs().park(lease, "kept", at(time)).await.expect("park"));
    }
    unit!(&store, unit => {
        let again = unit.jobs().park(leases[0], "twice", at(4)).await.expect("park");
        assert_eq!(again, Gate::Lost);
        let parked = unit.jobs().parked(ws, 10).await.expect("parked");
        let ids: Vec<_> = parked.iter().map(|job| job.id).collect();
        assert_eq!(ids, [leases[1].job, leases[0].job]);
    });
}

/// A job that asks for another go too often without progress is spent too.
pub async fn a_job_that_fails_too_often_is_spent(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    enqueue(&store, &[samples.job(ws, samples.publish(), at(0))]).await;
    for begun in 0..5 {
        let leased = claim(&queue, begun, 10).await.jobs.remove(0);
        assert_eq!(leased.spent, begun >= 3, "claim {begun}");
        unit!(&store, unit => {
            unit.jobs().again(leased.lease, at(begun + 1), false).await.expect("again");
        });
    }
}

/// A job that makes progress is begun as often as it needs.
pub async fn progress_lets_a_job_go_on(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    enqueue(&store, &[samples.job(ws, samples.publish(), at(0))]).await;
    let mut last = 0;
    for begun in 0..10 {
        let job = claim(&queue, begun, 10).await.jobs.remove(0);
        assert!(!job.spent, "claim {begun}");
        assert!(job.lease.attempt > last, "the fencing token went back with the count");
        last = job.lease.attempt;
        let progress = begun % 2 == 1;
        unit!(&store, unit => {
            unit.jobs().again(job.lease, at(begun + 1), progress).await.expect("again");
        });
    }
}

/// A claim that was given back does not count.
pub async fn a_released_claim_does_not_count(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    enqueue(&store, &[samples.job(samples.ws(), samples.publish(), at(0))]).await;
    for _ in 0..10 {
        let lease = claim(&queue, 0, 10).await.jobs.remove(0).lease;
        queue.release(lease).await.expect("release");
    }
    for begun in 0..4 {
        assert_eq!(claim(&queue, begun * 30, 10).await.jobs[0].spent, begun >= 3);
    }
}

/// A parked job makes way in its lane at once, and its key may be put in anew.
pub async fn a_parked_job_frees_its_lane_and_key(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let lane = Some(samples.lane());
    let broken = NewJob { lane, ..samples.job(ws, samples.publish(), at(0)) };
    let next = NewJob { lane, ..samples.job(ws, samples.publish(), at(1)) };
    enqueue(&store, &[broken.clone(), next.clone()]).await;
    let lease = claim(&queue, 5, 10).await.jobs.remove(0).lease;
    unit!(&store, unit => unit.jobs().park(lease, "broken", at(6)).await.expect("park"));
    let after = claim(&queue, 6, 10).await.jobs;
    assert_eq!(after.iter().map(|job| job.task).collect::<Vec<_>>(), [next.task]);
    enqueue(&store, &[samples.job(ws, broken.task, at(36))]).await;
    unit!(&store, unit => {
        assert!(unit.jobs().cancel(broken.task).await.expect("cancel"));
        assert!(!unit.jobs().cancel(broken.task).await.expect("cancel"), "it is parked");
        assert_eq!(unit.jobs().parked(ws, 10).await.expect("parked").len(), 1);
    });
}

/// Jobs that wait or run are listed by due time and id, page by page, and those of one workspace
/// alone.
pub async fn jobs_are_listed_in_the_order_they_are_due(
    store: Arc<dyn Store>,
    queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let lane = Some(samples.lane());
    let platform = Some(crate::domain::Platform::TIKTOK);
    let mut jobs = [5, 0, 5].map(|secs| samples.job(ws, samples.publish(), at(secs)));
    (jobs[0].lane, jobs[0].platform) = (lane, platform);
    enqueue(&store, &jobs).await;
    enqueue(&store, &[samples.job(other, samples.publish(), at(100))]).await;
    claim(&queue, 1, 10).await;
    unit!(&store, unit => {
        let first = unit.jobs().list(ws, None, 2).await.expect("list");
        let ids: Vec<_> = first.iter().map(|job| job.id).collect();
        assert_eq!(ids, [jobs[1].id, jobs[0].id]);
        assert_eq!((first[0].leased_until, first[0].starts), (Some(at(31)), 1));
        assert_eq!((first[1].leased_until, first[1].starts), (None, 0));
        assert_eq!((first[1].lane, &first[1].platform), (lane, &jobs[0].platform));
        assert_eq!((first[1].task, first[1].max_attempts), (jobs[0].task, 3));
        let after = Some((first[1].due_at, first[1].id));
        let rest = unit.jobs().list(ws, after, 2).await.expect("list");
        assert_eq!(rest.iter().map(|job| job.id).collect::<Vec<_>>(), [jobs[2].id]);
        let one = unit.jobs().queued(ws, jobs[0].id).await.expect("queued");
        assert_eq!(one.as_ref(), Some(&first[1]));
        assert_eq!(unit.jobs().queued(other, jobs[0].id).await.expect("queued"), None);
    });
}

/// A job that is set aside leaves the queue and its lane, whoever holds it, and can be taken back;
/// no other workspace can do either.
pub async fn a_job_is_set_aside_and_taken_back(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let lane = Some(samples.lane());
    let held = NewJob { lane, ..samples.job(ws, samples.publish(), at(0)) };
    let next = NewJob { lane, ..samples.job(ws, samples.publish(), at(1)) };
    enqueue(&store, &[held.clone(), next.clone()]).await;
    let lease = claim(&queue, 2, 10).await.jobs.remove(0).lease;
    unit!(&store, unit => {
        let theirs = unit.jobs().set_aside(other, held.id, "no", at(3)).await.expect("set aside");
        assert_eq!(theirs, None);
        let task = unit.jobs().set_aside(ws, held.id, "by hand", at(3)).await.expect("set aside");
        assert_eq!(task, Some(held.task));
        let again = unit.jobs().set_aside(ws, held.id, "by hand", at(3)).await.expect("again");
        assert_eq!(again, None);
    });
    unit!(&store, unit => {
        assert_eq!(unit.jobs().gate(lease).await.expect("gate"), Gate::Lost);
        let parked = unit.jobs().parked(ws, 9).await.expect("parked");
        assert_eq!((parked.len(), parked[0].story.as_str()), (1, "by hand"));
    });
    let after = claim(&queue, 4, 10).await.jobs;
    assert_eq!(after.iter().map(|job| job.task).collect::<Vec<_>>(), [next.task]);
    unit!(&store, unit => {
        assert_eq!(unit.jobs().unpark(other, held.id).await.expect("unpark"), None);
        assert_eq!(unit.jobs().unpark(ws, held.id).await.expect("unpark"), Some(held.task));
        assert_eq!(unit.jobs().unpark(ws, held.id).await.expect("unpark"), None);
        assert_eq!(unit.jobs().parked(ws, 9).await.expect("parked"), []);
    });
}
