//! The store as a process reaches it: slow, failing, and gone with the process.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use social::Timestamp;
use social::core::domain::Lease;
use social::core::ports::{
    Backlog, Claim, ClaimRequest, JobQueue, Quota, RateLimiter, Store, StoreError, UnitOfWork,
};
use social::store::MemoryStore;
use tokio::sync::watch;

use super::broken::Broken;
use super::process::Process;
use crate::unit::{Ending, Wrapped};

/// The shared store, as one process reaches it.
#[derive(Debug)]
pub(super) struct Reached {
    pub inner: Arc<MemoryStore>,
    pub process: Arc<Process>,
    pub broken: Option<Broken>,
}

#[async_trait]
impl Store for Reached {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.process.point("begins a unit").await;
        self.process.store_fails("a unit begins")?;
        let inner = self.inner.begin().await?;
        // Held while it is slow, as a database that is busy holds up everybody.
        self.process.reaches_store().await;
        let ending = Commit { process: self.process.clone(), broken: self.broken };
        Ok(Box::new(Wrapped { inner, ending: Box::new(ending) }))
    }

    /// Nobody hears of news, so all look from time to time: tokio wakes those who would in an order
    /// of its own.
    fn news(&self) -> watch::Receiver<u64> {
        watch::channel(0).1
    }
}

struct Commit {
    process: Arc<Process>,
    broken: Option<Broken>,
}

#[async_trait]
impl Ending for Commit {
    async fn commit(self: Box<Self>, unit: Box<dyn UnitOfWork>) -> Result<(), StoreError> {
        let process = &self.process;
        process.weather.note(process.number, "commits");
        if self.broken == Some(Broken::Amnesia) && process.weather.below(200) == 0 {
            return Ok(());
        }
        if process.dies("before a commit") {
            drop(unit);
            process.goes_on().await;
            return Ok(());
        }
        process.store_fails("before a commit")?;
        unit.commit().await?;
        process.point("committed").await;
        process.store_fails("after a commit")
    }

    fn forgets(&self) -> bool {
        self.broken == Some(Broken::NoFence)
    }
}

#[async_trait]
impl JobQueue for Reached {
    async fn claim(&self, request: &ClaimRequest) -> Result<Claim, StoreError> {
        self.process.point("claims").await;
        self.process.reaches_store().await;
        self.process.store_fails("before a claim")?;
        let claim = self.inner.claim(request).await?;
        if self.broken == Some(Broken::EndlessLease) {
            let leases: Vec<_> = claim.jobs.iter().map(|job| job.lease).collect();
            self.inner.extend(&leases, request.now + Duration::from_secs(1_000_000)).await?;
        }
        for job in &claim.jobs {
            let what = format!("got {} {}", job.task.kind(), job.lease.attempt);
            self.process.weather.note(self.process.number, &what);
        }
        if !claim.jobs.is_empty() {
            self.process.point("claimed").await;
            self.process.store_fails("after a claim")?;
        }
        Ok(claim)
    }

    async fn extend(&self, leases: &[Lease], until: Timestamp) -> Result<Vec<Lease>, StoreError> {
        self.process.goes_on().await;
        self.process.reaches_store().await;
        self.process.store_fails("leases are prolonged")?;
        self.inner.extend(leases, until).await
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        self.process.point("releases").await;
        self.inner.release(lease).await
    }

    async fn woken(&self) {
        loop {
            self.inner.woken().await;
            if !self.process.weather.strikes(self.process.weather.rates.wake) {
                break;
            }
            self.process.weather.fault("a wake-up was lost", self.process.number, "");
        }
        self.process.goes_on().await;
    }

    async fn last_claim(&self) -> Result<Option<Timestamp>, StoreError> {
        self.inner.last_claim().await
    }

    async fn backlog(&self, now: Timestamp) -> Result<Backlog, StoreError> {
        self.inner.backlog(now).await
    }
}

#[async_trait]
impl RateLimiter for Reached {
    async fn blocked(&self, bucket: &str, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.process.goes_on().await;
        self.process.store_fails("a quota is read")?;
        self.inner.blocked(bucket, now).await
    }

    async fn block(&self, bucket: &str, until: Timestamp) -> Result<(), StoreError> {
        self.process.point("blocks").await;
        self.inner.block(bucket, until).await?;
        self.process.store_fails("a quota is blocked")
    }

    async fn take(
        &self,
        bucket: &str,
        quota: Quota,
        keep: u32,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.process.goes_on().await;
        self.inner.take(bucket, quota, keep, now).await
    }
}
