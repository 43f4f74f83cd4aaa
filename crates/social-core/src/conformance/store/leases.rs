//! What a lease is good for, and when it is void.

use std::sync::Arc;

use super::super::samples::{Samples, at};
use super::{claim, enqueue, unit};
use crate::domain::{JobTask, Lease};
use crate::ports::{Gate, JobQueue, Store};

/// Puts a job in and leases it at 0, until 30.
async fn leased(store: &Arc<dyn Store>, queue: &Arc<dyn JobQueue>) -> (JobTask, Lease) {
    let samples = Samples::default();
    let task = samples.publish();
    enqueue(store, &[samples.job(samples.ws(), task, at(0))]).await;
    (task, claim(queue, 0, 1).await.jobs.remove(0).lease)
}

async fn gate(store: &Arc<dyn Store>, lease: Lease) -> Gate {
    unit!(store, unit => unit.jobs().gate(lease).await.expect("gate"))
}

/// The gate opens for the lease, and for no other attempt or job.
pub async fn a_lease_is_good_until_another_holds_it(
    store: Arc<dyn Store>,
    queue: Arc<dyn JobQueue>,
) {
    let (_, lease) = leased(&store, &queue).await;
    assert_eq!(gate(&store, lease).await, Gate::Go);
    let never = crate::domain::JobId::from_uuid(Samples::default().uuid());
    for wrong in [
        Lease { attempt: lease.attempt + 1, ..lease },
        Lease { attempt: lease.attempt - 1, ..lease },
        Lease { job: never, ..lease },
    ] {
        assert_eq!(gate(&store, wrong).await, Gate::Lost, "{wrong:?}");
    }
}

/// A lease that ended is handed out at once to whoever asks, with a higher attempt.
pub async fn a_lease_that_ended_is_handed_out_again(
    store: Arc<dyn Store>,
    queue: Arc<dyn JobQueue>,
) {
    let (task, lease) = leased(&store, &queue).await;
    assert_eq!(claim(&queue, 29, 10).await.jobs, []);
    let again = claim(&queue, 30, 10).await.jobs;
    assert_eq!(again.len(), 1);
    assert_eq!((again[0].task, again[0].lease.job), (task, lease.job));
    assert!(again[0].lease.attempt > lease.attempt, "the fencing token did not rise");
    assert_eq!(gate(&store, again[0].lease).await, Gate::Go);
}

/// What a worker does with a lease that another holds by now has no effect.
pub async fn a_stale_lease_writes_nothing(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let (_, stale) = leased(&store, &queue).await;
    let fresh = claim(&queue, 30, 10).await.jobs.remove(0).lease;
    unit!(&store, unit => {
        assert_eq!(unit.jobs().gate(stale).await.expect("gate"), Gate::Lost);
        assert_eq!(unit.jobs().complete(stale).await.expect("complete"), Gate::Lost);
        assert_eq!(unit.jobs().again(stale, at(99), true).await.expect("again"), Gate::Lost);
    });
    queue.release(stale).await.expect("releasing a lost lease is no error");
    unit!(&store, unit => {
        assert_eq!(unit.jobs().gate(fresh).await.expect("gate"), Gate::Go);
        assert_eq!(unit.jobs().complete(fresh).await.expect("complete"), Gate::Go);
    });
}

/// A lease that is prolonged lasts until then.
pub async fn a_lease_is_prolonged(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let (_, lease) = leased(&store, &queue).await;
    assert_eq!(queue.extend(&[lease], at(90)).await.expect("extend"), []);
    assert_eq!(queue.extend(&[], at(90)).await.expect("extend nothing"), []);
    assert_eq!(claim(&queue, 89, 10).await.jobs, []);
    assert_eq!(gate(&store, lease).await, Gate::Go);
    assert_eq!(claim(&queue, 90, 10).await.jobs.len(), 1);
}

/// Prolonging tells which leases are lost, and prolongs the others.
pub async fn a_lost_lease_is_not_prolonged(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let (lost, held) = (samples.publish(), samples.publish());
    enqueue(&store, &[samples.job(ws, lost, at(0)), samples.job(ws, held, at(1))]).await;
    let leases: Vec<Lease> =
        claim(&queue, 1, 10).await.jobs.into_iter().map(|job| job.lease).collect();
    unit!(&store, unit => assert!(unit.jobs().cancel(lost).await.expect("cancel")));
    assert_eq!(queue.extend(&leases, at(90)).await.expect("extend"), [leases[0]]);
    assert_eq!(claim(&queue, 89, 10).await.jobs, []);
}

/// A job that is done never comes again.
pub async fn a_completed_job_is_gone(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let (_, lease) = leased(&store, &queue).await;
    unit!(&store, unit => {
        assert_eq!(unit.jobs().complete(lease).await.expect("complete"), Gate::Go);
        assert_eq!(unit.jobs().complete(lease).await.expect("again"), Gate::Lost);
    });
    let after = claim(&queue, 1000, 10).await;
    assert_eq!((after.jobs, after.next_due), (vec![], None));
    assert_eq!(gate(&store, lease).await, Gate::Lost);
}

/// A job that shall run again is handed out when it is due, with a higher attempt; the old lease
/// is void.
pub async fn a_job_runs_again_when_it_is_due(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let (task, lease) = leased(&store, &queue).await;
    unit!(&store, unit => {
        let again = unit.jobs().again(lease, at(100), false).await;
        assert_eq!(again.expect("again"), Gate::Go);
    });
    assert_eq!(gate(&store, lease).await, Gate::Lost);
    let early = claim(&queue, 99, 10).await;
    assert_eq!((early.jobs, early.next_due), (vec![], Some(at(100))));
    let job = claim(&queue, 100, 10).await.jobs.remove(0);
    assert_eq!((job.task, job.due_at), (task, at(100)));
    assert!(job.lease.attempt > lease.attempt);
}

/// Cancelling a job that runs makes its worker lose it, whatever the worker then does.
pub async fn a_cancelled_job_loses_its_lease(store: Arc<dyn Store>, queue: Arc<dyn JobQueue>) {
    let (task, lease) = leased(&store, &queue).await;
    unit!(&store, unit => {
        assert!(unit.jobs().cancel(task).await.expect("cancel"));
        assert_eq!(unit.jobs().gate(lease).await.expect("gate"), Gate::Lost);
    });
    unit!(&store, unit => {
        assert_eq!(unit.jobs().complete(lease).await.expect("complete"), Gate::Lost);
        assert_eq!(unit.jobs().again(lease, at(0), true).await.expect("again"), Gate::Lost);
    });
    assert_eq!(queue.extend(&[lease], at(99)).await.expect("extend"), [lease]);
    queue.release(lease).await.expect("release");
    assert_eq!(claim(&queue, 1000, 10).await.jobs, [], "a cancelled job was handed out");
}

/// A lease that is given back makes the job due at once; its token is never used again.
pub async fn a_released_job_is_due_and_its_token_is_void(
    store: Arc<dyn Store>,
    queue: Arc<dyn JobQueue>,
) {
    let (task, lease) = leased(&store, &queue).await;
    queue.release(lease).await.expect("release");
    assert_eq!(gate(&store, lease).await, Gate::Lost);
    let job = claim(&queue, 0, 10).await.jobs.remove(0);
    assert_eq!(job.task, task);
    assert!(job.lease.attempt > lease.attempt, "a fencing token was used twice");
    assert_eq!(gate(&store, lease).await, Gate::Lost);
}
