//! Giving up on a job that never comes to an end.

use super::settle::settled;
use crate::domain::{DeliveryEvent, JobTask, LeasedJob};
use crate::engine::webhooks::abandon;
use crate::engine::{Error, Ports};
use crate::error::{ErrorKind, Failure};
use crate::ports::Gate;

/// Parks a job that was begun as often as it may be without progress, and settles the delivery
/// that hangs on it, in one transaction: nothing is ever left waiting for a job that does not come.
///
/// # Errors
/// Of the store; the job is then handed out again.
pub(in crate::engine) async fn give_up(ports: &Ports, job: &LeasedJob) -> Result<(), Error> {
    let story = format!(
        "it was begun {} times without getting further, the last time for {}",
        ports.config.max_attempts, job.due_at
    );
    let mut settles = None;
    let mut unit = ports.store.begin().await?;
    if unit.jobs().park(job.lease, &story, ports.clock.now()).await? == Gate::Lost {
        return Ok(());
    }
    if let JobTask::Publish { delivery } = job.task
        && let Some(mut delivery) = unit.deliveries().get(job.workspace_id, delivery).await?
    {
        // What may be out there is for a person to look at; all else surely is not.
        let lost = delivery.status.apply(DeliveryEvent::LoseTrack);
        if let Ok(status) = lost.or_else(|_| delivery.status.apply(DeliveryEvent::Fail)) {
            delivery.status = status;
            delivery.failure.get_or_insert(Failure {
                kind: ErrorKind::Unavailable,
                code: None,
                subcode: None,
                message: format!("The work on it was given up: {story}."),
                action: "Look into the log of the worker, then retry the post.".into(),
            });
            unit.deliveries().update(&mut delivery).await?;
            unit.outbox().append(&settled(ports, &delivery)).await?;
            settles = Some((delivery.platform, status));
        }
    }
    if let JobTask::Webhook { message } = job.task {
        abandon(ports, &mut *unit, job, message).await?;
    }
    unit.commit().await?;
    if let Some((platform, status)) = settles {
        crate::measure::settled(&platform, status, None);
    }
    Ok(())
}
