//! Jobs in memory, and the queue's side of a unit.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{
    AccountId, JobId, JobTask, Lease, NewJob, ParkedJob, Platform, QueuedJob, WorkspaceId,
};
use social_core::ports::{Backlog, Gate, JobRepo, StoreError};

use super::unit::MemoryUnit;

type Result<T> = std::result::Result<T, StoreError>;

/// A job that waits or runs.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) new: NewJob,
    /// The fencing token; it only ever rises.
    pub(super) attempt: u32,
    /// How often it was begun since it last made progress.
    pub(super) starts: u32,
    pub(super) lease_until: Option<Timestamp>,
}

impl Job {
    pub(super) fn place(&self) -> Place {
        (self.new.due_at, self.new.task.priority(), self.new.id)
    }

    fn told(&self) -> QueuedJob {
        let NewJob { id, workspace_id, task, lane, platform, due_at, max_attempts } =
            self.new.clone();
        let (starts, leased_until) = (self.starts, self.lease_until);
        QueuedJob {
            id,
            workspace_id,
            task,
            lane,
            platform,
            due_at,
            max_attempts,
            starts,
            leased_until,
        }
    }

    /// How far behind it stands where more is due than there are places.
    pub(super) fn class(&self) -> u8 {
        match self.new.lane {
            Some(_) => 0,
            None if self.new.task.priority() < JobTask::BACKGROUND => 1,
            None => 2,
        }
    }
}

/// Where a job stands in the order of claims.
pub(super) type Place = (Timestamp, i16, JobId);

/// All unfinished jobs, with the orders they are looked up in.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    rows: BTreeMap<JobId, Job>,
    keys: BTreeMap<String, JobId>,
    waiting: BTreeSet<Place>,
    leased: BTreeSet<(Timestamp, JobId)>,
    busy: BTreeSet<AccountId>,
}

impl Jobs {
    /// Writes a job or takes it out; gives back what stood there. The one way in, so that the
    /// orders always fit the rows.
    pub(super) fn set(&mut self, id: JobId, job: Option<Job>) -> Option<Job> {
        let before = self.rows.remove(&id);
        if let Some(before) = &before {
            self.keys.remove(&before.new.task.key());
            self.waiting.remove(&before.place());
            if let Some(until) = before.lease_until {
                self.leased.remove(&(until, id));
                if let Some(lane) = before.new.lane {
                    self.busy.remove(&lane);
                }
            }
        }
        if let Some(job) = job {
            self.keys.insert(job.new.task.key(), id);
            if let Some(until) = job.lease_until {
                self.leased.insert((until, id));
                if let Some(lane) = job.new.lane {
                    self.busy.insert(lane);
                }
            } else {
                self.waiting.insert(job.place());
            }
            self.rows.insert(id, job);
        }
        before
    }

    fn all(&self) -> impl Iterator<Item = &Job> {
        self.rows.values()
    }

    pub(super) fn get(&self, id: JobId) -> Option<&Job> {
        self.rows.get(&id)
    }

    pub(super) fn by_key(&self, key: &str) -> Option<&Job> {
        self.keys.get(key).and_then(|id| self.rows.get(id))
    }

    /// The job, where `lease` is still held.
    pub(super) fn held(&self, lease: Lease) -> Option<&Job> {
        self.get(lease.job).filter(|job| job.lease_until.is_some() && job.attempt == lease.attempt)
    }

    /// Those whose lease ended by `now`.
    pub(super) fn lapsed(&self, now: Timestamp) -> Vec<JobId> {
        let leased = self.leased.iter();
        leased.take_while(|(until, _)| *until <= now).map(|(_, id)| *id).collect()
    }

    /// Those that nothing of their lane stands before, in the order of claims.
    pub(super) fn ready(&self) -> impl Iterator<Item = &Job> {
        let mut lanes = BTreeSet::new();
        self.waiting.iter().filter_map(|(_, _, id)| self.rows.get(id)).filter(move |job| {
            job.new.lane.is_none_or(|lane| !self.busy.contains(&lane) && lanes.insert(lane))
        })
    }

    /// How many jobs of lanes are leased to each network.
    pub(super) fn leased_on(&self) -> BTreeMap<Platform, u32> {
        let leased = self.leased.iter().filter_map(|(_, id)| self.rows.get(id));
        let mut counts = BTreeMap::new();
        for platform in
            leased.filter(|job| job.new.lane.is_some()).filter_map(|j| j.new.platform.clone())
        {
            *counts.entry(platform).or_default() += 1;
        }
        counts
    }

    pub(super) fn backlog(&self, now: Timestamp) -> Backlog {
        let due = self.waiting.iter().take_while(|(due, ..)| *due <= now).count();
        Backlog {
            waiting: self.waiting.len() as u64,
            due: due as u64,
            running: self.leased.len() as u64,
            oldest_due: self.waiting.first().map(|(due, ..)| *due).filter(|due| *due <= now),
        }
    }

    /// When the next job that is urgent enough can be handed out.
    pub(super) fn next_due(&self, least_urgent: i16) -> Option<Timestamp> {
        let mut ready = self.ready();
        let ready = ready.find(|job| job.new.task.priority() <= least_urgent);
        let ready = ready.map(|job| job.new.due_at);
        let lapse = self.leased.first().map(|(until, _)| *until);
        ready.into_iter().chain(lapse).min()
    }
}

#[async_trait]
impl JobRepo for MemoryUnit {
    async fn enqueue(&mut self, job: &NewJob) -> Result<bool> {
        if self.state.jobs.by_key(&job.task.key()).is_some() {
            return Ok(false);
        }
        if self.state.jobs.get(job.id).is_some() {
            return self.conflict(job.id);
        }
        let row = Job { new: job.clone(), attempt: 0, starts: 0, lease_until: None };
        self.set_job(job.id, Some(row));
        self.wakes = true;
        Ok(true)
    }

    async fn gate(&mut self, lease: Lease) -> Result<Gate> {
        Ok(if self.state.jobs.held(lease).is_some() { Gate::Go } else { Gate::Lost })
    }

    async fn complete(&mut self, lease: Lease) -> Result<Gate> {
        if self.state.jobs.held(lease).is_none() {
            return Ok(Gate::Lost);
        }
        self.set_job(lease.job, None);
        self.wakes = true;
        Ok(Gate::Go)
    }

    async fn again(&mut self, lease: Lease, due_at: Timestamp, progress: bool) -> Result<Gate> {
        let Some(mut job) = self.state.jobs.held(lease).cloned() else {
            return Ok(Gate::Lost);
        };
        job.new.due_at = due_at;
        job.lease_until = None;
        if progress {
            job.starts = 0;
        }
        self.set_job(lease.job, Some(job));
        self.wakes = true;
        Ok(Gate::Go)
    }

    async fn park(&mut self, lease: Lease, story: &str, at: Timestamp) -> Result<Gate> {
        let Some(job) = self.state.jobs.held(lease).cloned() else { return Ok(Gate::Lost) };
        let parked = ParkedJob {
            id: lease.job,
            workspace_id: job.new.workspace_id,
            task: job.new.task,
            story: story.to_owned(),
            parked_at: at,
        };
        self.set_job(lease.job, None);
        self.put(|state| &mut state.parked, lease.job, parked);
        self.wakes = true;
        Ok(Gate::Go)
    }

    async fn cancel(&mut self, task: JobTask) -> Result<bool> {
        let Some(id) = self.state.jobs.by_key(&task.key()).map(|job| job.new.id) else {
            return Ok(false);
        };
        self.set_job(id, None);
        self.wakes = true;
        Ok(true)
    }

    async fn reschedule(&mut self, task: JobTask, due_at: Timestamp) -> Result<bool> {
        let job = self.state.jobs.by_key(&task.key());
        let Some(mut job) = job.filter(|job| job.lease_until.is_none()).cloned() else {
            return Ok(false);
        };
        job.new.due_at = due_at;
        self.set_job(job.new.id, Some(job));
        self.wakes = true;
        Ok(true)
    }

    async fn parked(&mut self, workspace: WorkspaceId, limit: u32) -> Result<Vec<ParkedJob>> {
        let rows = self.state.parked.values();
        let mut found: Vec<ParkedJob> =
            rows.filter(|job| job.workspace_id == workspace).cloned().collect();
        found.sort_by_key(|job| std::cmp::Reverse((job.parked_at, job.id)));
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(found)
    }

    async fn queued(&mut self, workspace: WorkspaceId, id: JobId) -> Result<Option<QueuedJob>> {
        let job = self.state.jobs.get(id).filter(|job| job.new.workspace_id == workspace);
        Ok(job.map(Job::told))
    }

    async fn list(
        &mut self,
        workspace: WorkspaceId,
        after: Option<(Timestamp, JobId)>,
        limit: u32,
    ) -> Result<Vec<QueuedJob>> {
        let rows = self.state.jobs.all().filter(|job| job.new.workspace_id == workspace);
        let place = |job: &Job| (job.new.due_at, job.new.id);
        let mut found: Vec<&Job> =
            rows.filter(|job| after.is_none_or(|after| place(job) > after)).collect();
        found.sort_by_key(|job| place(job));
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(found.into_iter().map(Job::told).collect())
    }

    async fn set_aside(
        &mut self,
        workspace: WorkspaceId,
        id: JobId,
        story: &str,
        at: Timestamp,
    ) -> Result<Option<JobTask>> {
        let job = self.state.jobs.get(id).filter(|job| job.new.workspace_id == workspace);
        let Some(task) = job.map(|job| job.new.task) else { return Ok(None) };
        let story = story.to_owned();
        let parked = ParkedJob { id, workspace_id: workspace, task, story, parked_at: at };
        self.set_job(id, None);
        self.put(|state| &mut state.parked, id, parked);
        self.wakes = true;
        Ok(Some(task))
    }

    async fn unpark(&mut self, workspace: WorkspaceId, id: JobId) -> Result<Option<JobTask>> {
        let there = self.state.parked.get(&id).is_some_and(|job| job.workspace_id == workspace);
        if !there {
            return Ok(None);
        }
        Ok(self.take(|state| &mut state.parked, id).map(|job| job.task))
    }
}
