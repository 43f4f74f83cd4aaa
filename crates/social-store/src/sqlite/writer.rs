//! The one connection that writes, and units that end even where nobody ends them.
//!
//! What costs is the disk's flush at the end of a transaction, so units that wait for their turn
//! share one: each is a savepoint within it, and none is told that it lasts before the flush.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use social_core::ports::StoreError;
use sqlx::{Executor as _, SqliteConnection};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::error::broken;

type Result<T> = std::result::Result<T, StoreError>;

/// The connection that writes.
///
/// There is one, handed on by a fair lock, so that within a process nobody is ever told that the
/// database is busy.
#[derive(Debug)]
pub(super) struct Writer {
    conn: SqliteConnection,
    /// The transaction that is open.
    batch: Option<Arc<Batch>>,
    /// The unit within it that has not ended.
    unit: Option<Place>,
    /// Whether SQLite knows of that unit.
    begun: bool,
}

/// What becomes of a transaction, for all whose units are in it.
#[derive(Debug, Default)]
struct Batch(OnceLock<std::result::Result<(), Lost>>);

/// Why nothing of a transaction lasts.
#[derive(Debug, Clone, Copy)]
enum Lost {
    Locked,
    Full,
    Other,
}

/// Where in its transaction a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It is the first: to undo it is to undo the transaction.
    First,
    /// It is a savepoint.
    Nested,
}

/// The writer, and how many wait for it.
#[derive(Debug)]
pub(super) struct Turns {
    writer: Arc<Mutex<Writer>>,
    waiting: AtomicUsize,
}

/// A unit on the writer. Dropped, it is rolled back.
pub(super) struct Transaction {
    turns: Arc<Turns>,
    writer: Option<OwnedMutexGuard<Writer>>,
    runtime: Handle,
}

impl Writer {
    /// Rolls back the unit that nobody ended, if there is one.
    async fn roll_back(&mut self) -> Result<()> {
        let Some(place) = self.unit else { return Ok(()) };
        if !self.begun {
            self.forget();
            return Ok(());
        }
        if place == Place::Nested {
            let undone = self.conn.execute("ROLLBACK TO unit; RELEASE unit").await;
            if undone.is_ok() {
                self.unit = None;
                return Ok(());
            }
            // SQLite gave up the whole transaction, as it does after some errors.
        }
        // It may be that none is open, for the same reason.
        let done = self.conn.execute("ROLLBACK").await;
        if let Err(error @ (sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed)) = done {
            return Err(broken(error));
        }
        self.end(Err(Lost::Other));
        Ok(())
    }

    /// Ends a unit that never reached SQLite.
    fn forget(&mut self) {
        if self.unit.take() == Some(Place::First) {
            self.batch = None;
        }
    }

    /// Makes the transaction last, with all units in it.
    async fn flush(&mut self) -> Result<()> {
        let done = self.conn.execute("COMMIT").await.map_err(broken);
        self.end(match &done {
            Ok(_) => Ok(()),
            Err(StoreError::Locked(_)) => Err(Lost::Locked),
            Err(StoreError::Full(_)) => Err(Lost::Full),
            Err(_) => Err(Lost::Other),
        });
        if done.is_err() {
            // None is open where SQLite rolled back by itself.
            let _ = self.conn.execute("ROLLBACK").await;
        }
        done.map(drop)
    }

    fn end(&mut self, outcome: std::result::Result<(), Lost>) {
        self.unit = None;
        if let Some(batch) = self.batch.take() {
            // It is set here alone, once, since the batch was just taken.
            let _ = batch.0.set(outcome);
        }
    }
}

impl Turns {
    pub(super) fn new(conn: SqliteConnection) -> Self {
        let writer = Writer { conn, batch: None, unit: None, begun: false };
        Self { writer: Arc::new(Mutex::new(writer)), waiting: AtomicUsize::new(0) }
    }

    async fn take(&self) -> OwnedMutexGuard<Writer> {
        let _waiting = Waiting::begin(&self.waiting);
        Arc::clone(&self.writer).lock_owned().await
    }
}

/// Counts who waits, until it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn begin(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Transaction {
    /// Waits for its turn.
    pub(super) async fn begin(turns: &Arc<Turns>) -> Result<Self> {
        let mut writer = turns.take().await;
        writer.roll_back().await?;
        writer.begun = false;
        if writer.batch.is_some() {
            writer.unit = Some(Place::Nested);
        } else {
            writer.unit = Some(Place::First);
            writer.batch = Some(Arc::default());
        }
        let (turns, runtime) = (Arc::clone(turns), Handle::current());
        Ok(Self { turns, writer: Some(writer), runtime })
    }

    /// The connection, and what must be sent before anything else. `IMMEDIATE` takes the write lock
    /// at once: a transaction that first reads and then writes would be refused where another
    /// process wrote between.
    pub(super) fn conn(&mut self) -> Result<(Option<&'static str>, &mut SqliteConnection)> {
        let Some(writer) = &mut self.writer else { return Err(crate::shared::poisoned()) };
        let begun = std::mem::replace(&mut writer.begun, true);
        let first = match writer.unit {
            _ if begun => None,
            Some(Place::Nested) => Some("SAVEPOINT unit"),
            Some(Place::First) | None => Some("BEGIN IMMEDIATE"),
        };
        Ok((first, &mut writer.conn))
    }

    /// What ends the unit within its transaction, to be sent with its last statements.
    pub(super) fn last(&self) -> Option<&'static str> {
        let writer = self.writer.as_ref()?;
        (writer.begun && writer.unit == Some(Place::Nested)).then_some("RELEASE unit")
    }

    /// Makes it last, after [`Self::last`] was sent.
    pub(super) async fn commit(mut self) -> Result<()> {
        let Some(mut writer) = self.writer.take() else { return Err(crate::shared::poisoned()) };
        let Some(batch) = writer.batch.clone() else { return Err(crate::shared::poisoned()) };
        if !writer.begun {
            writer.forget();
            return Ok(());
        }
        writer.unit = None;
        if self.turns.waiting.load(Ordering::Relaxed) == 0 {
            return writer.flush().await;
        }
        // Whoever waits goes first, and lasts by the same flush: this one's turn comes after
        // theirs. In a task of its own, since nobody may be left who waits for the answer.
        drop(writer);
        let turns = Arc::clone(&self.turns);
        let flushed = self.runtime.spawn(async move { batch.last(&turns).await }).await;
        flushed.map_err(|error| StoreError::Backend(Box::new(error)))?
    }
}

impl Batch {
    /// Sees to it that the transaction ends, and says how it ended.
    async fn last(&self, turns: &Turns) -> Result<()> {
        if self.0.get().is_none() {
            let mut writer = turns.take().await;
            if self.0.get().is_none() {
                writer.roll_back().await?;
            }
            if self.0.get().is_none() {
                return writer.flush().await;
            }
        }
        let lost = |cause: &str| Box::new(std::io::Error::other(cause.to_owned()));
        match self.0.get() {
            Some(Ok(())) => Ok(()),
            Some(Err(Lost::Locked)) => Err(StoreError::Locked(lost("it was locked"))),
            Some(Err(Lost::Full)) => Err(StoreError::Full(lost("it is full"))),
            Some(Err(Lost::Other)) | None => {
                Err(StoreError::Backend(lost("the transaction that it was part of was undone")))
            }
        }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(mut writer) = self.writer.take() else { return };
        if writer.unit.is_none() {
            return;
        }
        // Nothing can be awaited here. The lock goes along, so that whoever comes next finds it
        // rolled back; where no runtime is left, whoever comes next does it.
        self.runtime.spawn(async move {
            if let Err(error) = writer.roll_back().await {
                tracing::error!(%error, "a unit of work could not be rolled back");
            }
        });
    }
}
