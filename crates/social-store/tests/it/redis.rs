//! Redis as it comes and goes.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use social_core::Timestamp;
use social_core::conformance::StoreUnderTest;
use social_core::conformance::samples::{Samples, at};
use social_core::ports::{
    Cache, IdSource as _, JobQueue, ManualClock, RateLimiter, Store as _, SystemClock, SystemIds,
};
use social_store::{MemoryStore, RedisShared, RedisWakes};
use tempfile::TempDir;

const TTL: Duration = Duration::from_secs(100);
/// No test waits for this; it ends one that would wait for ever.
const PATIENCE: Duration = Duration::from_secs(20);

/// The program of the server that all tests share.
#[allow(clippy::disallowed_methods, reason = "a test's own environment")]
fn program() -> String {
    if let Ok(program) = std::env::var("SOCIAL_TEST_REDIS_PROGRAM") {
        return program;
    }
    // Which sees to it that it is installed.
    crate::servers::url("redis");
    crate::servers::ask(&["program", "redis"])
}

/// A server of one test's own, so that it can be killed.
pub(crate) struct Server {
    process: Option<Child>,
    port: u16,
    folder: TempDir,
}

impl Server {
    pub(crate) fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Self { process: None, port, folder: tempfile::tempdir().unwrap() };
        server.restart();
        server
    }

    /// Comes up with nothing in it, as after a loss.
    pub(crate) fn restart(&mut self) {
        let mut command = Command::new(program());
        command.args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
        command.arg("--dir").arg(self.folder.path()).stdout(Stdio::null());
        self.process = Some(command.spawn().unwrap());
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            std::thread::yield_now();
        }
    }

    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Makes it hang, or go on.
    fn signal(&self, signal: &str) {
        let id = self.process.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    fn shared(&self, clock: &Arc<ManualClock>) -> RedisShared {
        RedisShared::new(&self.url(), "test", clock.clone()).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// On the server that all tests share, under a prefix of its own.
fn shared() -> Arc<RedisShared> {
    let prefix = SystemIds.uuid(Timestamp::UNIX_EPOCH).to_string();
    let url = crate::servers::url("redis");
    Arc::new(RedisShared::new(&url, &prefix, Arc::new(SystemClock::new())).unwrap())
}

/// Where nobody listens.
fn gone() -> Arc<RedisShared> {
    let clock = Arc::new(SystemClock::new());
    Arc::new(RedisShared::new("redis://127.0.0.1:9", "test", clock).unwrap())
}

async fn cache() -> (Arc<dyn Cache>, ()) {
    (shared(), ())
}

social_core::cache_conformance!(redis_cache, cache);

async fn limiter() -> (Arc<dyn RateLimiter>, ()) {
    (shared(), ())
}

social_core::rate_limiter_conformance!(redis_limits, limiter);

async fn cache_without() -> (Arc<dyn Cache>, ()) {
    (gone(), ())
}

social_core::cache_conformance!(cache_without_redis, cache_without);

async fn limiter_without() -> (Arc<dyn RateLimiter>, ()) {
    (gone(), ())
}

social_core::rate_limiter_conformance!(limits_without_redis, limiter_without);

async fn woken_by_redis() -> StoreUnderTest {
    let prefix = SystemIds.uuid(Timestamp::UNIX_EPOCH).to_string();
    let url = crate::servers::url("redis");
    let store = Arc::new(MemoryStore::new());
    let clock = Arc::new(SystemClock::new());
    let queue = RedisWakes::new(store.clone(), &url, &prefix, clock, &SystemIds).unwrap();
    StoreUnderTest { store, queue: Arc::new(queue), keep: None }
}

social_core::store_conformance!(redis_wakes, woken_by_redis);

async fn woken_without_redis() -> StoreUnderTest {
    let store = Arc::new(MemoryStore::new());
    let clock = Arc::new(SystemClock::new());
    let queue =
        RedisWakes::new(store.clone(), "redis://127.0.0.1:9", "test", clock, &SystemIds).unwrap();
    StoreUnderTest { store, queue: Arc::new(queue), keep: None }
}

social_core::store_conformance!(wakes_without_redis, woken_without_redis);

#[tokio::test]
async fn a_value_is_seen_by_all_and_never_an_old_one() {
    let server = Server::start();
    let clock = Arc::new(ManualClock::new(at(0)));
    let (one, two) = (server.shared(&clock), server.shared(&clock));
    let value = |text: &'static str| Bytes::from_static(text.as_bytes());
    one.put("k", value("old"), at(0), TTL).await.unwrap();
    assert_eq!(two.get("k", at(1)).await.unwrap(), Some(value("old")));
    // It hangs: whether it takes the new value cannot be known.
    server.signal("-STOP");
    one.put("k", value("new"), at(1), TTL).await.unwrap();
    assert_eq!(one.get("k", at(2)).await.unwrap(), None);
    server.signal("-CONT");
    clock.advance(Duration::from_secs(2));
    let after = one.get("k", at(3)).await.unwrap();
    assert_ne!(after, Some(value("old")), "a value that was replaced came back");
    assert_ne!(two.get("k", at(3)).await.unwrap(), Some(value("old")));
}

#[tokio::test]
async fn quotas_outlive_the_server_and_are_told_when_it_is_back() {
    let mut server = Server::start();
    let clock = Arc::new(ManualClock::new(at(0)));
    let (one, two) = (server.shared(&clock), server.shared(&clock));
    one.block("a", at(100)).await.unwrap();
    assert_eq!(two.blocked("a", at(1)).await.unwrap(), Some(at(100)), "quotas are shared");

    server.kill();
    assert_eq!(one.blocked("a", at(2)).await.unwrap(), Some(at(100)));
    assert_eq!(two.blocked("a", at(2)).await.unwrap(), Some(at(100)), "it had heard of it");
    one.block("b", at(200)).await.unwrap();
    assert_eq!(one.blocked("b", at(3)).await.unwrap(), Some(at(200)));
    assert_eq!(two.blocked("b", at(3)).await.unwrap(), None, "nobody could tell");

    server.restart();
    let mut heard = None;
    for _ in 0..1000 {
        clock.advance(Duration::from_secs(2));
        one.blocked("c", at(4)).await.unwrap();
        heard = two.blocked("b", at(4)).await.unwrap();
        if heard.is_some() {
            break;
        }
    }
    assert_eq!(heard, Some(at(200)));
}

/// Puts jobs into one store until the other's queue wakes.
async fn wakes(one: &MemoryStore, two: &RedisWakes, clock: &ManualClock) {
    let samples = Samples::default();
    let hears = tokio::time::timeout(PATIENCE, two.woken());
    tokio::pin!(hears);
    loop {
        let mut unit = one.begin().await.unwrap();
        unit.jobs().enqueue(&samples.job(samples.ws(), samples.publish(), at(0))).await.unwrap();
        unit.commit().await.unwrap();
        clock.advance(Duration::from_secs(2));
        tokio::select! {
            biased;
            heard = &mut hears => return heard.expect("nobody was woken"),
            () = tokio::task::yield_now() => {}
        }
    }
}

#[tokio::test]
async fn workers_elsewhere_are_woken_before_and_after_a_loss() {
    let mut server = Server::start();
    let clock = Arc::new(ManualClock::new(at(0)));
    let over = |store: &MemoryStore| {
        let store = Arc::new(store.clone());
        RedisWakes::new(store, &server.url(), "test", clock.clone(), &SystemIds).unwrap()
    };
    let stores = (MemoryStore::new(), MemoryStore::new());
    let (one, two) = (over(&stores.0), over(&stores.1));
    wakes(&stores.0, &two, &clock).await;
    server.kill();
    // Its own workers are woken all the while.
    wakes(&stores.0, &one, &clock).await;
    server.restart();
    wakes(&stores.0, &two, &clock).await;
}
