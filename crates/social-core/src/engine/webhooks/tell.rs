//! The job that brings one message to its webhook.

use std::time::Duration;

use super::plan;
use super::send::{Verdict, send};
use crate::Timestamp;
use crate::domain::{
    EventId, Happened, LeasedJob, MessageId, MessageStatus, OutboxEvent, PauseReason, Webhook,
    WebhookAttempt, WebhookMessage, WebhookOutcome, WebhookStatus, WorkspaceId,
};
use crate::engine::audit::note;
use crate::engine::workspaces::workspace;
use crate::engine::{Error, Ports};
use crate::ports::{Gate, UnitOfWork};

/// For how long nothing may reach a webhook before it is paused.
const FAILING: Duration = Duration::from_secs(5 * 24 * 3600);

/// Sends a message and writes what came of it, in one transaction with its job. Cut off between
/// the two, it is sent again with the same id.
///
/// # Errors
/// Of the store or the sealer; the job is then handed out again.
pub(in crate::engine) async fn tell(
    ports: &Ports,
    job: &LeasedJob,
    id: MessageId,
) -> Result<(), Error> {
    let ws = job.workspace_id;
    let mut unit = ports.store.begin().await?;
    let message = unit.webhooks().message(ws, id).await?;
    let message = message.filter(|message| message.status == MessageStatus::Pending);
    let webhook = match &message {
        Some(message) => unit.webhooks().get(ws, message.webhook_id).await?,
        None => None,
    };
    let (Some(message), Some(webhook)) = (message, webhook) else {
        // It was removed, or an earlier run of this job ended it.
        unit.jobs().complete(job.lease).await?;
        return Ok(unit.commit().await?);
    };
    let key = workspace(&mut *unit, ws).await?.data_key;
    drop(unit);

    if matches!(webhook.status, WebhookStatus::Paused { .. }) {
        return set_aside(ports, job, id).await;
    }
    let (attempt, verdict) = send(ports, &key, &webhook, &message).await?;
    settle(ports, job, id, attempt, verdict).await
}

/// Writes what came of an attempt. What is written is read anew: meanwhile others may have paused
/// the webhook, removed it, or asked for the message again.
async fn settle(
    ports: &Ports,
    job: &LeasedJob,
    id: MessageId,
    attempt: WebhookAttempt,
    verdict: Verdict,
) -> Result<(), Error> {
    let now = ports.clock.now();
    let mut unit = ports.store.begin().await?;
    if unit.jobs().gate(job.lease).await? == Gate::Lost {
        return Ok(());
    }
    let Some(mut message) = unit.webhooks().message(job.workspace_id, id).await? else {
        unit.jobs().complete(job.lease).await?;
        return Ok(unit.commit().await?);
    };
    message.note(attempt);
    let again = match verdict {
        Verdict::Delivered | Verdict::Gone | Verdict::Refused(_) => None,
        Verdict::Again(asked) => plan::wait(message.tries, asked, &*ports.ids),
    };
    message.next_at = again.map(|wait| now + wait);
    message.status = match (verdict, again) {
        (Verdict::Delivered, _) => MessageStatus::Delivered,
        (_, Some(_)) => MessageStatus::Pending,
        (_, None) => MessageStatus::Failed,
    };
    unit.webhooks().update_message(&mut message).await?;
    note_health(ports, &mut *unit, &message, verdict, now).await?;
    match message.next_at {
        Some(at) => unit.jobs().again(job.lease, at, true).await?,
        None => unit.jobs().complete(job.lease).await?,
    };
    Ok(unit.commit().await?)
}

/// Notes whether the webhook is reached, and pauses one that is not for too long.
async fn note_health(
    ports: &Ports,
    unit: &mut dyn UnitOfWork,
    message: &WebhookMessage,
    verdict: Verdict,
    now: Timestamp,
) -> Result<(), Error> {
    let found = unit.webhooks().get(message.workspace_id, message.webhook_id).await?;
    let Some(mut webhook) = found else { return Ok(()) };
    let failing_since = match verdict {
        Verdict::Delivered => None,
        _ => webhook.failing_since.or(Some(now)),
    };
    let reason = match verdict {
        Verdict::Delivered => None,
        Verdict::Gone => Some(PauseReason::Gone),
        Verdict::Refused(status) => Some(PauseReason::Refused { status }),
        Verdict::Again(_) => failing_since
            .is_some_and(|since| now.since(since) >= FAILING)
            .then_some(PauseReason::Failing),
    };
    let reason = reason.filter(|_| webhook.status == WebhookStatus::Active);
    if webhook.failing_since == failing_since && reason.is_none() {
        return Ok(());
    }
    webhook.failing_since = failing_since;
    if let Some(reason) = reason {
        webhook.status = WebhookStatus::Paused { reason, since: now };
        say_paused(ports, unit, &webhook, reason, now).await?;
    }
    unit.webhooks().update(&mut webhook).await?;
    Ok(())
}

/// Nobody is told by a webhook that it is paused, so everybody else is.
async fn say_paused(
    ports: &Ports,
    unit: &mut dyn UnitOfWork,
    webhook: &Webhook,
    reason: PauseReason,
    now: Timestamp,
) -> Result<(), Error> {
    tracing::warn!(webhook = %webhook.id, %reason, "a webhook is paused");
    unit.outbox()
        .append(&OutboxEvent {
            id: EventId::from_uuid(ports.ids.uuid(now)),
            workspace_id: webhook.workspace_id,
            at: now,
            what: Happened::WebhookPaused { webhook: webhook.id, reason: reason.to_string() },
        })
        .await?;
    let subject = webhook.id.to_string();
    note(unit, now, webhook.workspace_id, "system", "webhook.pause", &subject).await
}

/// Ends a message whose webhook is paused without sending it; it can be replayed.
async fn set_aside(ports: &Ports, job: &LeasedJob, id: MessageId) -> Result<(), Error> {
    let mut unit = ports.store.begin().await?;
    if unit.jobs().complete(job.lease).await? == Gate::Lost {
        return Ok(());
    }
    fail(ports, &mut *unit, job.workspace_id, id, "the webhook is paused").await?;
    Ok(unit.commit().await?)
}

/// Ends the message of a job that is given up, within the unit that parks it.
///
/// # Errors
/// Of the store.
pub(in crate::engine) async fn abandon(
    ports: &Ports,
    unit: &mut dyn UnitOfWork,
    ws: WorkspaceId,
    id: MessageId,
) -> Result<(), Error> {
    fail(ports, unit, ws, id, "the work on it was given up").await
}

async fn fail(
    ports: &Ports,
    unit: &mut dyn UnitOfWork,
    ws: WorkspaceId,
    id: MessageId,
    why: &str,
) -> Result<(), Error> {
    let found = unit.webhooks().message(ws, id).await?;
    let Some(mut message) = found.filter(|message| message.status == MessageStatus::Pending) else {
        return Ok(());
    };
    let outcome = WebhookOutcome::Failed { error: why.to_owned() };
    message.note(WebhookAttempt { at: ports.clock.now(), took: Duration::ZERO, outcome });
    message.status = MessageStatus::Failed;
    message.next_at = None;
    unit.webhooks().update_message(&mut message).await?;
    Ok(())
}
