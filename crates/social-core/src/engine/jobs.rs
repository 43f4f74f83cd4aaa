//! The queue as those who run it see it: what waits, what was given up, and what to do about it.

use super::audit::note;
use super::publish::settle_given_up;
use super::{Error, Missing, Ports};
use crate::Timestamp;
use crate::domain::series::SeriesStatus;
use crate::domain::{
    Delivery, DeliveryEvent, DeliveryStatus, JobId, JobTask, NewJob, ParkedJob, QueuedJob,
    WorkspaceId,
};
use crate::ports::UnitOfWork;

/// Lists, retries and parks jobs.
#[derive(Debug, Clone)]
pub struct Jobs {
    ports: Ports,
    actor: Option<String>,
}

impl Jobs {
    /// Jobs over `ports`, of nobody in particular: nothing is put on record.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self { ports, actor: None }
    }

    /// The same for somebody: what they do is put on record.
    #[must_use]
    pub fn by(mut self, actor: impl Into<String>) -> Self {
        self.actor = Some(actor.into());
        self
    }

    /// Jobs that wait or run, by due time and id: those after `after`, at most `limit`.
    ///
    /// # Errors
    /// Of the store.
    pub async fn list(
        &self,
        ws: WorkspaceId,
        after: Option<(Timestamp, JobId)>,
        limit: u32,
    ) -> Result<Vec<QueuedJob>, Error> {
        Ok(self.ports.store.read().await?.jobs().list(ws, after, limit).await?)
    }

    /// Jobs that were parked, newest first, with their stories.
    ///
    /// # Errors
    /// Of the store.
    pub async fn parked(&self, ws: WorkspaceId, limit: u32) -> Result<Vec<ParkedJob>, Error> {
        Ok(self.ports.store.read().await?.jobs().parked(ws, limit).await?)
    }

    /// Puts a parked job back into the queue, due now, and makes one that waits due now. What hangs
    /// on a parked job is set going again: a delivery that failed is prepared anew, a series comes
    /// again. A post still goes out at its time, never before.
    ///
    /// # Errors
    /// [`Error::Refused`] where trying again is not for a machine to decide, or there is nothing
    /// left to do; where there is no such job, or of the store.
    pub async fn retry(&self, ws: WorkspaceId, id: JobId) -> Result<JobTask, Error> {
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin().await?;
        let task = if let Some(task) = unit.jobs().unpark(ws, id).await? {
            self.begin_anew(&mut *unit, ws, task).await?;
            task
        } else {
            let found = unit.jobs().queued(ws, id).await?;
            let job = found.ok_or(Error::NotFound(Missing::Job(id)))?;
            if !unit.jobs().reschedule(job.task, now).await? {
                return Err(Error::Refused(format!("job {id} is being done right now")));
            }
            job.task
        };
        self.record(&mut *unit, ws, "job.retry", id).await?;
        unit.commit().await?;
        Ok(task)
    }

    /// Takes a job out of the queue, whoever is at it, and keeps it aside with `why`. What hangs on
    /// it is settled: a delivery of which nothing was sent fails, one that may be visible is left
    /// to a person, a series is paused.
    ///
    /// # Errors
    /// Where there is no such job, or of the store.
    pub async fn park(&self, ws: WorkspaceId, id: JobId, why: &str) -> Result<JobTask, Error> {
        let mut unit = self.ports.store.begin().await?;
        let parked = unit.jobs().set_aside(ws, id, why, self.ports.clock.now()).await?;
        let task = parked.ok_or(Error::NotFound(Missing::Job(id)))?;
        let settles = settle_given_up(&self.ports, &mut *unit, ws, task, why).await?;
        self.record(&mut *unit, ws, "job.park", id).await?;
        unit.commit().await?;
        if let Some((platform, status)) = settles {
            crate::measure::settled(&platform, status, None);
        }
        Ok(task)
    }

    /// Sets going again what a parked job was about.
    async fn begin_anew(
        &self,
        unit: &mut dyn UnitOfWork,
        ws: WorkspaceId,
        task: JobTask,
    ) -> Result<(), Error> {
        let now = self.ports.clock.now();
        let mut of = None;
        match task {
            JobTask::Publish { delivery } => {
                let found = unit.deliveries().get(ws, delivery).await?;
                let mut delivery = found.ok_or(Error::NotFound(Missing::Delivery(delivery)))?;
                anew(&mut delivery, now)?;
                unit.deliveries().update(&mut delivery).await?;
                of = Some((delivery.account_id, delivery.platform));
            }
            JobTask::Series { series } => {
                let found = unit.series().get(ws, series).await?;
                let mut series = found.ok_or(Error::NotFound(Missing::Series(series)))?;
                series.status = SeriesStatus::Active;
                unit.series().update(&mut series).await?;
            }
            JobTask::Webhook { message } => {
                let message = format!(
                    "{message} is settled: send it again by `social webhooks replay`, which makes \
                     a job of its own"
                );
                return Err(Error::Refused(message));
            }
            JobTask::Render { .. }
            | JobTask::Permalink { .. }
            | JobTask::Analytics { .. }
            | JobTask::RollUp { .. }
            | JobTask::Comment { .. }
            | JobTask::Refresh { .. } => {}
        }
        let (lane, platform) = of.unzip();
        let job = NewJob {
            id: JobId::from_uuid(self.ports.ids.uuid(now)),
            workspace_id: ws,
            task,
            lane,
            platform,
            due_at: now,
            max_attempts: self.ports.config.max_attempts,
        };
        unit.jobs().enqueue(&job).await?;
        Ok(())
    }

    async fn record(
        &self,
        unit: &mut dyn UnitOfWork,
        ws: WorkspaceId,
        action: &str,
        id: JobId,
    ) -> Result<(), Error> {
        let Some(actor) = &self.actor else { return Ok(()) };
        note(unit, self.ports.clock.now(), ws, actor, action, &id.to_string()).await
    }
}

/// A delivery as it is when it is tried again.
fn anew(delivery: &mut Delivery, now: Timestamp) -> Result<(), Error> {
    if matches!(delivery.status, DeliveryStatus::Scheduled | DeliveryStatus::Publishing) {
        return Ok(());
    }
    let id = delivery.id;
    delivery.status = delivery.status.apply(DeliveryEvent::Retry).map_err(|error| {
        let message = format!("delivery {id}: {error}; look at it by `social explain` of its post");
        Error::Refused(message)
    })?;
    delivery.due_at = delivery.due_at.max(now);
    (delivery.flow, delivery.failure, delivery.sent_at) = (None, None, None);
    delivery.failures = 0;
    Ok(())
}
