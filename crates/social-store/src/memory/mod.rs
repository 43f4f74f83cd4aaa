//! A store in memory.

mod cache;
mod choices;
mod content;
mod identity;
mod jobs;
mod journal;
mod limiter;
mod numbers;
mod people;
mod queue;
mod series;
mod slots;
mod state;
mod tenants;
mod unit;
mod uploads;
mod webhooks;
mod words;

use std::sync::Arc;

use async_trait::async_trait;
use social_core::ports::{Store, StoreError, UnitOfWork};
use tokio::sync::{Mutex, Notify, watch};

pub use cache::MemoryCache;
use limiter::Blocks;
use state::State;
use unit::MemoryUnit;

/// A store in memory: for tests, simulations, and apps that need nothing to last.
///
/// Units are as isolated as can be: one at a time, each undone unless committed. It is a handle;
/// clones share what is stored.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    state: Arc<Mutex<State>>,
    woken: Arc<Notify>,
    news: Arc<watch::Sender<u64>>,
    blocks: Arc<Blocks>,
    cache: Arc<MemoryCache>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let state = Arc::clone(&self.state).lock_owned().await;
        Ok(Box::new(MemoryUnit::new(state, Arc::clone(&self.woken), Arc::clone(&self.news))))
    }

    fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }
}

/// Wakes all who wait, and the next who will: a wake must not be lost on a worker that is busy.
fn wake(woken: &Notify) {
    woken.notify_waiters();
    woken.notify_one();
}
