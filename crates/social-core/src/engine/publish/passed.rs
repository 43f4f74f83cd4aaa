//! An occurrence of a series that nobody was there for.

use super::Ports;
use crate::domain::{
    Delivery, DeliveryEvent, DeliveryStatus, EventId, Happened, LeasedJob, OutboxEvent,
};
use crate::engine::Error;
use crate::ports::{Gate, UnitOfWork};

/// Calls off a delivery of an occurrence that was missed and is not to go out late. Missed is one
/// whose job lay about for longer than the grace: what a network or a quota kept waiting was not.
/// Whether there is nothing left to do.
pub(super) async fn passed_over(
    ports: &Ports,
    job: &LeasedJob,
    delivery: &Delivery,
) -> Result<bool, Error> {
    let (now, grace) = (ports.clock.now(), ports.config.series_grace);
    let was_to_go = job.due_at.max(delivery.due_at);
    if delivery.status != DeliveryStatus::Scheduled || now <= was_to_go + grace {
        return Ok(false);
    }
    let mut unit = ports.store.begin().await?;
    if unit.jobs().gate(job.lease).await? == Gate::Lost {
        return Ok(true);
    }
    if !is_passed(ports, &mut *unit, delivery).await? {
        return Ok(false);
    }
    let mut delivery = delivery.clone();
    let off = delivery.status.apply(DeliveryEvent::Cancel);
    delivery.status = off.map_err(|error| Error::Refused(error.to_string()))?;
    unit.deliveries().update(&mut delivery).await?;
    unit.jobs().complete(job.lease).await?;
    let (ws, post) = (delivery.workspace_id, delivery.post_id);
    // Told once of a post, with the last of its deliveries.
    let all = unit.deliveries().of_post(ws, post).await?;
    if all.iter().all(|of| of.status == DeliveryStatus::Cancelled) {
        let id = EventId::from_uuid(ports.ids.uuid(now));
        let what = Happened::PostCancelled { post };
        unit.outbox().append(&OutboxEvent { id, workspace_id: ws, at: now, what }).await?;
    }
    unit.commit().await?;
    Ok(true)
}

async fn is_passed(
    ports: &Ports,
    unit: &mut dyn UnitOfWork,
    delivery: &Delivery,
) -> Result<bool, Error> {
    let ws = delivery.workspace_id;
    let Some(post) = unit.posts().get(ws, delivery.post_id).await? else { return Ok(false) };
    let Some(of) = post.occurrence else { return Ok(false) };
    let row = unit.series().occurrence(ws, of.series, of.wall).await?;
    let series = unit.series().get(ws, of.series).await?;
    let (Some(row), Some(series)) = (row, series) else { return Ok(false) };
    // What somebody took in hand is an ordinary post, and an ordinary post goes out late.
    let untouched = row.post == Some(post.id) && row.version == post.version;
    let (now, grace) = (ports.clock.now(), ports.config.series_grace);
    Ok(untouched && !series.runs_late(of.wall, now, grace + series.repeat.jitter))
}
