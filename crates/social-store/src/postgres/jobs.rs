//! The queue's side of a unit in PostgreSQL.

use std::collections::{BTreeSet, HashSet};

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{
    AccountId, JobId, JobTask, Lease, NewJob, ParkedJob, Platform, QueuedJob, WorkspaceId,
};
use social_core::ports::{Gate, JobRepo, StoreError};
use sqlx::query;

use super::columns::{Columns, json};
use super::sql::jobs as sql;
use super::unit::{PostgresUnit, Query};

type Result<T> = std::result::Result<T, StoreError>;

pub(super) fn lane(row: &Columns<'_>) -> Result<Option<AccountId>> {
    row.maybe_id("lane", AccountId::from_uuid)
}

impl PostgresUnit {
    /// Runs a change of one job that gives back its lane. Whether there was such a job.
    pub(super) async fn change_job(&mut self, change: Query<'_>) -> Result<bool> {
        self.wrote = true;
        let there = self.one(change, "job", lane).await?;
        if let Some(lane) = there {
            self.touch(lane);
            self.wakes = true;
        }
        Ok(there.is_some())
    }
}

pub(super) fn lease(row: &Columns<'_>) -> Result<Lease> {
    Ok(Lease { job: row.id("id", JobId::from_uuid)?, attempt: row.count("attempt")? })
}

/// One column of many rows.
fn column<R, T>(rows: &[R], of: impl Fn(&R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

fn gate(held: bool) -> Gate {
    if held { Gate::Go } else { Gate::Lost }
}

fn queued(row: &Columns<'_>) -> Result<QueuedJob> {
    Ok(QueuedJob {
        id: row.id("id", JobId::from_uuid)?,
        workspace_id: row.id("workspace_id", WorkspaceId::from_uuid)?,
        task: row.json("task")?,
        lane: lane(row)?,
        platform: row.maybe_word("platform")?,
        due_at: row.time("due_at")?,
        max_attempts: row.count("max_attempts")?,
        starts: row.count("starts")?,
        leased_until: row.maybe_time("lease_until")?,
    })
}

#[async_trait]
impl JobRepo for PostgresUnit {
    async fn enqueue(&mut self, job: &NewJob) -> Result<bool> {
        let enqueue = query(sql::JOB_ENQUEUE)
            .bind(job.id.as_uuid())
            .bind(job.workspace_id.as_uuid())
            .bind(job.task.kind())
            .bind(job.task.key())
            .bind(job.lane.map(AccountId::as_uuid))
            .bind(job.task.priority())
            .bind(job.due_at.as_millis())
            .bind(i64::from(job.max_attempts))
            .bind(json(&job.task)?)
            .bind(job.platform.as_ref().map(Platform::as_str));
        let new = self.run(enqueue, &job.id).await? > 0;
        if new {
            self.touch(job.lane);
            self.plan(job.due_at);
        }
        Ok(new)
    }

    async fn enqueue_all(&mut self, jobs: &[NewJob]) -> Result<Vec<JobId>> {
        if jobs.is_empty() {
            return Ok(Vec::new());
        }
        let platform = |job: &'_ NewJob| job.platform.as_ref().map(|it| it.as_str().to_owned());
        let platforms = column(jobs, platform);
        let tasks = jobs.iter().map(|job| json(&job.task)).collect::<Result<Vec<_>>>()?;
        let enqueue = query(sql::JOB_ENQUEUE_ALL)
            .bind(column(jobs, |job| job.id.as_uuid()))
            .bind(column(jobs, |job| job.workspace_id.as_uuid()))
            .bind(column(jobs, |job| job.task.kind()))
            .bind(column(jobs, |job| job.task.key()))
            .bind(column(jobs, |job| job.lane.map(AccountId::as_uuid)))
            .bind(column(jobs, |job| job.task.priority()))
            .bind(column(jobs, |job| job.due_at.as_millis()))
            .bind(column(jobs, |job| i64::from(job.max_attempts)))
            .bind(tasks)
            .bind(platforms);
        self.wrote = true;
        let new = self.all(enqueue, "job", |row| row.id("id", JobId::from_uuid)).await?;
        let new: BTreeSet<_> = new.into_iter().collect();
        let new: Vec<_> = jobs.iter().filter(|job| new.contains(&job.id)).collect();
        for job in &new {
            self.touch(job.lane);
            self.plan(job.due_at);
        }
        Ok(new.into_iter().map(|job| job.id).collect())
    }

    async fn gate(&mut self, lease: Lease) -> Result<Gate> {
        let held = query(sql::JOB_HELD).bind(lease.job.as_uuid()).bind(i64::from(lease.attempt));
        self.wrote = true;
        let held = self.one(held, "job", |row| row.get::<bool>("held")).await?;
        Ok(gate(held.is_some()))
    }

    async fn complete(&mut self, lease: Lease) -> Result<Gate> {
        let complete =
            query(sql::JOB_COMPLETE).bind(lease.job.as_uuid()).bind(i64::from(lease.attempt));
        self.change_job(complete).await.map(gate)
    }

    async fn complete_all(&mut self, leases: &[Lease]) -> Result<Vec<Lease>> {
        if leases.is_empty() {
            return Ok(Vec::new());
        }
        let complete = query(sql::JOB_COMPLETE_ALL)
            .bind(column(leases, |lease| lease.job.as_uuid()))
            .bind(column(leases, |lease| i64::from(lease.attempt)));
        self.wrote = true;
        let done = self.all(complete, "job", |row| Ok((lease(row)?, lane(row)?))).await?;
        for (_, lane) in &done {
            self.touch(*lane);
            self.wakes |= lane.is_some();
        }
        let done: HashSet<_> = done.into_iter().map(|(lease, _)| lease).collect();
        Ok(leases.iter().filter(|lease| !done.contains(lease)).copied().collect())
    }

    async fn again(&mut self, lease: Lease, due_at: Timestamp, progress: bool) -> Result<Gate> {
        let again = query(sql::JOB_AGAIN)
            .bind(lease.job.as_uuid())
            .bind(i64::from(lease.attempt))
            .bind(due_at.as_millis())
            .bind(progress);
        let there = self.change_job(again).await?;
        if there {
            self.plan(due_at);
        }
        Ok(gate(there))
    }

    async fn park(&mut self, lease: Lease, story: &str, at: Timestamp) -> Result<Gate> {
        let park = query(sql::JOB_PARK)
            .bind(lease.job.as_uuid())
            .bind(i64::from(lease.attempt))
            .bind(story)
            .bind(at.as_millis());
        if self.run(park, &lease.job).await? == 0 {
            return Ok(Gate::Lost);
        }
        self.complete(lease).await
    }

    async fn cancel(&mut self, task: JobTask) -> Result<bool> {
        self.change_job(query(sql::JOB_CANCEL).bind(task.key())).await
    }

    async fn reschedule(&mut self, task: JobTask, due_at: Timestamp) -> Result<bool> {
        let reschedule = query(sql::JOB_RESCHEDULE).bind(task.key()).bind(due_at.as_millis());
        let there = self.change_job(reschedule).await?;
        if there {
            self.plan(due_at);
        }
        Ok(there)
    }

    async fn parked(&mut self, workspace: WorkspaceId, limit: u32) -> Result<Vec<ParkedJob>> {
        let list = query(sql::JOB_PARKED).bind(workspace.as_uuid()).bind(i64::from(limit));
        let read = |row: &Columns<'_>| {
            Ok(ParkedJob {
                id: row.id("id", JobId::from_uuid)?,
                workspace_id: row.id("workspace_id", WorkspaceId::from_uuid)?,
                task: row.json("task")?,
                story: row.get("story")?,
                parked_at: row.time("parked_at")?,
            })
        };
        self.all(list, "job_parked", read).await
    }

    async fn queued(&mut self, workspace: WorkspaceId, id: JobId) -> Result<Option<QueuedJob>> {
        let get = query(sql::JOB_GET).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.one(get, "job", queued).await
    }

    async fn list(
        &mut self,
        workspace: WorkspaceId,
        after: Option<(Timestamp, JobId)>,
        limit: u32,
    ) -> Result<Vec<QueuedJob>> {
        let list = query(sql::JOB_LIST)
            .bind(workspace.as_uuid())
            .bind(after.map(|(due_at, _)| due_at.as_millis()))
            .bind(after.map(|(_, id)| id.as_uuid()))
            .bind(i64::from(limit));
        self.all(list, "job", queued).await
    }

    async fn set_aside(
        &mut self,
        workspace: WorkspaceId,
        id: JobId,
        story: &str,
        at: Timestamp,
    ) -> Result<Option<JobTask>> {
        let aside = query(sql::JOB_SET_ASIDE)
            .bind(workspace.as_uuid())
            .bind(id.as_uuid())
            .bind(story)
            .bind(at.as_millis());
        if self.run(aside, &id).await? == 0 {
            return Ok(None);
        }
        let out = query(sql::JOB_TAKE_OUT).bind(workspace.as_uuid()).bind(id.as_uuid());
        let read = |row: &Columns<'_>| Ok((lane(row)?, row.json("task")?));
        let Some((lane, task)) = self.one(out, "job", read).await? else { return Ok(None) };
        self.wrote = true;
        self.touch(lane);
        self.wakes = true;
        Ok(Some(task))
    }

    async fn unpark(&mut self, workspace: WorkspaceId, id: JobId) -> Result<Option<JobTask>> {
        let out = query(sql::JOB_UNPARK).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.one(out, "job_parked", |row| row.json("task")).await
    }
}
