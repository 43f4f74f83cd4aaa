//! Handing out jobs from SQLite.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{JobId, Lease, LeasedJob, WorkspaceId};
use social_core::ports::{Backlog, Claim, ClaimRequest, JobQueue, StoreError};

use super::SqliteStore;
use super::columns::{Columns, json};
use super::jobs::lane;
use super::sql::jobs as sql;
use super::statement::statement;
use super::unit::SqliteUnit;

type Result<T> = std::result::Result<T, StoreError>;

/// A job that was claimed, with what it is ordered by.
struct Claimed {
    order: (i64, i64, JobId),
    job: LeasedJob,
}

fn claimed(row: &Columns<'_>) -> Result<Claimed> {
    let id = row.id("id", JobId::from_uuid)?;
    Ok(Claimed {
        order: (row.get("due_at")?, row.get("priority")?, id),
        job: LeasedJob {
            lease: Lease { job: id, attempt: row.get("attempt")? },
            workspace_id: row.id("workspace_id", WorkspaceId::from_uuid)?,
            task: row.json("task")?,
            lane: lane(row)?,
            platform: row.maybe_word("platform")?,
            due_at: row.time("due_at")?,
            starts: row.get("starts")?,
            spent: row.get("spent")?,
        },
    })
}

/// When the next job can be handed out.
fn next(row: &Columns<'_>) -> Result<Option<Timestamp>> {
    let mut next = None;
    for name in ["laned", "soon", "later", "lapse"] {
        let time = row.maybe_time(name)?;
        next = next.into_iter().chain(time).min();
    }
    Ok(next)
}

impl SqliteUnit {
    async fn claim(&mut self, request: &ClaimRequest) -> Result<Claim> {
        self.hand_back(request.now).await?;
        let request = &self.within(request).await?;
        let hex = |ws: &WorkspaceId| format!("{:X}", ws.as_uuid().simple());
        let not_of = json(&request.not_of.iter().map(hex).collect::<Vec<_>>())?;
        let not_on = json(&request.not_on)?;
        let mut jobs = Vec::new();
        for text in [sql::CLAIM_LANED, sql::CLAIM_SOON, sql::CLAIM_LATER] {
            let taken = u32::try_from(jobs.len()).unwrap_or(u32::MAX);
            let places = request.limit.saturating_sub(taken);
            if places == 0 {
                break;
            }
            let mut claim = statement(text)
                .bind(request.due_by().as_millis())
                .bind(places)
                .bind((request.now + request.lease).as_millis())
                .bind(request.least_urgent);
            if text == sql::CLAIM_LANED {
                claim = claim.bind(&not_of).bind(&not_on);
            }
            jobs.extend(self.all(claim, "job", claimed).await?);
        }
        // SQLite gives them back in any order.
        jobs.sort_by_key(|claimed| claimed.order);
        let pulse = statement(sql::PULSE).bind(request.now.as_millis());
        self.run(pulse, &"the pulse").await?;
        let next_due =
            self.one(statement(sql::NEXT).bind(request.least_urgent), "job", next).await?.flatten();
        let jobs: Vec<_> = jobs.into_iter().map(|claimed| claimed.job).collect();
        let more = request.limit > 0 && u32::try_from(jobs.len()).is_ok_and(|n| n == request.limit);
        Ok(Claim { jobs, next_due, more })
    }

    /// What of a claim networks still have room for. Nobody else claims until the unit is over.
    async fn within(&mut self, request: &ClaimRequest) -> Result<ClaimRequest> {
        if request.at_once.is_none() {
            return Ok(request.clone());
        }
        let mut leased = BTreeMap::new();
        let read = |row: &Columns<'_>| row.word("platform");
        for platform in self.all(statement(sql::LEASED_ON), "job", read).await? {
            *leased.entry(platform).or_default() += 1;
        }
        Ok(request.within(&leased))
    }

    /// Takes leases that ended from their workers.
    async fn hand_back(&mut self, now: Timestamp) -> Result<()> {
        let back = statement(sql::HAND_BACK).bind(now.as_millis());
        let lanes: BTreeSet<_> = self.all(back, "job", lane).await?.into_iter().collect();
        for lane in lanes {
            self.order(lane).await?;
        }
        Ok(())
    }
}

impl SqliteStore {
    /// When the next job that is urgent enough can be handed out, as of the last commit. Never waits for a writer.
    fn peek(&self, least_urgent: i16) -> Result<Option<Timestamp>> {
        let found = self.look(&statement(sql::NEXT).bind(least_urgent), "job", next)?;
        Ok(found.into_iter().flatten().next())
    }
}

#[async_trait]
impl JobQueue for SqliteStore {
    async fn claim(&self, request: &ClaimRequest) -> Result<Claim> {
        let next_due = self.peek(request.least_urgent)?;
        let idle = next_due.is_none_or(|due| due > request.due_by());
        if idle && !self.pulse.is_stale(request.now) {
            self.pulse.beat(request.now, false);
            return Ok(Claim { next_due, ..Claim::default() });
        }
        let mut unit = self.unit().await?;
        let claim = unit.claim(request).await?;
        unit.end().await?;
        self.pulse.beat(request.now, true);
        Ok(claim)
    }

    async fn extend(&self, leases: &[Lease], until: Timestamp) -> Result<Vec<Lease>> {
        if leases.is_empty() {
            return Ok(Vec::new());
        }
        let mut unit = self.unit().await?;
        let mut lost = Vec::new();
        for lease in leases {
            let extend = statement(sql::EXTEND)
                .bind(lease.job.as_uuid())
                .bind(lease.attempt)
                .bind(until.as_millis());
            if unit.run(extend, &lease.job).await? == 0 {
                lost.push(*lease);
            }
        }
        unit.end().await?;
        Ok(lost)
    }

    async fn release(&self, lease: Lease) -> Result<()> {
        let mut unit = self.unit().await?;
        let release = statement(sql::RELEASE).bind(lease.job.as_uuid()).bind(lease.attempt);
        unit.change_job(release).await?;
        unit.end().await
    }

    async fn woken(&self) {
        self.woken.notified().await;
    }

    async fn last_claim(&self) -> Result<Option<Timestamp>> {
        let at = |row: &Columns<'_>| row.time("claimed_at");
        let written = self.look(&statement(sql::LAST_CLAIM), "pulse", at)?.pop();
        Ok(self.pulse.last().max(written))
    }

    async fn backlog(&self, now: Timestamp) -> Result<Backlog> {
        let read = |row: &Columns<'_>| {
            Ok(Backlog {
                waiting: row.get("waiting")?,
                due: row.get("due")?,
                running: row.get("running")?,
                oldest_due: row.maybe_time("oldest_due")?,
            })
        };
        let counted = self.look(&statement(sql::BACKLOG).bind(now.as_millis()), "job", read)?;
        Ok(counted.into_iter().next().unwrap_or_default())
    }
}
