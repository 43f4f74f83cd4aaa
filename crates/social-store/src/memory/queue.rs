//! Handing out jobs from memory.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{Lease, LeasedJob};
use social_core::ports::{Backlog, Claim, ClaimRequest, JobQueue, StoreError};

use super::jobs::Job;
use super::state::State;
use super::{MemoryStore, wake};

#[async_trait]
impl JobQueue for MemoryStore {
    async fn claim(&self, request: &ClaimRequest) -> Result<Claim, StoreError> {
        let mut state = self.state.lock().await;
        state.last_claim = state.last_claim.max(Some(request.now));
        hand_back(&mut state, request.now);
        let request = &request.within(&state.jobs.leased_on());
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let due = state.jobs.ready().take_while(|job| job.new.due_at <= request.due_by());
        let due = due.filter(|job| job.new.task.priority() <= request.least_urgent);
        let due = due.filter(|job| {
            let there = job.new.platform.as_ref();
            let not_on = there.is_some_and(|platform| request.not_on.contains(platform));
            job.new.lane.is_none() || !(not_on || request.not_of.contains(&job.new.workspace_id))
        });
        let mut due: Vec<Job> = due.cloned().collect();
        due.sort_by_key(Job::class);
        due.truncate(limit);
        due.sort_by_key(Job::place);
        let mut jobs = Vec::with_capacity(due.len());
        for mut job in due {
            job.attempt += 1;
            job.starts += 1;
            job.lease_until = Some(request.now + request.lease);
            jobs.push(LeasedJob {
                lease: Lease { job: job.new.id, attempt: job.attempt },
                workspace_id: job.new.workspace_id,
                task: job.new.task,
                lane: job.new.lane,
                platform: job.new.platform.clone(),
                due_at: job.new.due_at,
                starts: job.starts,
                spent: job.starts > job.new.max_attempts,
            });
            state.jobs.set(job.new.id, Some(job));
        }
        let more = limit > 0 && jobs.len() == limit;
        Ok(Claim { jobs, next_due: state.jobs.next_due(request.least_urgent), more })
    }

    async fn extend(&self, leases: &[Lease], until: Timestamp) -> Result<Vec<Lease>, StoreError> {
        let mut state = self.state.lock().await;
        let mut lost = Vec::new();
        for lease in leases {
            if let Some(mut job) = state.jobs.held(*lease).cloned() {
                job.lease_until = job.lease_until.max(Some(until));
                state.jobs.set(lease.job, Some(job));
            } else {
                lost.push(*lease);
            }
        }
        Ok(lost)
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        let mut state = self.state.lock().await;
        if let Some(mut job) = state.jobs.held(lease).cloned() {
            job.lease_until = None;
            job.starts = job.starts.saturating_sub(1);
            state.jobs.set(lease.job, Some(job));
            wake(&self.woken);
        }
        Ok(())
    }

    async fn woken(&self) {
        self.woken.notified().await;
    }

    async fn last_claim(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.state.lock().await.last_claim)
    }

    async fn backlog(&self, now: Timestamp) -> Result<Backlog, StoreError> {
        Ok(self.state.lock().await.jobs.backlog(now))
    }
}

/// Takes leases that ended from their workers.
fn hand_back(state: &mut State, now: Timestamp) {
    for id in state.jobs.lapsed(now) {
        if let Some(mut job) = state.jobs.get(id).cloned() {
            job.lease_until = None;
            state.jobs.set(id, Some(job));
        }
    }
}
