//! Handing out jobs that are due.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;

use super::StoreError;
use crate::Timestamp;
use crate::domain::{AccountId, JobId, Lease, LeasedJob, Platform, WorkspaceId};

/// What a worker asks for.
#[derive(Debug, Clone)]
pub struct ClaimRequest {
    /// The current instant.
    pub now: Timestamp,
    /// Also what is due within so long from now, by whoever waits for it: there is no time to lose
    /// on asking when it is due.
    pub ahead: Duration,
    /// At most so many jobs.
    pub limit: u32,
    /// For how long they are leased.
    pub lease: Duration,
    /// No job whose priority is a higher number, and so less urgent.
    pub least_urgent: i16,
    /// No job of a lane of these workspaces: others are to have their turn.
    pub not_of: Vec<WorkspaceId>,
    /// No job of a lane to these networks: they have as much as they are to have at once.
    pub not_on: Vec<Platform>,
    /// Of one network no more jobs of lanes than this are to be leased at once, by all workers
    /// together. A claim that this cuts short says so by [`Claim::more`].
    pub at_once: Option<u32>,
}

impl ClaimRequest {
    /// Asks for whatever is due.
    #[must_use]
    pub fn new(now: Timestamp, limit: u32, lease: Duration) -> Self {
        let (not_of, not_on) = (Vec::new(), Vec::new());
        let (ahead, least_urgent) = (Duration::ZERO, i16::MAX);
        Self { now, ahead, limit, lease, least_urgent, not_of, not_on, at_once: None }
    }

    /// The last instant at which what is due is handed out.
    #[must_use]
    pub fn due_by(&self) -> Timestamp {
        self.now + self.ahead
    }

    /// Whether jobs of some lanes are left out.
    #[must_use]
    pub fn leaves_out(&self) -> bool {
        !(self.not_of.is_empty() && self.not_on.is_empty() && self.at_once.is_none())
    }

    /// What may be handed out of it where so many jobs of lanes are leased to each network: those
    /// that have as many as they may are left out, and no more jobs are given than any other still
    /// may have. For queues, which count and lease in one step.
    #[must_use]
    pub fn within(&self, leased: &BTreeMap<Platform, u32>) -> Self {
        let Some(at_once) = self.at_once else { return self.clone() };
        let at_once = at_once.max(1);
        let (full, free): (Vec<_>, Vec<_>) = leased.iter().partition(|(_, n)| **n >= at_once);
        let most = free.into_iter().map(|(_, count)| *count).max().unwrap_or(0);
        let mut within = self.clone();
        within.not_on.extend(full.into_iter().map(|(platform, _)| platform.clone()));
        within.limit = self.limit.min(at_once - most);
        within
    }
}

/// What a worker got.
#[derive(Debug, Clone, Default)]
pub struct Claim {
    /// The jobs, by due time, then priority, then id.
    pub jobs: Vec<LeasedJob>,
    /// When the next job that waits and is urgent enough is due, as far as the queue can tell. Jobs
    /// that were left out for their workspace or network count here. Where there may be
    /// [more](Self::more) it tells nothing: come again at once.
    pub next_due: Option<Timestamp>,
    /// Whether it gave as many as it could at once: more may be due, so come again.
    pub more: bool,
}

/// A job that could be handed out when it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyJob {
    /// Which one.
    pub id: JobId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// Its lane.
    pub lane: Option<AccountId>,
    /// The network that it goes to.
    pub platform: Option<Platform>,
    /// How urgent it is.
    pub priority: i16,
    /// When it was to run.
    pub due_at: Timestamp,
}

/// How much there is to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Jobs that wait.
    pub waiting: u64,
    /// Of those, the ones whose time has come.
    pub due: u64,
    /// Jobs that workers hold.
    pub running: u64,
    /// Since when the one that is due the longest has been due.
    pub oldest_due: Option<Timestamp>,
}

/// Hands out jobs that are due, each to one worker at a time.
///
/// Jobs are put in, completed and moved within a unit of work
/// ([`JobRepo`](super::JobRepo)); this is the other side.
///
/// Contract: a job is handed out when it is due, never before but by [`ClaimRequest::ahead`], and to
/// one worker until its lease ends. Where more is due than was asked for, jobs of lanes are chosen
/// first, those from [`JobTask::BACKGROUND`](crate::domain::JobTask::BACKGROUND) on last, and among
/// equals by due time, priority and id. Each claim raises the job's attempt, which is the fencing
/// token. Of one lane at most one job is leased, and the earliest due goes first. Where
/// [`ClaimRequest::at_once`] is asked for, all who ask for it together lease no more. A lease that
/// ended is handed out again as soon as a worker asks. A job that was begun `max_attempts` times
/// without progress is handed out as spent from then on, until a worker parks it. A claim is durable
/// before it returns.
#[async_trait]
pub trait JobQueue: Debug + Send + Sync + 'static {
    /// Leases jobs that are due.
    async fn claim(&self, request: &ClaimRequest) -> Result<Claim, StoreError>;

    /// Prolongs leases to `until`. Returns those that are lost.
    async fn extend(&self, leases: &[Lease], until: Timestamp) -> Result<Vec<Lease>, StoreError>;

    /// Gives a lease back unused: the job is due at once and the attempt does not count.
    async fn release(&self, lease: Lease) -> Result<(), StoreError>;

    /// Returns when a job may have become due earlier than anyone knew. A hint: it may come
    /// without cause, and a worker also looks from time to time.
    async fn woken(&self);

    /// What could be handed out at `now`, at most so many of each kind, in the order of claims: jobs
    /// of lanes, then those before [`JobTask::BACKGROUND`](crate::domain::JobTask::BACKGROUND), then the rest.
    /// Only looked at: another may take any of it. For a queue that stands before this one; as
    /// provided nothing is told, and that one asks by [`JobQueue::claim`].
    async fn ready(&self, _now: Timestamp, _limit: u32) -> Result<Vec<ReadyJob>, StoreError> {
        Ok(Vec::new())
    }

    /// Leases of these jobs, as [`JobQueue::claim`] does, those that can still be handed out. Which
    /// workspaces, networks and how many are asked for is the affair of whoever chose them. As provided none.
    async fn claim_ready(
        &self,
        _jobs: &[ReadyJob],
        _request: &ClaimRequest,
    ) -> Result<Vec<LeasedJob>, StoreError> {
        Ok(Vec::new())
    }

    /// When some worker last claimed, whatever it got: the pulse that readiness is judged by.
    async fn last_claim(&self) -> Result<Option<Timestamp>, StoreError>;

    /// How much there is to do at `now`. It may count every job, so it is for those who look from
    /// time to time.
    async fn backlog(&self, now: Timestamp) -> Result<Backlog, StoreError>;
}
