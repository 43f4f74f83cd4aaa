//! Fanning events out: one message for each webhook that wants to know.

use std::collections::{BTreeMap, BTreeSet};

use super::payload;
use crate::domain::{JobId, JobTask, NewJob, WebhookMessage};
use crate::engine::{Error, Ports};
use crate::ports::UnitOfWork;

/// How many events one transaction fans out.
pub(in crate::engine) const BATCH: u32 = 50;
/// How many that nobody wants to hear of it passes over.
const UNHEARD: u32 = 1000;

/// Turns the oldest events that nobody was told of into messages and jobs. Returns how many events
/// that were.
///
/// The messages, their jobs and the mark on the event are one transaction: whatever crashes, each
/// event is fanned out once.
///
/// # Errors
/// Of the store; nothing was done then.
pub(in crate::engine) async fn relay(ports: &Ports) -> Result<usize, Error> {
    // It is asked after each commit, so it keeps out of the writers' way while there is nothing.
    if ports.store.read().await?.outbox().pending(1).await?.is_empty() {
        return Ok(0);
    }
    let mut unit = ports.store.begin().await?;
    let unheard = unit.outbox().mark_unheard(ports.clock.now(), UNHEARD).await?;
    let unheard = usize::try_from(unheard).unwrap_or(usize::MAX);
    let events = unit.outbox().pending(BATCH).await?;
    if events.is_empty() {
        unit.commit().await?;
        return Ok(unheard);
    }
    let workspaces: BTreeSet<_> = events.iter().map(|event| event.workspace_id).collect();
    let mut webhooks = BTreeMap::new();
    for ws in workspaces {
        webhooks.insert(ws, unit.webhooks().list(ws).await?);
    }
    for event in &events {
        for webhook in webhooks.get(&event.workspace_id).into_iter().flatten() {
            if let Some(message) = payload::of_event(ports, webhook, event) {
                unit.webhooks().insert_message(&message).await?;
                enqueue(ports, &mut *unit, &message).await?;
            }
        }
    }
    let told: Vec<_> = events.iter().map(|event| event.id).collect();
    unit.outbox().mark(&told, ports.clock.now()).await?;
    unit.commit().await?;
    Ok(unheard + told.len())
}

/// Puts in the job that sends a message now, or moves the one that waits.
pub(super) async fn enqueue(
    ports: &Ports,
    unit: &mut dyn UnitOfWork,
    message: &WebhookMessage,
) -> Result<(), Error> {
    let now = ports.clock.now();
    let task = JobTask::Webhook { message: message.id };
    let new = NewJob {
        id: JobId::from_uuid(ports.ids.uuid(now)),
        workspace_id: message.workspace_id,
        task,
        lane: None,
        platform: None,
        due_at: now,
        max_attempts: ports.config.max_attempts,
    };
    if !unit.jobs().enqueue(&new).await? {
        unit.jobs().reschedule(task, now).await?;
    }
    Ok(())
}
