//! Handing out jobs from PostgreSQL.

use std::time::Duration;

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{AccountId, JobId, Lease, LeasedJob, Platform, WorkspaceId};
use social_core::ports::{Backlog, Claim, ClaimRequest, JobQueue, ReadyJob, StoreError};
use sqlx::postgres::PgRow;
use sqlx::{Executor, Postgres, query};

use super::PostgresStore;
use super::columns::Columns;
use super::error::{broken, failed};
use super::jobs::{lane, lease};
use super::sql::jobs as sql;

type Result<T> = std::result::Result<T, StoreError>;

/// How soon to come again for a job that is due and that a unit holds at this moment.
const HELD: Duration = Duration::from_millis(20);

/// A job that was claimed, with what it is ordered by.
struct Claimed {
    order: (i64, i16, JobId),
    job: LeasedJob,
}

fn claimed(row: &Columns<'_>) -> Result<Claimed> {
    let id = row.id("id", JobId::from_uuid)?;
    Ok(Claimed {
        order: (row.get("due_at")?, row.get("priority")?, id),
        job: LeasedJob {
            lease: lease(row)?,
            workspace_id: row.id("workspace_id", WorkspaceId::from_uuid)?,
            task: row.json("task")?,
            lane: lane(row)?,
            platform: row.maybe_word("platform")?,
            due_at: row.time("due_at")?,
            starts: row.count("starts")?,
            spent: row.get("spent")?,
        },
    })
}

/// What was claimed, in the order of claims: a statement that changes rows gives them back in any.
fn in_order(rows: &[PgRow]) -> Result<Vec<LeasedJob>> {
    let read = |row| claimed(&Columns { table: "job", row });
    let mut jobs = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    jobs.sort_by_key(|claimed| claimed.order);
    Ok(jobs.into_iter().map(|claimed| claimed.job).collect())
}

/// What is first of all that waits, and of all that is leased.
#[derive(Clone, Copy)]
struct Next {
    due: Option<Timestamp>,
    lapse: Option<Timestamp>,
}

impl Next {
    fn at(self) -> Option<Timestamp> {
        self.due.into_iter().chain(self.lapse).min()
    }
}

impl PostgresStore {
    /// When the next job that is urgent enough can be handed out, as of the last commit. Waits for nobody.
    async fn peek(&self, least_urgent: i16) -> Result<Next> {
        let row =
            query(sql::NEXT).bind(least_urgent).fetch_one(&self.pool).await.map_err(broken)?;
        let row = Columns { table: "job", row: &row };
        let due = row.maybe_time("free")?.into_iter().chain(row.maybe_time("lane")?).min();
        Ok(Next { due, lapse: row.maybe_time("lapse")? })
    }

    /// Takes leases that ended from their workers.
    async fn hand_back(&self, now: Timestamp) -> Result<()> {
        let mut unit = self.unit().await?;
        let back = query(sql::HAND_BACK).bind(now.as_millis());
        for lane in unit.all(back, "job", lane).await? {
            unit.touch(lane);
        }
        unit.end().await
    }

    /// Takes what networks still have room for; whether it took as much as it could at once. All who
    /// count do it one after the other.
    async fn take_within(&self, request: &ClaimRequest) -> Result<(Vec<LeasedJob>, bool)> {
        if request.at_once.is_none() {
            return Self::take(&self.pool, request).await;
        }
        let mut transaction = self.pool.begin().await.map_err(broken)?;
        query(sql::COUNT_LOCK).execute(&mut *transaction).await.map_err(broken)?;
        let leased = query(sql::LEASED_ON).bind(request.now.as_millis());
        let rows = leased.fetch_all(&mut *transaction).await.map_err(broken)?;
        let count = |row| {
            let row = Columns { table: "job", row };
            Ok((row.word("platform")?, row.count("count")?))
        };
        let leased = rows.iter().map(count).collect::<Result<_>>()?;
        let taken = Self::take(&mut *transaction, &request.within(&leased)).await?;
        transaction.commit().await.map_err(broken)?;
        Ok(taken)
    }

    async fn take<'c>(
        conn: impl Executor<'c, Database = Postgres>,
        request: &ClaimRequest,
    ) -> Result<(Vec<LeasedJob>, bool)> {
        let claim = query(sql::CLAIM)
            .bind(request.due_by().as_millis())
            .bind(i64::from(request.limit))
            .bind((request.now + request.lease).as_millis())
            .bind(request.least_urgent)
            .bind(request.not_of.iter().map(|ws| ws.as_uuid()).collect::<Vec<_>>())
            .bind(request.not_on.iter().map(Platform::as_str).collect::<Vec<_>>());
        let jobs = in_order(&claim.fetch_all(conn).await.map_err(broken)?)?;
        let more = u32::try_from(jobs.len()).is_ok_and(|count| count >= request.limit);
        Ok((jobs, more))
    }

    /// Tells other processes that somebody claims, now and then. It is no part of a claim: the
    /// row is one for all, and claims would wait for each other.
    async fn beat(&self, now: Timestamp) -> Result<()> {
        let stale = self.pulse.is_stale(now);
        if stale {
            let pulse = query(sql::PULSE).bind(now.as_millis());
            pulse.execute(&self.pool).await.map_err(broken)?;
        }
        self.pulse.beat(now, stale);
        Ok(())
    }
}

#[async_trait]
impl JobQueue for PostgresStore {
    async fn claim(&self, request: &ClaimRequest) -> Result<Claim> {
        self.rollbacks.settled().await;
        self.beat(request.now).await?;
        let is_due = |time: Option<Timestamp>| time.is_some_and(|time| time <= request.due_by());
        if !self.rush.is_on(request.now) || request.limit == 0 {
            let mut next = self.peek(request.least_urgent).await?;
            if next.lapse.is_some_and(|lapse| lapse <= request.now) {
                self.hand_back(request.now).await?;
                next = self.peek(request.least_urgent).await?;
            }
            self.rush.looked(request.now);
            if request.limit == 0 || !is_due(next.due) {
                return Ok(Claim { next_due: next.at(), ..Claim::default() });
            }
        }
        let (jobs, more) = self.take_within(request).await?;
        self.rush.took(more);
        if more {
            return Ok(Claim { jobs, next_due: Some(request.now), more });
        }
        let mut next_due = self.peek(request.least_urgent).await?.at();
        if is_due(next_due) && !request.leaves_out() {
            next_due = Some(request.now + HELD);
        }
        Ok(Claim { jobs, next_due, more })
    }

    async fn extend(&self, leases: &[Lease], until: Timestamp) -> Result<Vec<Lease>> {
        if leases.is_empty() {
            return Ok(Vec::new());
        }
        let (ids, attempts): (Vec<_>, Vec<_>) =
            leases.iter().map(|lease| (lease.job.as_uuid(), i64::from(lease.attempt))).unzip();
        let extend = query(sql::EXTEND).bind(ids).bind(attempts).bind(until.as_millis());
        let rows = extend.fetch_all(&self.pool).await;
        let rows = rows.map_err(|error| failed(error, &"the leases"))?;
        let read = |row| lease(&Columns { table: "job", row });
        let held = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
        Ok(leases.iter().filter(|lease| !held.contains(lease)).copied().collect())
    }

    async fn release(&self, lease: Lease) -> Result<()> {
        let mut unit = self.unit().await?;
        let release = query(sql::RELEASE).bind(lease.job.as_uuid()).bind(i64::from(lease.attempt));
        unit.change_job(release).await?;
        unit.end().await
    }

    async fn ready(&self, now: Timestamp, limit: u32) -> Result<Vec<ReadyJob>> {
        let ready = query(sql::READY).bind(now.as_millis()).bind(i64::from(limit));
        let rows = ready.fetch_all(&self.pool).await.map_err(broken)?;
        let read = |row| {
            let row = Columns { table: "job", row };
            Ok(ReadyJob {
                id: row.id("id", JobId::from_uuid)?,
                workspace_id: row.id("workspace_id", WorkspaceId::from_uuid)?,
                lane: lane(&row)?,
                platform: row.maybe_word("platform")?,
                priority: row.get("priority")?,
                due_at: row.time("due_at")?,
            })
        };
        rows.iter().map(read).collect()
    }

    async fn claim_ready(
        &self,
        jobs: &[ReadyJob],
        request: &ClaimRequest,
    ) -> Result<Vec<LeasedJob>> {
        self.rollbacks.settled().await;
        self.beat(request.now).await?;
        let ids: Vec<_> = jobs.iter().map(|job| job.id.as_uuid()).collect();
        let lanes: Vec<_> =
            jobs.iter().filter_map(|job| job.lane).map(AccountId::as_uuid).collect();
        let claim = query(sql::CLAIM_READY)
            .bind(request.due_by().as_millis())
            .bind(ids)
            .bind((request.now + request.lease).as_millis())
            .bind(lanes);
        in_order(&claim.fetch_all(&self.pool).await.map_err(broken)?)
    }

    async fn woken(&self) {
        self.wakes.woken().await;
    }

    async fn last_claim(&self) -> Result<Option<Timestamp>> {
        let read = sqlx::query_scalar(sql::LAST_CLAIM).fetch_optional(&self.pool).await;
        let written: Option<i64> = read.map_err(broken)?;
        Ok(self.pulse.last().max(written.map(Timestamp::from_millis)))
    }

    async fn backlog(&self, now: Timestamp) -> Result<Backlog> {
        let count = query(sql::BACKLOG).bind(now.as_millis());
        let row = count.fetch_one(&self.pool).await.map_err(broken)?;
        let row = Columns { table: "job", row: &row };
        Ok(Backlog {
            waiting: row.count("waiting")?,
            due: row.count("due")?,
            running: row.count("running")?,
            oldest_due: row.maybe_time("oldest_due")?,
        })
    }
}
