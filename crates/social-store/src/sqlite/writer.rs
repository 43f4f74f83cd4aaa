//! The one connection that writes, and transactions that end even where nobody ends them.

use std::sync::Arc;

use social_core::ports::StoreError;
use sqlx::{Executor as _, SqliteConnection};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::error::broken;

/// The connection that writes.
///
/// There is one, handed on by a fair lock, so that within a process nobody is ever told that the
/// database is busy.
#[derive(Debug)]
pub(super) struct Writer {
    conn: SqliteConnection,
    /// Whether a transaction may be open on it.
    open: bool,
}

/// A transaction on the writer. Dropped, it is rolled back.
pub(super) struct Transaction {
    writer: Option<OwnedMutexGuard<Writer>>,
    runtime: Handle,
}

impl Writer {
    pub(super) fn new(conn: SqliteConnection) -> Self {
        Self { conn, open: false }
    }

    async fn roll_back(&mut self) -> Result<(), StoreError> {
        if self.open {
            // It may be that none is open: SQLite itself rolls back after some errors.
            let done = self.conn.execute("ROLLBACK").await;
            if let Err(error @ (sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed)) = done {
                return Err(broken(error));
            }
            self.open = false;
        }
        Ok(())
    }
}

impl Transaction {
    /// Waits for its turn and begins. `IMMEDIATE` takes the write lock at once: a transaction
    /// that first reads and then writes would be refused where another process wrote between.
    pub(super) async fn begin(writer: &Arc<Mutex<Writer>>) -> Result<Self, StoreError> {
        let mut writer = Arc::clone(writer).lock_owned().await;
        writer.roll_back().await?;
        let mut begun = Self { writer: Some(writer), runtime: Handle::current() };
        if let Some(writer) = &mut begun.writer {
            writer.open = true;
            writer.conn.execute("BEGIN IMMEDIATE").await.map_err(broken)?;
        }
        Ok(begun)
    }

    /// The connection.
    pub(super) fn conn(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        match &mut self.writer {
            Some(writer) => Ok(&mut writer.conn),
            None => Err(crate::shared::poisoned()),
        }
    }

    /// Makes it last.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        if let Some(writer) = &mut self.writer {
            writer.conn.execute("COMMIT").await.map_err(broken)?;
            writer.open = false;
        }
        Ok(())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if let Some(mut writer) = self.writer.take()
            && writer.open
        {
            // Nothing can be awaited here. The lock goes along, so that whoever comes next finds
            // it rolled back; where no runtime is left, whoever comes next does it.
            self.runtime.spawn(async move {
                if let Err(error) = writer.roll_back().await {
                    tracing::error!(%error, "a unit of work could not be rolled back");
                }
            });
        }
    }
}
