//! Wake-ups over Redis.

use std::sync::Arc;
use std::time::Duration;

use ::redis::{AsyncCommands as _, Client};
use async_trait::async_trait;
use futures::StreamExt as _;
use social_core::Timestamp;
use social_core::domain::{Lease, LeasedJob};
use social_core::ports::{
    Backlog, Claim, ClaimRequest, Clock, IdSource, JobQueue, ReadyJob, StoreError,
};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::link::{Link, broken};

/// How long to wait before a broken connection is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// A queue whose wake-ups reach the workers of other processes.
///
/// For stores whose own do not: SQLite with several processes, or PostgreSQL behind a pooler that
/// keeps no sessions. Wakes are hints, so nothing is lost with the server: workers look by
/// themselves, and after it came back all are woken once.
#[derive(Debug)]
pub struct RedisWakes {
    queue: Arc<dyn JobQueue>,
    woken: Arc<Notify>,
    task: JoinHandle<()>,
}

impl RedisWakes {
    /// `queue` with wake-ups over the channel `{prefix}:wake:jobs` of the server at `url`. Does
    /// not wait for the server. Must be called within a runtime.
    ///
    /// # Errors
    /// Where `url` is none.
    pub fn new(
        queue: Arc<dyn JobQueue>,
        url: &str,
        prefix: &str,
        clock: Arc<dyn Clock>,
        ids: &dyn IdSource,
    ) -> Result<Self, StoreError> {
        let client = Client::open(url).map_err(broken)?;
        let link = Link::new(url, prefix, Arc::clone(&clock))?;
        let woken = Arc::new(Notify::new());
        let name = ids.secret();
        let task = tokio::spawn({
            let (queue, woken) = (Arc::clone(&queue), Arc::clone(&woken));
            async move {
                let channel = link.key("wake", "jobs");
                let tell = tell(&*queue, &woken, &link, &channel, &name);
                let hear = hear(&client, &woken, &*clock, &channel, &name);
                futures::join!(tell, hear);
            }
        });
        Ok(Self { queue, woken, task })
    }
}

/// All who wait, and the next who will: a wake must not be lost on a worker that is busy.
fn wake(woken: &Notify) {
    woken.notify_waiters();
    woken.notify_one();
}

async fn tell(queue: &dyn JobQueue, woken: &Notify, link: &Link, channel: &str, name: &str) {
    loop {
        queue.woken().await;
        wake(woken);
        link.ask(async |link| link.publish::<_, _, ()>(channel, name).await).await;
    }
}

async fn hear(client: &Client, woken: &Notify, clock: &dyn Clock, channel: &str, name: &str) {
    loop {
        if let Err(error) = listen(client, woken, channel, name).await {
            tracing::debug!(%error, "wakes of other workers are not heard");
        }
        clock.sleep_until(clock.now() + AGAIN).await;
    }
}

async fn listen(
    client: &Client,
    woken: &Notify,
    channel: &str,
    name: &str,
) -> Result<(), ::redis::RedisError> {
    let mut pubsub = client.get_async_pubsub().await?;
    pubsub.subscribe(channel).await?;
    // Much may have been told while nobody listened.
    wake(woken);
    let mut told = pubsub.on_message();
    while let Some(message) = told.next().await {
        if message.get_payload_bytes() != name.as_bytes() {
            wake(woken);
        }
    }
    Ok(())
}

impl Drop for RedisWakes {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[async_trait]
impl JobQueue for RedisWakes {
    async fn claim(&self, request: &ClaimRequest) -> Result<Claim, StoreError> {
        self.queue.claim(request).await
    }

    async fn extend(&self, leases: &[Lease], until: Timestamp) -> Result<Vec<Lease>, StoreError> {
        self.queue.extend(leases, until).await
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        self.queue.release(lease).await
    }

    async fn woken(&self) {
        self.woken.notified().await;
    }

    async fn ready(&self, now: Timestamp, limit: u32) -> Result<Vec<ReadyJob>, StoreError> {
        self.queue.ready(now, limit).await
    }

    async fn claim_ready(
        &self,
        jobs: &[ReadyJob],
        request: &ClaimRequest,
    ) -> Result<Vec<LeasedJob>, StoreError> {
        self.queue.claim_ready(jobs, request).await
    }

    async fn last_claim(&self) -> Result<Option<Timestamp>, StoreError> {
        self.queue.last_claim().await
    }

    async fn backlog(&self, now: Timestamp) -> Result<Backlog, StoreError> {
        self.queue.backlog(now).await
    }
}
