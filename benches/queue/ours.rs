//! Our own queue, through its ports.

use std::sync::Arc;
use std::time::{Duration, Instant};

use social_core::Timestamp;
use social_core::conformance::samples::Samples;
use social_core::domain::{
    AccountId, DeliveryId, JobId, JobTask, NewJob, Post, PostId, WorkspaceId,
};
use social_core::ports::{
    Claim, ClaimRequest, Clock, IdSource as _, JobQueue, Store, SystemClock, SystemIds,
};
use social_store::{PostgresStore, RedisQueue, SqliteStore};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

/// As a worker asks, which then waits for the instant.
pub(crate) const AHEAD: Duration = Duration::from_millis(50);

/// The address of a schema with nothing in it.
pub(crate) async fn schema() -> String {
    let server = std::env::var("SOCIAL_TEST_POSTGRES").expect("run it by `make bench-queue`");
    let name = format!("bench_{}", SystemIds.uuid(Timestamp::UNIX_EPOCH).simple());
    let mut conn = PgConnection::connect(&server).await.unwrap();
    conn.execute(AssertSqlSafe(format!("CREATE SCHEMA {name}"))).await.unwrap();
    format!("{server}?options[search_path]={name}")
}

/// A store with nothing in it.
pub(crate) struct Ours {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) queue: Arc<dyn JobQueue>,
    pub(crate) clock: Arc<dyn Clock>,
    workspace: WorkspaceId,
    /// Where it is, for bare statements.
    url: String,
    _folder: Option<tempfile::TempDir>,
}

impl Ours {
    pub(crate) async fn postgres() -> Self {
        let url = schema().await;
        let store = PostgresStore::connect(&url, Arc::new(SystemClock::new())).await.unwrap();
        let clock = store.clock();
        Self::over(Arc::new(store), clock, url, None)
    }

    /// The same with what is due in Redis before it.
    pub(crate) async fn redis() -> Self {
        let server = std::env::var("SOCIAL_TEST_REDIS").expect("run it by `make bench-queue`");
        let ours = Self::postgres().await;
        let prefix = SystemIds.secret();
        let queue = RedisQueue::new(ours.queue.clone(), &server, &prefix, ours.clock.clone());
        Self { queue: Arc::new(queue.unwrap()), ..ours }
    }

    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(SystemClock::new());
        let store = SqliteStore::open_in(folder.path(), clock.clone()).await.unwrap();
        Self::over(Arc::new(store), clock, String::new(), Some(folder))
    }

    fn over<S: Store + JobQueue>(
        store: Arc<S>,
        clock: Arc<dyn Clock>,
        url: String,
        folder: Option<tempfile::TempDir>,
    ) -> Self {
        let workspace = WorkspaceId::from_uuid(SystemIds.uuid(clock.now()));
        let queue: Arc<dyn JobQueue> = store.clone();
        Self { store, queue, clock, workspace, url, _folder: folder }
    }

    /// Jobs due so many milliseconds from now, over so many lanes; 0 is none.
    pub(crate) fn jobs(
        &self,
        count: usize,
        lanes: usize,
        due: impl Fn(usize) -> i64,
    ) -> Vec<NewJob> {
        let now = self.clock.now();
        let id = || SystemIds.uuid(now);
        let lanes: Vec<AccountId> = (0..lanes).map(|_| AccountId::from_uuid(id())).collect();
        let job = |place: usize| NewJob {
            id: JobId::from_uuid(id()),
            workspace_id: self.workspace,
            task: JobTask::Publish { delivery: DeliveryId::from_uuid(id()) },
            lane: place.checked_rem(lanes.len()).map(|place| lanes[place]),
            platform: None,
            due_at: Timestamp::from_millis(now.as_millis() + due(place)),
            max_attempts: 12,
        };
        (0..count).map(job).collect()
    }

    pub(crate) async fn put_in(&self, jobs: &[NewJob]) {
        for batch in jobs.chunks(1000) {
            let mut unit = self.store.begin().await.unwrap();
            unit.jobs().enqueue_all(batch).await.unwrap();
            unit.commit().await.unwrap();
        }
    }

    pub(crate) async fn claim(&self, limit: u32) -> Claim {
        self.claim_for(limit, Duration::from_secs(600)).await
    }

    pub(crate) async fn claim_for(&self, limit: u32, lease: Duration) -> Claim {
        let request = ClaimRequest::new(self.clock.now(), limit, lease);
        self.queue.claim(&ClaimRequest { ahead: AHEAD, ..request }).await.unwrap()
    }

    /// A post and its job in a unit of their own, so many times.
    pub(crate) async fn one_by_one(&self, count: usize) -> f64 {
        let samples = Samples::default();
        let jobs = self.jobs(count, count, |_| 3_600_000);
        let post = |job: &NewJob| {
            let id = PostId::from_uuid(job.id.as_uuid());
            Post { id, ..samples.post(self.workspace) }
        };
        let posts: Vec<_> = jobs.iter().map(post).collect();
        let start = Instant::now();
        for (post, job) in posts.iter().zip(&jobs) {
            let mut unit = self.store.begin().await.unwrap();
            unit.posts().insert(post).await.unwrap();
            unit.jobs().enqueue(job).await.unwrap();
            unit.commit().await.unwrap();
        }
        count as f64 / start.elapsed().as_secs_f64()
    }

    /// The same rows by two bare statements in a transaction.
    pub(crate) async fn bare_inserts(&self, count: usize) -> f64 {
        let samples = Samples::default();
        let jobs = self.jobs(count, count, |_| 3_600_000);
        let doc = serde_json::to_string(&samples.post(self.workspace)).unwrap();
        let mut conn = PgConnection::connect(&self.url).await.unwrap();
        let start = Instant::now();
        for job in &jobs {
            let mut transaction = conn.begin().await.unwrap();
            let post = "INSERT INTO post (workspace_id, id, due_at, version, doc)
                VALUES ($1, $2, $3, 1, $4)";
            sqlx::query(post)
                .bind(self.workspace.as_uuid())
                .bind(job.id.as_uuid())
                .bind(job.due_at.as_millis())
                .bind(&doc)
                .execute(&mut *transaction)
                .await
                .unwrap();
            let row = "INSERT INTO job (id, workspace_id, kind, key, lane, priority, due_at,
                max_attempts, task) VALUES ($1, $2, 'publish', $3, $4, 0, $5, 12, $6)";
            sqlx::query(row)
                .bind(job.id.as_uuid())
                .bind(self.workspace.as_uuid())
                .bind(job.task.key())
                .bind(job.lane.map(AccountId::as_uuid))
                .bind(job.due_at.as_millis())
                .bind(serde_json::to_string(&job.task).unwrap())
                .execute(&mut *transaction)
                .await
                .unwrap();
            transaction.commit().await.unwrap();
        }
        count as f64 / start.elapsed().as_secs_f64()
    }

    /// Lets the server tidy up, as its own service would have by the time.
    pub(crate) async fn vacuum(&self) {
        let mut conn = PgConnection::connect(&self.url).await.unwrap();
        conn.execute("VACUUM ANALYZE job").await.unwrap();
        conn.execute("CHECKPOINT").await.unwrap();
    }
}

/// Fills a queue with jobs over the next thirty days.
pub(crate) async fn spread(ours: &Ours, count: usize) {
    let month = 30 * 24 * 3_600_000;
    let step = month / i64::try_from(count).unwrap();
    ours.put_in(&ours.jobs(count, 0, |place| 3_600_000 + i64::try_from(place).unwrap() * step))
        .await;
    ours.vacuum().await;
}
