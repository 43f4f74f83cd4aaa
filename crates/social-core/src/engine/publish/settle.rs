//! Writing what came of it: every write is one transaction that the lease guards.

use std::time::Duration;

use super::{Run, Turn};
use crate::Timestamp;
use crate::domain::{
    Attempt, Delivery, DeliveryEvent, DeliveryStatus, EventId, Happened, JobId, JobTask, NewJob,
    OutboxEvent, Published,
};
use crate::engine::{Error, Ports};
use crate::error::{ErrorKind, PlatformError};
use crate::flow::Effect;
use crate::measure;
use crate::ports::{Activity, Gate, UnitOfWork};
use crate::rules::options::PostOptions;

/// What becomes of the job.
enum Job {
    /// It goes on in this worker.
    Keep,
    /// It is done.
    Complete,
    /// It comes again.
    Again(Timestamp),
}

impl Run<'_> {
    /// Writes the delivery and goes on.
    pub(super) async fn save(&mut self) -> Result<Turn, Error> {
        self.save_with(None).await
    }

    /// Writes the delivery and a step, and goes on.
    pub(super) async fn save_with(&mut self, attempt: Option<&Attempt>) -> Result<Turn, Error> {
        self.write(&[], attempt, Job::Keep, self.delivery.status).await
    }

    /// Writes a step alone, and goes on.
    pub(super) async fn note(&mut self, attempt: &Attempt) -> Result<Turn, Error> {
        let mut unit = self.ports.store.begin().await?;
        if unit.jobs().gate(self.job.lease).await? == Gate::Lost {
            return Ok(Turn::Stop);
        }
        if let Some(over) = self.over.take() {
            put(&mut *unit, &over).await?;
        }
        put(&mut *unit, attempt).await?;
        unit.commit().await?;
        Ok(Turn::Go)
    }

    /// Gives the job back until `time`.
    pub(super) async fn wait_until(&mut self, time: Timestamp) -> Result<Turn, Error> {
        self.write(&[], None, Job::Again(time), self.delivery.status).await
    }

    /// Writes that nothing of what was in doubt is so any more, and goes on: since this step was
    /// taken by the network or, without one, since nothing that was ever sent is there.
    pub(super) async fn settle_doubt(
        &mut self,
        doubted: Vec<Attempt>,
        attempt: Option<&Attempt>,
        before: DeliveryStatus,
    ) -> Result<Turn, Error> {
        let mut resolved = Self::resolved(doubted);
        // The row of the step itself is written as it is.
        resolved.retain(|row| attempt.is_none_or(|attempt| attempt.id != row.id));
        self.write(&resolved, attempt, Job::Keep, before).await
    }

    /// It did not work and surely had no effect: again after `time`.
    pub(super) async fn postpone(
        &mut self,
        error: &PlatformError,
        time: Duration,
        counts: bool,
    ) -> Result<Turn, Error> {
        self.delivery.failure = Some(error.failure());
        self.delivery.failures += u32::from(counts);
        let before = self.delivery.status;
        // Only a Commit that is surely not out there makes a delivery a waiting one again.
        if before == DeliveryStatus::Publishing && self.out().await?.is_empty() {
            self.delivery.status = self.apply(DeliveryEvent::Postpone)?;
        }
        self.write(&[], None, Job::Again(self.now() + time), before).await
    }

    /// It is visible.
    pub(super) async fn published(&mut self, published: Published) -> Result<Turn, Error> {
        let doubted = self.unsettled().await?;
        self.published_with(published, doubted, None).await
    }

    /// It is visible, and this step made it so; with it ends what was in doubt.
    pub(super) async fn published_with(
        &mut self,
        published: Published,
        doubted: Vec<Attempt>,
        attempt: Option<&Attempt>,
    ) -> Result<Turn, Error> {
        let before = self.delivery.status;
        self.delivery.status = self.apply(DeliveryEvent::Publish)?;
        self.delivery.published = Some(published);
        self.delivery.failure = None;
        self.delivery.flow = None;
        let mut resolved = Self::resolved(doubted);
        resolved.retain(|row| attempt.is_none_or(|attempt| attempt.id != row.id));
        self.write(&resolved, attempt, Job::Complete, before).await
    }

    /// It is not visible, and trying again by itself would not help.
    pub(super) async fn failed(&mut self, error: &PlatformError) -> Result<Turn, Error> {
        self.delivery.failure = Some(error.failure());
        if !self.unsettled().await?.is_empty() {
            return self.unconfirmed().await;
        }
        // The network took it, and this error does not speak of the post: it may well be visible.
        if !is_verdict(error) && !self.out().await?.is_empty() {
            return self.doubt().await;
        }
        let before = self.delivery.status;
        self.delivery.status = self.apply(DeliveryEvent::Fail)?;
        self.write(&[], None, Job::Complete, before).await
    }

    /// Nobody can tell: a person must look.
    pub(super) async fn unconfirmed(&mut self) -> Result<Turn, Error> {
        let before = self.delivery.status;
        self.delivery.status = self.apply(DeliveryEvent::LoseTrack)?;
        self.write(&[], None, Job::Complete, before).await
    }

    /// The delivery is settled already; so is its job.
    pub(super) async fn drop_job(&mut self) -> Result<Turn, Error> {
        let mut unit = self.ports.store.begin().await?;
        unit.jobs().complete(self.job.lease).await?;
        unit.commit().await?;
        Ok(Turn::Stop)
    }

    pub(super) fn status_changed(&self, before: DeliveryStatus) {
        if self.delivery.status != before {
            if self.delivery.status.is_settled() {
                let published = self.delivery.published.as_ref();
                let late = published.map(|published| published.at.since(self.delivery.due_at));
                measure::settled(&self.delivery.platform, self.delivery.status, late);
            }
            self.ports.events.emit(&Activity::Status {
                delivery: self.delivery.id,
                account: self.delivery.account_id,
                platform: self.delivery.platform.clone(),
                status: self.delivery.status,
                at: self.now(),
            });
        }
    }

    pub(super) fn apply(&self, event: DeliveryEvent) -> Result<DeliveryStatus, Error> {
        self.delivery.status.apply(event).map_err(|error| Error::Refused(error.to_string()))
    }

    async fn write(
        &mut self,
        resolved: &[Attempt],
        attempt: Option<&Attempt>,
        job: Job,
        before: DeliveryStatus,
    ) -> Result<Turn, Error> {
        let mut unit = self.ports.store.begin().await?;
        // What ends the job, or puts it off, asks for the lease as well as the gate does.
        let (gate, turn) = match job {
            Job::Keep => (unit.jobs().gate(self.job.lease).await?, Turn::Go),
            Job::Complete => (unit.jobs().complete(self.job.lease).await?, Turn::Stop),
            Job::Again(at) => (unit.jobs().again(self.job.lease, at, true).await?, Turn::Stop),
        };
        if gate == Gate::Lost {
            return Ok(Turn::Stop);
        }
        for attempt in resolved {
            unit.attempts().update(attempt).await?;
        }
        if let Some(over) = self.over.take() {
            put(&mut *unit, &over).await?;
        }
        if let Some(attempt) = attempt {
            put(&mut *unit, attempt).await?;
        }
        unit.deliveries().update(&mut self.delivery).await?;
        if self.delivery.status != before && self.delivery.status.is_settled() {
            self.tell(&mut *unit).await?;
        }
        unit.commit().await?;
        self.status_changed(before);
        Ok(turn)
    }

    /// What follows from a settled delivery: an event for those who listen, and jobs of their own
    /// for all that comes after, none of which can ever lead back into publishing.
    async fn tell(&self, unit: &mut dyn UnitOfWork) -> Result<(), Error> {
        let now = self.now();
        let delivery = &self.delivery;
        let published = delivery.published.as_ref();
        unit.outbox().append(&settled(self.ports, delivery)).await?;
        let Some(published) = published else { return Ok(()) };
        let mut enqueue = Vec::new();
        if published.permalink.is_none() && published.remote_id.is_some() {
            enqueue.push((JobTask::Permalink { delivery: delivery.id }, now));
        }
        // A post whose numbers nobody tells is counted all the same.
        if let Some(age) = self.ports.config.analytics_ages.first() {
            enqueue.push((JobTask::Analytics { delivery: delivery.id }, published.at + *age));
        }
        let options = PostOptions::read(&delivery.platform, &delivery.options);
        if published.remote_id.is_some()
            && options.is_ok_and(|options| options.first_comment().is_some())
        {
            enqueue.push((JobTask::Comment { delivery: delivery.id }, now));
        }
        let job = |(task, due_at)| NewJob {
            id: JobId::from_uuid(self.ports.ids.uuid(now)),
            workspace_id: delivery.workspace_id,
            task,
            lane: None,
            platform: None,
            due_at,
            max_attempts: self.ports.config.max_attempts,
        };
        let jobs: Vec<_> = enqueue.into_iter().map(job).collect();
        unit.jobs().enqueue_all(&jobs).await?;
        Ok(())
    }
}

/// The event that tells how a delivery was settled.
pub(in crate::engine) fn settled(ports: &Ports, delivery: &Delivery) -> OutboxEvent {
    let now = ports.clock.now();
    let reason = delivery
        .failure
        .as_ref()
        .map(|failure| format!("{} {}", failure.message, failure.action).trim().to_owned());
    OutboxEvent {
        id: EventId::from_uuid(ports.ids.uuid(now)),
        workspace_id: delivery.workspace_id,
        at: now,
        what: Happened::DeliverySettled {
            delivery: delivery.id,
            post: delivery.post_id,
            account: delivery.account_id,
            platform: delivery.platform.clone(),
            status: delivery.status,
            permalink: delivery.published.as_ref().and_then(|p| p.permalink.clone()),
            reason,
        },
    }
}

/// Whether an error is the network's word on the post itself, and not on our way of asking.
fn is_verdict(error: &PlatformError) -> bool {
    matches!(error.kind, ErrorKind::Rejected | ErrorKind::MediaRejected | ErrorKind::Duplicate)
}

/// A Commit's row is there since before it left; all others are written once they are over.
async fn put(unit: &mut dyn UnitOfWork, attempt: &Attempt) -> Result<(), Error> {
    if attempt.effect == Effect::Commit {
        unit.attempts().update(attempt).await?;
    } else {
        unit.attempts().insert(attempt).await?;
    }
    Ok(())
}
