//! Handing out jobs that are due.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;

use super::StoreError;
use crate::Timestamp;
use crate::domain::{Lease, LeasedJob, Platform, WorkspaceId};

/// What a worker asks for.
#[derive(Debug, Clone)]
pub struct ClaimRequest {
    /// The current instant.
    pub now: Timestamp,
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
}

impl ClaimRequest {
    /// Asks for whatever is due.
    #[must_use]
    pub fn new(now: Timestamp, limit: u32, lease: Duration) -> Self {
        let (not_of, not_on) = (Vec::new(), Vec::new());
        Self { now, limit, lease, least_urgent: i16::MAX, not_of, not_on }
    }

    /// Whether jobs of some lanes are left out.
    #[must_use]
    pub fn leaves_out(&self) -> bool {
        !(self.not_of.is_empty() && self.not_on.is_empty())
    }
}

/// What a worker got.
#[derive(Debug, Clone, Default)]
pub struct Claim {
    /// The jobs, by due time, then priority, then id.
    pub jobs: Vec<LeasedJob>,
    /// When the next job that waits and is urgent enough is due, as far as the queue can tell. Jobs
    /// that were left out for their workspace or network count here.
    pub next_due: Option<Timestamp>,
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
/// Contract: a job is handed out when it is due, never before, and to one worker until its lease
/// ends. Where more is due than was asked for, jobs of lanes are chosen first, those from
/// [`JobTask::BACKGROUND`](crate::domain::JobTask::BACKGROUND) on last, and among equals by due
/// time, priority and id. Each claim raises the job's attempt, which is the fencing token. Of one
/// lane at most one job is leased, and the earliest due goes first. A lease that ended is handed
/// out again as soon as a worker asks. A job that was begun `max_attempts` times without progress
/// is handed out as spent from then on, until a worker parks it. A claim is durable before it
/// returns.
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

    /// When some worker last claimed, whatever it got: the pulse that readiness is judged by.
    async fn last_claim(&self) -> Result<Option<Timestamp>, StoreError>;

    /// How much there is to do at `now`. It may count every job, so it is for those who look from
    /// time to time.
    async fn backlog(&self, now: Timestamp) -> Result<Backlog, StoreError>;
}
