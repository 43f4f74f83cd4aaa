//! Doing what is due.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::FutureExt as _;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::busy::{Busy, Owner};
use super::comments::first_comment;
use super::hold::Hold;
use super::posts::come_again;
use super::publish::{give_up, publish};
use super::render::render;
use super::webhooks::{BATCH, relay, tell};
use super::{Analytics, Error, Ports, Tokens, tidy};
use crate::Timestamp;
use crate::domain::{Delivery, DeliveryId, DeliveryStatus, JobTask, Lease, LeasedJob, WorkspaceId};
use crate::measure;
use crate::ports::{Claim, ClaimRequest};

/// How long a worker waits after the store failed, so that a database that is down is not hammered.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// For how long events gather after the last ones were fanned out. While much is published each commit
/// brings one, and many at once cost little more.
const GATHER: Duration = Duration::from_millis(20);

/// Notes that a job's place is free. No job panics: that is caught, and its owner told all the same.
fn free_place(busy: &mut Busy, ended: Result<Option<Owner>, tokio::task::JoinError>) {
    match ended {
        Ok(owner) => busy.end(owner.as_ref()),
        Err(error) => tracing::error!(%error, "a job ended by a panic"),
    }
}

/// Does what is due. Any number of workers may share a store.
#[derive(Debug)]
pub struct Worker {
    ports: Ports,
    /// The leases of the jobs under way.
    running: Mutex<BTreeMap<Lease, Arc<Hold>>>,
}

impl Worker {
    /// A worker over `ports`.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self { ports, running: Mutex::new(BTreeMap::new()) }
    }

    /// Works until `shutdown`; then ends what it began and returns.
    pub async fn run(self, shutdown: CancellationToken) {
        let worker = Arc::new(self);
        let mut jobs = JoinSet::new();
        // Telling others never takes the place of publishing, so it is counted for itself.
        let mut telling = JoinSet::new();
        let mut busy = Busy::default();
        let renew = {
            let worker = worker.clone();
            tokio_util::task::AbortOnDropHandle::new(tokio::spawn(async move {
                worker.keep_leases().await;
            }))
        };
        let mut tidy_at = worker.now() + worker.ports.config.tidy_every;
        let relay = {
            let worker = worker.clone();
            tokio_util::task::AbortOnDropHandle::new(tokio::spawn(async move {
                worker.relay_events().await;
            }))
        };
        while !shutdown.is_cancelled() {
            if worker.now() >= tidy_at {
                tidy_at = worker.now() + worker.ports.config.tidy_every;
                let worker = worker.clone();
                telling.spawn(async move {
                    if let Err(error) = tidy(&worker.ports).await {
                        tracing::warn!(%error, "what is over could not be cleared away");
                    }
                });
            }
            let free = worker.ports.config.concurrency.saturating_sub(jobs.len());
            let mut next = worker.now() + worker.ports.config.poll;
            if free > 0 {
                let more = telling.len() < worker.ports.config.webhook_concurrency;
                let least = if more { i16::MAX } else { JobTask::TELLING - 1 };
                let asked = worker.now();
                match worker.claim_fairly(free, least, &busy).await {
                    Ok(claim) => {
                        for job in claim.jobs {
                            let worker = worker.clone();
                            if matches!(job.task, JobTask::Webhook { .. }) {
                                telling.spawn(async move { worker.in_time(job, asked).await });
                                continue;
                            }
                            let owner = Busy::owner(&job);
                            busy.begin(owner.as_ref());
                            jobs.spawn(async move {
                                worker.in_time(job, asked).await;
                                owner
                            });
                        }
                        if claim.more {
                            // There may be places for it.
                            next = worker.now();
                        } else if let Some(due) = claim.next_due {
                            // What it did not give though it is due that soon, it gives no sooner.
                            let ahead = due - worker.ports.config.ahead;
                            next = next.min(if ahead > asked { ahead } else { due });
                        }
                    }
                    Err(error) => {
                        tracing::error!(%error, "no jobs can be claimed");
                        next = worker.now() + AFTER_FAILURE;
                    }
                }
            }
            // In this order, so that places are known to be free before more is claimed for them,
            // and a run in a simulation can be had again.
            tokio::select! {
                biased;
                () = shutdown.cancelled() => {}
                Some(ended) = jobs.join_next() => free_place(&mut busy, ended),
                Some(_) = telling.join_next() => {}
                () = worker.ports.queue.woken(), if free > 0 => {}
                () = worker.ports.clock.sleep_until(next) => {}
            }
            while let Some(ended) = jobs.try_join_next() {
                free_place(&mut busy, ended);
            }
            while telling.try_join_next().is_some() {}
        }
        drop(relay);
        // What began is ended: a step cut off in the middle would have to be looked up.
        while jobs.join_next().await.is_some() {}
        while telling.join_next().await.is_some() {}
        drop(renew);
    }

    /// Fans out what happened, claims once and does what was claimed, one after the other. Returns how many jobs that were
    /// and when the next one is due. For tests, simulations and apps that keep their own time.
    ///
    /// # Errors
    /// Where nothing can be claimed.
    pub async fn run_once(&self) -> Result<(usize, Option<Timestamp>), Error> {
        while relay(&self.ports).await? > 0 {}
        let asked = self.now();
        let claim = self.claim(&self.asking(self.ports.config.concurrency)).await?;
        let count = claim.jobs.len();
        for job in claim.jobs {
            self.guarded(job, asked).await;
        }
        Ok((count, claim.next_due))
    }

    /// Does a job when it is due.
    async fn in_time(&self, job: LeasedJob, asked: Timestamp) {
        self.ports.clock.sleep_until(job.due_at).await;
        self.guarded(job, asked).await;
    }

    fn asking(&self, limit: usize) -> ClaimRequest {
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let at_once = self.ports.config.platform_total;
        ClaimRequest { at_once, ..ClaimRequest::new(self.now(), limit, self.ports.config.lease) }
    }

    async fn claim(&self, request: &ClaimRequest) -> Result<Claim, Error> {
        let leaves_out = request.leaves_out();
        let mut claim = self.ports.queue.claim(request).await?;
        // What was left out is due already: it has its turn when a place is free.
        claim.next_due = claim.next_due.filter(|due| !leaves_out || *due > request.due_by());
        Ok(claim)
    }

    /// Claims for `free` places such that no workspace has more than half of all while others wait,
    /// and no network more than it is to have. Places that nobody else wants are not left empty.
    async fn claim_fairly(
        &self,
        free: usize,
        least_urgent: i16,
        busy: &Busy,
    ) -> Result<Claim, Error> {
        let config = &self.ports.config;
        // One claim must not give a network more than it still may have: what is left over comes
        // with the next.
        let each = config.platform_concurrency.max(1);
        let places = free.min(busy.room(each));
        let (not_on, ahead) = (busy.full(each), config.ahead);
        let ask = ClaimRequest { ahead, least_urgent, not_on, ..self.asking(places) };
        let not_of = busy.greedy(config.concurrency);
        let others_first = !not_of.is_empty();
        let mut claim = self.claim(&ClaimRequest { not_of, ..ask.clone() }).await?;
        if others_first && !claim.more {
            let left = u32::try_from(places - claim.jobs.len()).unwrap_or(u32::MAX);
            let rest = self.claim(&ClaimRequest { limit: left, ..ask }).await?;
            claim.jobs.extend(rest.jobs);
            claim.next_due = rest.next_due;
            claim.more = rest.more;
        }
        Ok(claim)
    }

    /// Fans events out as they come, from a task of its own. Woken by each commit of this process
    /// that appended some; those of other processes are found by looking, seldom.
    async fn relay_events(&self) {
        let mut news = self.ports.store.news();
        loop {
            news.borrow_and_update();
            match relay(&self.ports).await {
                Ok(0) => {
                    let next = self.now() + self.ports.config.event_poll;
                    tokio::select! {
                        biased;
                        Ok(()) = news.changed() => {}
                        () = self.ports.clock.sleep_until(next) => {}
                    }
                }
                Ok(told) if told < BATCH as usize => {
                    self.ports.clock.sleep_until(self.now() + GATHER).await;
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(%error, "no events can be fanned out");
                    self.ports.clock.sleep_until(self.now() + AFTER_FAILURE).await;
                }
            }
        }
    }

    /// Prolongs the leases of what is under way, from a task of its own, so that a job that is
    /// busy never loses its lease for being busy. A job whose lease is lost is stopped.
    async fn keep_leases(&self) {
        let every = self.ports.config.lease / 3;
        loop {
            self.ports.clock.sleep_until(self.now() + every).await;
            let leases: Vec<Lease> = self.running().keys().copied().collect();
            if leases.is_empty() {
                continue;
            }
            let asked = self.now();
            let until = asked + self.ports.config.lease;
            match self.ports.queue.extend(&leases, until).await {
                Ok(lost) => {
                    let running = self.running();
                    for lease in leases {
                        let Some(hold) = running.get(&lease) else { continue };
                        if lost.contains(&lease) {
                            tracing::warn!(job = %lease.job, "the lease was lost; the job stops here");
                            hold.stop.cancel();
                        } else {
                            hold.prolong(asked, self.ports.config.lease);
                        }
                    }
                }
                Err(error) => tracing::warn!(%error, "leases could not be prolonged"),
            }
        }
    }

    fn running(&self) -> std::sync::MutexGuard<'_, BTreeMap<Lease, Arc<Hold>>> {
        self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Does a job; an error or a panic gives it back, to be tried again after a while.
    /// Its lease was asked for at `asked`.
    async fn guarded(&self, job: LeasedJob, asked: Timestamp) {
        measure::job_begun(job.task.kind(), self.now().since(job.due_at));
        let hold = Arc::new(Hold::new(asked, self.ports.config.lease));
        self.running().insert(job.lease, hold.clone());
        let span = tracing::info_span!(
            "job",
            id = %job.lease.job,
            kind = job.task.kind(),
            workspace = %job.workspace_id,
        );
        let work = self.work(&job, &hold).instrument(span);
        let work = std::panic::AssertUnwindSafe(work).catch_unwind();
        let outcome = tokio::select! {
            biased;
            // The lease is another's now: whatever this one would write is refused anyway.
            () = hold.stop.cancelled() => Ok(Ok(())),
            outcome = work => outcome,
        };
        self.running().remove(&job.lease);
        measure::job_ended(job.task.kind(), matches!(outcome, Ok(Ok(()))));
        let story = match outcome {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "it panicked".to_owned(),
        };
        tracing::error!(job = %job.lease.job, kind = job.task.kind(), error = story, "a job failed");
        // Not by the number of the lease, which rises with each step that went well.
        let wait = self.ports.config.backoff(job.starts.min(10), &*self.ports.ids);
        if let Err(error) = self.give_back(&job, wait).await {
            // Its lease ends by itself, and then it is handed out again.
            tracing::error!(job = %job.lease.job, %error, "a failed job could not be given back");
        }
    }

    async fn give_back(&self, job: &LeasedJob, wait: Duration) -> Result<(), Error> {
        let mut unit = self.ports.store.begin().await?;
        unit.jobs().again(job.lease, self.now() + wait, false).await?;
        Ok(unit.commit().await?)
    }

    async fn work(&self, job: &LeasedJob, hold: &Hold) -> Result<(), Error> {
        if job.spent {
            return give_up(&self.ports, job).await;
        }
        let ws = job.workspace_id;
        let again = match job.task {
            // Publishing settles its own job, in the transactions of its steps.
            JobTask::Publish { delivery } => {
                return publish(&self.ports, job, hold, delivery).await;
            }
            JobTask::Webhook { message } => return tell(&self.ports, job, message).await,
            JobTask::Series { series } => return come_again(&self.ports, job, series).await,
            JobTask::Render { delivery } => self.render_ahead(ws, delivery).await?,
            JobTask::Permalink { delivery } => self.permalink(ws, delivery).await?,
            JobTask::Analytics { delivery } => {
                Analytics::new(self.ports.clone()).collect_due(ws, delivery).await?
            }
            JobTask::RollUp { workspace } => {
                Analytics::new(self.ports.clone()).roll_up(workspace).await?;
                None
            }
            JobTask::Comment { .. } => first_comment(&self.ports, job, hold).await?,
            JobTask::Refresh { grant } => {
                match Tokens::new(self.ports.clone()).refresh_due(ws, grant).await {
                    // What passes is tried again by whoever gives the job back; what does not
                    // has made the grant one that needs a person.
                    Err(Error::Platform(error)) if error.retry == crate::Retry::Never => None,
                    Err(Error::NeedsReauth { .. } | Error::NotFound(_)) => None,
                    other => other?,
                }
            }
        };
        let mut unit = self.ports.store.begin().await?;
        match again {
            Some(at) => unit.jobs().again(job.lease, at, true).await?,
            None => unit.jobs().complete(job.lease).await?,
        };
        Ok(unit.commit().await?)
    }

    async fn delivery(&self, ws: WorkspaceId, id: DeliveryId) -> Result<Option<Delivery>, Error> {
        let mut unit = self.ports.store.begin().await?;
        Ok(unit.deliveries().get(ws, id).await?)
    }

    /// Makes media fit ahead of time. What cannot be made fit fails when publishing begins, which
    /// is where its story is told.
    async fn render_ahead(
        &self,
        ws: WorkspaceId,
        id: DeliveryId,
    ) -> Result<Option<Timestamp>, Error> {
        let Some(delivery) = self.delivery(ws, id).await? else { return Ok(None) };
        if delivery.status != DeliveryStatus::Scheduled || delivery.rendered.is_some() {
            return Ok(None);
        }
        match render(&self.ports, &delivery).await {
            Ok(_) | Err(Error::Platform(_) | Error::Media(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn permalink(&self, ws: WorkspaceId, id: DeliveryId) -> Result<Option<Timestamp>, Error> {
        let Some(delivery) = self.delivery(ws, id).await? else { return Ok(None) };
        let Some(published) = delivery.published else { return Ok(None) };
        if published.permalink.is_some() {
            return Ok(None);
        }
        let known = match Analytics::new(self.ports.clone()).find_permalink(ws, id).await {
            Ok(known) => known,
            Err(Error::Platform(error)) => error.retry == crate::Retry::Never,
            Err(Error::NeedsReauth { .. } | Error::Refused(_)) => true,
            Err(error) => return Err(error),
        };
        // Asked less and less often, and no more after a day.
        let age = self.now().since(published.at);
        let again = !known && age < Duration::from_secs(24 * 3600);
        Ok(again.then(|| self.now() + age.max(Duration::from_secs(5))))
    }

    fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }
}
