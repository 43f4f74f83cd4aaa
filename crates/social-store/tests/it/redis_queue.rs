//! What is due, in Redis before PostgreSQL, with the server there, gone and back.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use social_core::conformance::StoreUnderTest;
use social_core::conformance::samples::{Samples, at};
use social_core::domain::{JobId, NewJob};
use social_core::ports::{
    ClaimRequest, IdSource as _, JobQueue as _, ManualClock, Store as _, SystemClock, SystemIds,
};
use social_store::{PostgresStore, RedisQueue};

use crate::redis::Server;
use crate::servers::Schema;

const LEASE: Duration = Duration::from_secs(30);

async fn before(url: &str) -> StoreUnderTest {
    let schema = Schema::new().await;
    let clock = Arc::new(SystemClock::new());
    let store = Arc::new(PostgresStore::connect(&schema.url(), clock.clone()).await.unwrap());
    let prefix = SystemIds.uuid(at(0)).to_string();
    let queue = RedisQueue::new(store.clone(), url, &prefix, clock).unwrap();
    StoreUnderTest { store, queue: Arc::new(queue), keep: Some(Box::new(schema)) }
}

async fn with_redis() -> StoreUnderTest {
    before(&crate::servers::url("redis")).await
}

social_core::store_conformance!(queue_in_redis, with_redis);

async fn without_redis() -> StoreUnderTest {
    before("redis://127.0.0.1:9").await
}

social_core::store_conformance!(queue_without_redis, without_redis);

/// One worker's way to jobs, and what it got.
struct Worker {
    queue: RedisQueue,
    got: Vec<JobId>,
}

impl Worker {
    async fn claim(&mut self, limit: u32) -> usize {
        let claim = self.queue.claim(&ClaimRequest::new(at(10), limit, LEASE)).await.unwrap();
        let got = claim.jobs.len();
        self.got.extend(claim.jobs.iter().map(|job| job.lease.job));
        got
    }
}

/// How many jobs are read ahead on the server.
async fn read_ahead(server: &Server) -> usize {
    let client = ::redis::Client::open(server.url()).unwrap();
    let mut link = client.get_multiplexed_async_connection().await.unwrap();
    ::redis::cmd("ZCARD").arg("test:jobs:{ready}").query_async(&mut link).await.unwrap()
}

#[tokio::test]
async fn each_job_is_handed_out_once_while_the_server_goes_and_comes() {
    let mut server = Server::start();
    let schema = Schema::new().await;
    let clock = Arc::new(ManualClock::new(at(10)));
    let store = Arc::new(PostgresStore::connect(&schema.url(), clock.clone()).await.unwrap());
    let worker = || Worker {
        queue: RedisQueue::new(store.clone(), &server.url(), "test", clock.clone()).unwrap(),
        got: Vec::new(),
    };
    let samples = Samples::default();
    let ws = samples.ws();
    let jobs: Vec<NewJob> = (0..90)
        .map(|place| {
            let lane = (place % 3 == 0).then(|| samples.lane());
            NewJob { lane, ..samples.job(ws, samples.publish(), at(place % 9)) }
        })
        .collect();
    let put_in = async |jobs: &[NewJob]| {
        let mut unit = store.begin().await.unwrap();
        unit.jobs().enqueue_all(jobs).await.unwrap();
        unit.commit().await.unwrap();
    };
    let (mut one, mut two) = (worker(), worker());
    put_in(&jobs[..60]).await;
    assert_eq!(one.claim(10).await, 10, "from the database, and the rest is read ahead");
    assert!(read_ahead(&server).await > 0);
    assert_eq!((two.claim(10).await, one.claim(10).await), (10, 10));

    server.kill();
    assert_eq!((one.claim(10).await, two.claim(10).await), (10, 10), "everything goes on");
    server.restart();
    clock.advance(Duration::from_secs(5));
    put_in(&jobs[60..]).await;
    // The connection comes back by itself; until then the database is asked.
    while one.got.len() + two.got.len() < jobs.len() {
        clock.advance(Duration::from_secs(2));
        assert!(one.claim(3).await + two.claim(3).await > 0, "jobs are left that nobody gets");
    }
    let all: BTreeSet<_> = one.got.iter().chain(&two.got).collect();
    assert_eq!((one.got.len() + two.got.len(), all.len()), (90, 90));
}
