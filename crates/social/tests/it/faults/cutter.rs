//! Cutting a run at a point: the process dies there, or only the network loses something.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use social::Timestamp;
use social::core::domain::Lease;
use social::core::ports::{
    Backlog, Claim, ClaimRequest, JobQueue, RateLimiter, Request, Response, Store, StoreError,
    Transport, TransportError, UnitOfWork,
};
use std::sync::Arc;
use tokio::sync::watch;

use crate::unit::{Ending, Wrapped};
use crate::world::Backend;

/// What a cut does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// The process dies: nothing it does afterwards has an effect.
    Crash,
    /// A request or its answer is lost, and the process lives on.
    Loss,
    /// Something between us and the network answers in its place, before or after it acted.
    Garbled,
}

/// Counts the points at which a run can be cut, and cuts it at one of them.
#[derive(Debug)]
pub(super) struct Cutter {
    mode: Mode,
    at: Option<usize>,
    points: AtomicUsize,
    dead: AtomicBool,
    where_: Mutex<String>,
}

impl Cutter {
    /// Cuts at the `at`-th point; with `None` it only counts.
    pub(super) fn new(mode: Mode, at: Option<usize>) -> Arc<Self> {
        Arc::new(Self {
            mode,
            at,
            points: AtomicUsize::new(0),
            dead: AtomicBool::new(false),
            where_: Mutex::default(),
        })
    }

    pub(super) fn points(&self) -> usize {
        self.points.load(Ordering::SeqCst)
    }

    pub(super) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    /// Where the run was cut, in words.
    pub(super) fn place(&self) -> String {
        self.where_.lock().unwrap().clone()
    }

    /// Whether the run is cut here.
    fn cut(&self, what: &str) -> bool {
        let point = self.points.fetch_add(1, Ordering::SeqCst);
        let cut = self.at == Some(point);
        if cut {
            *self.where_.lock().unwrap() = format!("point {point}, {what}");
            self.dead.store(self.mode == Mode::Crash, Ordering::SeqCst);
        }
        cut
    }

    fn alive(&self) -> Result<(), StoreError> {
        if self.is_dead() { Err(StoreError::Backend("the process is dead".into())) } else { Ok(()) }
    }

    /// Cuts at a transaction, which only dying can.
    fn cut_store(&self, what: &str) -> Result<(), StoreError> {
        self.alive()?;
        if self.mode == Mode::Crash && self.cut(what) {
            return Err(StoreError::Backend("the process died".into()));
        }
        Ok(())
    }
}

/// A store that a process loses when it dies.
#[derive(Debug)]
pub(super) struct CutStore {
    pub(super) inner: Arc<dyn Backend>,
    pub(super) cutter: Arc<Cutter>,
}

#[async_trait]
impl Store for CutStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.cutter.alive()?;
        let inner = self.inner.begin().await?;
        Ok(Box::new(Wrapped { inner, ending: Box::new(CutCommit(self.cutter.clone())) }))
    }

    fn news(&self) -> watch::Receiver<u64> {
        self.inner.news()
    }
}

#[async_trait]
impl JobQueue for CutStore {
    async fn claim(&self, request: &ClaimRequest) -> Result<Claim, StoreError> {
        self.cutter.cut_store("before a claim")?;
        let claim = self.inner.claim(request).await?;
        if !claim.jobs.is_empty() {
            self.cutter.cut_store("after a claim")?;
        }
        Ok(claim)
    }

    async fn extend(&self, leases: &[Lease], until: Timestamp) -> Result<Vec<Lease>, StoreError> {
        self.cutter.alive()?;
        self.inner.extend(leases, until).await
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        self.cutter.alive()?;
        self.inner.release(lease).await
    }

    async fn woken(&self) {
        self.inner.woken().await;
    }

    async fn last_claim(&self) -> Result<Option<Timestamp>, StoreError> {
        self.inner.last_claim().await
    }

    async fn backlog(&self, now: Timestamp) -> Result<Backlog, StoreError> {
        self.inner.backlog(now).await
    }
}

#[async_trait]
impl RateLimiter for CutStore {
    async fn blocked(&self, bucket: &str, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.cutter.alive()?;
        self.inner.blocked(bucket, now).await
    }

    async fn block(&self, bucket: &str, until: Timestamp) -> Result<(), StoreError> {
        self.cutter.cut_store("before a block")?;
        self.inner.block(bucket, until).await
    }
}

struct CutCommit(Arc<Cutter>);

#[async_trait]
impl Ending for CutCommit {
    async fn commit(self: Box<Self>, unit: Box<dyn UnitOfWork>) -> Result<(), StoreError> {
        self.0.cut_store("before a commit")?;
        unit.commit().await?;
        self.0.cut_store("after a commit")
    }
}

/// A way to the network on which requests and answers get lost.
#[derive(Debug)]
pub(super) struct CutTransport {
    pub(super) inner: Arc<dyn Transport>,
    pub(super) cutter: Arc<Cutter>,
}

#[async_trait]
impl Transport for CutTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        if self.cutter.is_dead() {
            return Err(TransportError::no_answer("the process is dead"));
        }
        let what = format!("{} {}", request.method(), request.uri().path());
        if self.cutter.cut(&format!("{what} lost on its way out")) {
            return self.instead();
        }
        let answer = self.inner.send(request).await;
        if self.cutter.cut(&format!("answer to {what} lost")) {
            return self.instead();
        }
        answer
    }
}

impl CutTransport {
    /// What comes back in place of the answer.
    fn instead(&self) -> Result<Response, TransportError> {
        if self.cutter.mode != Mode::Garbled {
            return Err(TransportError::no_answer("the connection broke"));
        }
        let page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
        let mut answer = http::Response::new(bytes::Bytes::from_static(page.as_bytes()));
        *answer.status_mut() = http::StatusCode::BAD_GATEWAY;
        Ok(answer)
    }
}
