//! A store in a SQLite file.

mod backup;
mod columns;
mod content;
mod disk;
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
mod readers;
mod series;
mod slots;
mod sql;
mod statement;
mod tenants;
mod unit;
mod uploads;
mod webhooks;
mod words;
mod writer;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use columns::Columns;
use readers::{Readers, Reading};
use rusqlite::Connection;
use social_core::ports::{Store, StoreError, UnitOfWork};
use statement::Statement;
use tokio::sync::{Notify, watch};
use unit::SqliteUnit;
use writer::{Transaction, Turns};

use crate::pulse::Pulse;

/// A store in a SQLite file.
///
/// One connection writes, so units of one process wait for each other and are never told that the
/// database is busy; those that only read have connections of their own and wait for no writer.
/// Units that wait are flushed to the disk together. Several processes may have the file open: a unit then waits up
/// to five seconds for another process's, and fails with [`StoreError::Locked`] after that.
///
/// ```
/// use std::sync::{Arc, Mutex, PoisonError};
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
    writer: Arc<Turns>,
    readers: Arc<Readers>,
    /// For the queue's looks, so that they never wait for a unit.
    reader: Mutex<Connection>,
    woken: Arc<Notify>,
    news: Arc<watch::Sender<u64>>,
    pulse: Pulse,
}

impl SqliteStore {
    async fn unit(&self) -> Result<SqliteUnit, StoreError> {
        let transaction = Transaction::begin(&self.writer).await?;
        Ok(SqliteUnit::new(transaction.into(), Arc::clone(&self.woken), Arc::clone(&self.news)))
    }

    /// Reads rows of `table` outside any unit, as of the last commit. Never waits for a writer.
    fn look<T>(
        &self,
        statement: &Statement,
        table: &'static str,
        read: fn(&Columns<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rows = Vec::new();
        statement.each(&reader, &table, |row| {
            rows.push(read(&Columns { table, row })?);
            Ok(())
        })?;
        Ok(rows)
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(Box::new(self.unit().await?))
    }

    async fn read(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let reading = Reading::begin(&self.readers).await?;
        let (woken, news) = (Arc::clone(&self.woken), Arc::clone(&self.news));
        Ok(Box::new(SqliteUnit::new(reading.into(), woken, news)))
    }

    fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqliteStore({})", self.path.display())
    }
}
