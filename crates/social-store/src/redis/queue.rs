//! A queue of what is due right now, in Redis, before the queue in the database.

use std::fmt;
use std::sync::Arc;

use ::redis::{RedisError, Script, ScriptInvocation};
use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{AccountId, JobId, JobTask, Lease, LeasedJob, Platform, WorkspaceId};
use social_core::ports::{Backlog, Claim, ClaimRequest, Clock, JobQueue, ReadyJob, StoreError};
use uuid::Uuid;

use super::link::Link;

/// How many jobs of each kind are read ahead for all workers at once.
const AHEAD: u32 = 1000;
/// For how many milliseconds what was read is good: what becomes due meanwhile waits no longer
/// behind what is less urgent.
const GOOD_FOR: u32 = 250;
/// For how many milliseconds at most one worker reads for all.
const READING: u32 = 1000;
/// Kinds of jobs are so far apart in the set that is ordered by kind and due time.
const KIND: i64 = 10_000_000_000_000;

/// Takes the first jobs that a worker asks for. `ARGV[1]` is how many, `ARGV[2]` the least urgent
/// priority; then come the workspaces and networks that are left out.
const TAKE: &str = r"
local want, least, left_out = tonumber(ARGV[1]), tonumber(ARGV[2]), {}
for i = 3, #ARGV do left_out[ARGV[i]] = true end
local function fits(job)
  local priority, lane, workspace, platform = job:match('^(%d):%x+:(%x*):(%x+):(.*)$')
  if tonumber(priority) > least then return false end
  return lane == '' or not (left_out[workspace] or left_out[platform])
end
local out, at = {}, 0
while #out < want do
  local some = redis.call('ZRANGE', KEYS[1], at, at + want - 1)
  if #some == 0 then break end
  local gone = {}
  for _, job in ipairs(some) do
    if #out < want and fits(job) then out[#out + 1] = job; gone[#gone + 1] = job end
  end
  for i = 1, #gone, 500 do redis.call('ZREM', KEYS[1], unpack(gone, i, math.min(i + 499, #gone))) end
  at = at + #some - #gone
end
return out";

/// Puts what was read in the place of what was there. `ARGV[1]` is for how long it is good.
const FILL: &str = r"
redis.call('DEL', KEYS[1], KEYS[2])
for i = 2, #ARGV, 500 do redis.call('ZADD', KEYS[1], unpack(ARGV, i, math.min(i + 499, #ARGV))) end
return redis.call('PEXPIRE', KEYS[1], ARGV[1])";

/// What is due, read from the database by one worker for all, a thousand jobs at a time.
///
/// For many workers on one PostgreSQL: instead of each searching the head of the same indexes and
/// stepping over what the others hold, they take jobs from a sorted set in Redis or Valkey, and lease
/// these by their keys. Jobs and leases are rows all the same, so nothing that is promised of a lease
/// changes:
///
/// | | with the server | without |
/// |---|---|---|
/// | a job is handed out once, never early, one of a lane | by the database | by the database |
/// | a stale lease writes nothing | by the database | by the database |
/// | a job whose worker died | handed out when its lease ended | the same |
/// | the most urgent goes first | of what was read within the last quarter of a second | exactly |
/// | what the server loses, or gives to a worker that dies with it | is read again at the next claim | |
///
/// What is in the set is no more than a guess at what is ready. A worker that finds too little there
/// asks the database, so with the server gone everything goes on as without it, and once it is
/// back the next worker that finds much to do fills the set. Claims with
/// [`ClaimRequest::at_once`] go to the database, which counts.
///
/// Whose queue does not tell what is [ready](JobQueue::ready) gets nothing but the other queue:
/// SQLite has one writer, and memory one process.
///
/// # BullMQ
/// Its official crate (`bullmq-official`) is no second backend here, since the contract of
/// [`JobQueue`] cannot be kept on it: a job lives in Redis alone, so it is not put in by the
/// transaction that writes the post, and a stale worker's write is refused in Redis, but not in
/// the database; one job of a lane at a time takes the groups of BullMQ Pro; and jobs are claimed
/// one a call (<https://docs.bullmq.io/bullmq-pro/groups>).
pub struct RedisQueue {
    queue: Arc<dyn JobQueue>,
    link: Link,
    keys: [String; 2],
    take: Script,
    fill: Script,
}

impl RedisQueue {
    /// `queue` behind a set under `prefix` on the server at `url`. Does not wait for the server.
    /// Must be called within a runtime.
    ///
    /// # Errors
    /// Where `url` is none.
    pub fn new(
        queue: Arc<dyn JobQueue>,
        url: &str,
        prefix: &str,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        let link = Link::new(url, prefix, clock)?;
        // In braces, so that a cluster keeps both on one node.
        let keys = ["{ready}", "{ready}:reading"].map(|name| link.key("jobs", name));
        Ok(Self { queue, link, keys, take: Script::new(TAKE), fill: Script::new(FILL) })
    }

    /// Takes from the set and leases what was taken.
    async fn take(&self, request: &ClaimRequest) -> Result<Vec<LeasedJob>, StoreError> {
        let mut take = self.take.key(&self.keys[0]);
        take.arg(request.limit).arg(request.least_urgent);
        for workspace in &request.not_of {
            take.arg(hex(workspace.as_uuid()));
        }
        for platform in &request.not_on {
            take.arg(platform.as_str());
        }
        let Some(taken) = self.ask::<Vec<String>>(&take).await else { return Ok(Vec::new()) };
        let jobs: Vec<ReadyJob> = taken.iter().filter_map(|text| read(text)).collect();
        if jobs.is_empty() {
            return Ok(Vec::new());
        }
        self.queue.claim_ready(&jobs, request).await
    }

    /// Reads ahead, unless another does.
    async fn fill(&self, due_by: Timestamp) -> Result<(), StoreError> {
        let mut first = ::redis::cmd("SET");
        first.arg(&self.keys[1]).arg(1).arg("NX").arg("PX").arg(READING);
        let first = self.link.ask(async |link| first.query_async::<Option<String>>(link).await);
        if first.await.flatten().is_none() {
            return Ok(());
        }
        let ready = self.queue.ready(due_by, AHEAD).await?;
        let mut fill = self.fill.key(&self.keys[0]);
        fill.key(&self.keys[1]).arg(GOOD_FOR);
        for job in &ready {
            fill.arg(kind(job) * KIND + job.due_at.as_millis()).arg(write(job));
        }
        self.ask::<i64>(&fill).await;
        Ok(())
    }

    async fn ask<T: ::redis::FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Option<T> {
        let ask = async |link: &mut ::redis::aio::ConnectionManager| -> Result<T, RedisError> {
            script.invoke_async(link).await
        };
        self.link.ask(ask).await
    }
}

impl fmt::Debug for RedisQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Never the address: it may hold a password.
        write!(f, "RedisQueue({:?})", self.queue)
    }
}

/// Jobs of lanes go first, and what can wait last.
fn kind(job: &ReadyJob) -> i64 {
    match job.lane {
        Some(_) => 0,
        None if job.priority < JobTask::BACKGROUND => 1,
        None => 2,
    }
}

fn hex(id: Uuid) -> String {
    id.simple().to_string()
}

/// A job as it stands in the set: of those due at once the one with the lower text goes first.
fn write(job: &ReadyJob) -> String {
    format!(
        "{}:{}:{}:{}:{}",
        job.priority,
        hex(job.id.as_uuid()),
        job.lane.map(|lane| hex(lane.as_uuid())).unwrap_or_default(),
        hex(job.workspace_id.as_uuid()),
        job.platform.as_ref().map(Platform::as_str).unwrap_or_default(),
    )
}

/// The other way round; only what is leased by is needed of it.
fn read(text: &str) -> Option<ReadyJob> {
    let mut parts = text.splitn(5, ':');
    let priority = parts.next()?.parse().ok()?;
    let id = JobId::from_uuid(parts.next()?.parse().ok()?);
    let lane = parts.next().filter(|lane| !lane.is_empty());
    let lane = match lane {
        Some(lane) => Some(AccountId::from_uuid(lane.parse().ok()?)),
        None => None,
    };
    let workspace_id = WorkspaceId::from_uuid(parts.next()?.parse().ok()?);
    let due_at = Timestamp::UNIX_EPOCH;
    Some(ReadyJob { id, workspace_id, lane, platform: None, priority, due_at })
}

#[async_trait]
impl JobQueue for RedisQueue {
    async fn claim(&self, request: &ClaimRequest) -> Result<Claim, StoreError> {
        if request.limit == 0 || request.at_once.is_some() {
            return self.queue.claim(request).await;
        }
        let mut jobs = self.take(request).await?;
        let taken = u32::try_from(jobs.len()).unwrap_or(u32::MAX);
        if taken >= request.limit {
            return Ok(Claim { jobs, next_due: Some(request.now), more: true });
        }
        let rest = ClaimRequest { limit: request.limit - taken, ..request.clone() };
        let rest = self.queue.claim(&rest).await?;
        if rest.more {
            self.fill(request.due_by()).await?;
        }
        jobs.extend(rest.jobs);
        // Two claims, each in order.
        jobs.sort_by_key(|job| (job.due_at, job.task.priority(), job.lease.job));
        Ok(Claim { jobs, ..rest })
    }

    async fn extend(&self, leases: &[Lease], until: Timestamp) -> Result<Vec<Lease>, StoreError> {
        self.queue.extend(leases, until).await
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        self.queue.release(lease).await
    }

    async fn woken(&self) {
        self.queue.woken().await;
    }

    async fn last_claim(&self) -> Result<Option<Timestamp>, StoreError> {
        self.queue.last_claim().await
    }

    async fn backlog(&self, now: Timestamp) -> Result<Backlog, StoreError> {
        self.queue.backlog(now).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_reads_back_from_the_set() {
        let id = |number| Uuid::from_u128(number);
        for lane in [None, Some(AccountId::from_uuid(id(3)))] {
            let job = ReadyJob {
                id: JobId::from_uuid(id(1)),
                workspace_id: WorkspaceId::from_uuid(id(2)),
                lane,
                platform: None,
                priority: 4,
                due_at: Timestamp::UNIX_EPOCH,
            };
            assert_eq!(read(&write(&job)), Some(job));
        }
        assert_eq!(read("what somebody else left there"), None);
    }
}
