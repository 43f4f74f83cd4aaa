//! A store in a SQLite file.

mod backup;
mod columns;
mod content;
mod error;
mod identity;
mod jobs;
mod journal;
mod limiter;
mod migrations;
mod open;
mod queue;
mod sql;
mod tenants;
mod unit;
mod writer;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use social_core::ports::{Store, StoreError, UnitOfWork};
use sqlx::SqliteConnection;
use tokio::sync::{Mutex, Notify};
use unit::SqliteUnit;
use writer::{Transaction, Writer};

use crate::pulse::Pulse;

/// A store in a SQLite file.
///
/// One connection writes and one reads, so units of one process wait for each other and are never
/// told that the database is busy. Several processes may have the file open: a unit then waits up
/// to five seconds for another process's, and fails with [`StoreError::Locked`] after that.
///
/// ```
/// use std::sync::Arc;
///
/// use social_core::ports::{Store, SystemClock};
/// use social_store::SqliteStore;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// let store = SqliteStore::open_in(folder.path(), Arc::new(SystemClock::new())).await?;
/// let mut unit = store.begin().await?;
/// assert!(unit.workspaces().list().await?.is_empty());
/// # Ok(())
/// # }
/// ```
pub struct SqliteStore {
    path: PathBuf,
    writer: Arc<Mutex<Writer>>,
    reader: Mutex<SqliteConnection>,
    woken: Arc<Notify>,
    pulse: Pulse,
}

impl SqliteStore {
    async fn unit(&self) -> Result<SqliteUnit, StoreError> {
        let transaction = Transaction::begin(&self.writer).await?;
        Ok(SqliteUnit::new(transaction, Arc::clone(&self.woken)))
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(Box::new(self.unit().await?))
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqliteStore({})", self.path.display())
    }
}
