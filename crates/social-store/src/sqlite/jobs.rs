//! The queue's side of a unit in SQLite.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{
    AccountId, JobId, JobTask, Lease, NewJob, ParkedJob, Platform, QueuedJob, WorkspaceId,
};
use social_core::ports::{Gate, JobRepo, StoreError};

use super::columns::{Columns, json};
use super::sql::jobs as sql;
use super::statement::{Statement, statement};
use super::unit::SqliteUnit;

type Result<T> = std::result::Result<T, StoreError>;

pub(super) fn lane(row: &Columns<'_>) -> Result<Option<AccountId>> {
    row.maybe_id("lane", AccountId::from_uuid)
}

impl SqliteUnit {
    /// Puts a lane in order after any of its jobs changed.
    pub(super) async fn order(&mut self, lane: Option<AccountId>) -> Result<()> {
        let Some(lane) = lane else { return Ok(()) };
        self.run(statement(sql::LANE_CLEAR).bind(lane.as_uuid()), &lane).await?;
        self.run(statement(sql::LANE_HEAD).bind(lane.as_uuid()), &lane).await.map(drop)
    }

    /// Runs a change of one job that gives back its lane. Whether there was such a job.
    pub(super) async fn change_job(&mut self, change: Statement) -> Result<bool> {
        let before = self.enter();
        let there = self.one(change, "job", lane).await?;
        if let Some(lane) = there {
            self.order(lane).await?;
            self.wakes = true;
        }
        self.leave(before);
        Ok(there.is_some())
    }
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
        max_attempts: row.get("max_attempts")?,
        starts: row.get("starts")?,
        leased_until: row.maybe_time("lease_until")?,
    })
}

#[async_trait]
impl JobRepo for SqliteUnit {
    async fn enqueue(&mut self, job: &NewJob) -> Result<bool> {
        let enqueue = statement(sql::JOB_ENQUEUE)
            .bind(job.id.as_uuid())
            .bind(job.workspace_id.as_uuid())
            .bind(job.task.kind())
            .bind(job.task.key())
            .bind(job.lane.map(AccountId::as_uuid))
            .bind(job.task.priority())
            .bind(job.due_at.as_millis())
            .bind(job.max_attempts)
            .bind(json(&job.task)?)
            .bind(job.platform.as_ref().map(Platform::as_str));
        let before = self.enter();
        let new = self.run(enqueue, &job.id).await? > 0;
        if new {
            self.order(job.lane).await?;
            self.wakes = true;
        }
        self.leave(before);
        Ok(new)
    }

    async fn gate(&mut self, lease: Lease) -> Result<Gate> {
        let held = statement(sql::JOB_HELD).bind(lease.job.as_uuid()).bind(lease.attempt);
        let held = self.one(held, "job", |row| row.get::<bool>("held")).await?;
        Ok(gate(held.is_some()))
    }

    async fn complete(&mut self, lease: Lease) -> Result<Gate> {
        let complete = statement(sql::JOB_COMPLETE).bind(lease.job.as_uuid()).bind(lease.attempt);
        self.change_job(complete).await.map(gate)
    }

    async fn again(&mut self, lease: Lease, due_at: Timestamp, progress: bool) -> Result<Gate> {
        let again = statement(sql::JOB_AGAIN)
            .bind(lease.job.as_uuid())
            .bind(lease.attempt)
            .bind(due_at.as_millis())
            .bind(progress);
        self.change_job(again).await.map(gate)
    }

    async fn park(&mut self, lease: Lease, story: &str, at: Timestamp) -> Result<Gate> {
        let park = statement(sql::JOB_PARK)
            .bind(lease.job.as_uuid())
            .bind(lease.attempt)
            .bind(story)
            .bind(at.as_millis());
        if self.run(park, &lease.job).await? == 0 {
            return Ok(Gate::Lost);
        }
        self.complete(lease).await
    }

    async fn cancel(&mut self, task: JobTask) -> Result<bool> {
        self.change_job(statement(sql::JOB_CANCEL).bind(task.key())).await
    }

    async fn reschedule(&mut self, task: JobTask, due_at: Timestamp) -> Result<bool> {
        let reschedule = statement(sql::JOB_RESCHEDULE).bind(task.key()).bind(due_at.as_millis());
        self.change_job(reschedule).await
    }

    async fn parked(&mut self, workspace: WorkspaceId, limit: u32) -> Result<Vec<ParkedJob>> {
        let list = statement(sql::JOB_PARKED).bind(workspace.as_uuid()).bind(limit);
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
        let get = statement(sql::JOB_GET).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.one(get, "job", queued).await
    }

    async fn list(
        &mut self,
        workspace: WorkspaceId,
        after: Option<(Timestamp, JobId)>,
        limit: u32,
    ) -> Result<Vec<QueuedJob>> {
        let list = statement(sql::JOB_LIST)
            .bind(workspace.as_uuid())
            .bind(after.map(|(due_at, _)| due_at.as_millis()))
            .bind(after.map(|(_, id)| id.as_uuid()))
            .bind(limit);
        self.all(list, "job", queued).await
    }

    async fn set_aside(
        &mut self,
        workspace: WorkspaceId,
        id: JobId,
        story: &str,
        at: Timestamp,
    ) -> Result<Option<JobTask>> {
        let aside = statement(sql::JOB_SET_ASIDE)
            .bind(workspace.as_uuid())
            .bind(id.as_uuid())
            .bind(story)
            .bind(at.as_millis());
        if self.run(aside, &id).await? == 0 {
            return Ok(None);
        }
        let out = statement(sql::JOB_TAKE_OUT).bind(workspace.as_uuid()).bind(id.as_uuid());
        let read = |row: &Columns<'_>| Ok((lane(row)?, row.json("task")?));
        let Some((lane, task)) = self.one(out, "job", read).await? else { return Ok(None) };
        self.order(lane).await?;
        self.wakes = true;
        Ok(Some(task))
    }

    async fn unpark(&mut self, workspace: WorkspaceId, id: JobId) -> Result<Option<JobTask>> {
        let out = statement(sql::JOB_UNPARK).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.one(out, "job_parked", |row| row.json("task")).await
    }
}
