//! A store in PostgreSQL.

mod clock;
mod columns;
mod content;
mod error;
mod identity;
mod jobs;
mod journal;
mod limiter;
mod migrations;
mod numbers;
mod open;
mod people;
mod queue;
mod rollbacks;
mod rush;
mod series;
mod slots;
mod sql;
mod tenants;
mod unit;
mod uploads;
mod wakes;
mod webhooks;
mod words;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
pub use clock::PostgresClock;
use error::broken;
use rollbacks::Rollbacks;
use rush::Rush;
use social_core::ports::{Store, StoreError, UnitOfWork};
use sqlx::PgPool;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use unit::{After, PostgresUnit};
use wakes::Wakes;

use crate::pulse::Pulse;

/// A store in PostgreSQL, for many processes on many machines. Made for version 13 or newer and
/// tested with 15.
///
/// Units run side by side, each in a transaction (`read committed`) on a connection of its own. A
/// unit sees what others committed while it runs; what it then writes stands on nothing that
/// changed: rows are swapped by their versions, a [gate](social_core::ports::JobRepo::gate) keeps
/// its lease until the unit is over, keys are unique, and what a unit found on an account, of the
/// people or of the open uploads of a workspace stays so, since whoever adds to it waits. Events of
/// a workspace are heard in their order, and none is missed. Of two units that wait for each other
/// one is told [`StoreError::Conflict`] after a second.
///
/// Workers of several machines should share the clock of [`PostgresStore::clock`].
///
/// Between this store and the server, a pooler must keep sessions (`pool_mode = session` of
/// PgBouncer): prepared statements and `LISTEN` live in them.
pub struct PostgresStore {
    pool: PgPool,
    wakes: Arc<Wakes>,
    clock: Arc<PostgresClock>,
    rollbacks: Arc<Rollbacks>,
    pulse: Pulse,
    rush: Rush,
    news: Arc<watch::Sender<u64>>,
    tasks: [JoinHandle<()>; 2],
}

impl PostgresStore {
    /// The database's clock, for all who work on it.
    #[must_use]
    pub fn clock(&self) -> Arc<PostgresClock> {
        Arc::clone(&self.clock)
    }

    async fn unit(&self) -> Result<PostgresUnit, StoreError> {
        self.rollbacks.settled().await;
        let conn = self.pool.acquire().await.map_err(broken)?;
        Ok(PostgresUnit::new(conn, self.after()))
    }

    /// What a unit does to this process once it is over.
    fn after(&self) -> After {
        After {
            wakes: Arc::clone(&self.wakes),
            news: Arc::clone(&self.news),
            rollbacks: Arc::clone(&self.rollbacks),
        }
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(Box::new(self.unit().await?))
    }

    async fn read(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.rollbacks.settled().await;
        let conn = self.pool.acquire().await.map_err(broken)?;
        Ok(Box::new(PostgresUnit::reading(conn, self.after())))
    }

    fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Never the address: it may hold a password.
        write!(f, "PostgresStore({} connections)", self.pool.size())
    }
}
