//! Giving up on a job that never comes to an end.

use super::settle::settled;
use crate::domain::{
    DeliveryEvent, DeliveryId, DeliveryStatus, JobTask, LeasedJob, Platform, WorkspaceId,
};
use crate::engine::posts::stuck;
use crate::engine::webhooks::abandon;
use crate::engine::{Error, Ports};
use crate::error::{ErrorKind, Failure};
use crate::ports::{Gate, UnitOfWork};

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
    let mut unit = ports.store.begin().await?;
    if unit.jobs().park(job.lease, &story, ports.clock.now()).await? == Gate::Lost {
        return Ok(());
    }
    let settles = settle_given_up(ports, &mut *unit, job.workspace_id, job.task, &story).await?;
    unit.commit().await?;
    if let Some((platform, status)) = settles {
        crate::measure::settled(&platform, status, None);
    }
    Ok(())
}

/// Settles what hangs on a job that is parked, in the unit that parks it. How a delivery then
/// stands, where it was one.
///
/// # Errors
/// Of the store.
pub(in crate::engine) async fn settle_given_up(
    ports: &Ports,
    unit: &mut dyn UnitOfWork,
    ws: WorkspaceId,
    task: JobTask,
    story: &str,
) -> Result<Option<(Platform, DeliveryStatus)>, Error> {
    match task {
        JobTask::Publish { delivery } => give_up_delivery(ports, unit, ws, delivery, story).await,
        JobTask::Webhook { message } => {
            abandon(ports, unit, ws, message).await?;
            Ok(None)
        }
        JobTask::Series { series } => {
            stuck(ports, unit, ws, series, story).await?;
            Ok(None)
        }
        // Nothing waits for these.
        JobTask::Render { .. }
        | JobTask::Permalink { .. }
        | JobTask::Analytics { .. }
        | JobTask::RollUp { .. }
        | JobTask::Comment { .. }
        | JobTask::Refresh { .. } => Ok(None),
    }
}

async fn give_up_delivery(
    ports: &Ports,
    unit: &mut dyn UnitOfWork,
    ws: WorkspaceId,
    id: DeliveryId,
    story: &str,
) -> Result<Option<(Platform, DeliveryStatus)>, Error> {
    let Some(mut delivery) = unit.deliveries().get(ws, id).await? else { return Ok(None) };
    // What may be out there is for a person to look at; all else surely is not.
    let lost = delivery.status.apply(DeliveryEvent::LoseTrack);
    let Ok(status) = lost.or_else(|_| delivery.status.apply(DeliveryEvent::Fail)) else {
        return Ok(None);
    };
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
    Ok(Some((delivery.platform, status)))
}
