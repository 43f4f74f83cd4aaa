//! The one connection that writes, and units that end even where nobody ends them.
//!
//! What costs is to write a transaction out, so units that wait for their turn share one: each is a
//! savepoint within it. None is told that it lasts before the disk has it, and while the disk is at
//! it the next units go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rusqlite::Connection;
use social_core::ports::StoreError;
use tokio::sync::{Mutex, OwnedMutexGuard, watch};

use super::disk::Disk;
use super::error::broken;
use super::open::BUSY;
use super::statement::{aside, plain};

type Result<T> = std::result::Result<T, StoreError>;

/// The connection that writes.
///
/// There is one, handed on by a fair lock, so that within a process nobody is ever told that the
/// database is busy.
#[derive(Debug)]
pub(super) struct Writer {
    conn: Connection,
    /// The transaction that is open.
    batch: Option<Arc<Batch>>,
    /// The unit within it that has not ended.
    unit: Option<Place>,
    disk: Arc<Disk>,
}

/// What becomes of a transaction, for all whose units are in it.
#[derive(Debug, Default)]
struct Batch {
    /// Whether somebody sees to it that it ends.
    led: AtomicBool,
    end: watch::Sender<Option<std::result::Result<(), Lost>>>,
}

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
}

impl Writer {
    /// Begins a unit within the transaction that is open, or one of its own. Where another process
    /// writes, this is [`StoreError::Locked`] at once.
    fn begin(&mut self) -> Result<()> {
        if self.batch.is_some() {
            plain(&self.conn, "SAVEPOINT unit")?;
            self.unit = Some(Place::Nested);
            return Ok(());
        }
        // What is left where even the rollback failed.
        if !self.conn.is_autocommit() {
            plain(&self.conn, "ROLLBACK")?;
        }
        // `IMMEDIATE` takes the write lock at once: a transaction that first reads and then writes
        // would be refused where another process wrote between.
        plain(&self.conn, "BEGIN IMMEDIATE")?;
        self.unit = Some(Place::First);
        self.batch = Some(Arc::default());
        Ok(())
    }

    /// The same, waiting for other processes, which keeps the thread.
    fn begin_patiently(&mut self) -> Result<()> {
        self.conn.busy_timeout(BUSY).map_err(broken)?;
        let begun = self.begin();
        self.conn.busy_timeout(Duration::ZERO).map_err(broken)?;
        begun
    }

    /// Undoes the unit that nobody ended, if there is one.
    fn roll_back(&mut self) -> Result<()> {
        let undone = match self.unit.take() {
            None => return Ok(()),
            // SQLite gives up the whole transaction after some errors.
            Some(_) if self.conn.is_autocommit() => Ok(()),
            Some(Place::Nested) => {
                let undone = plain(&self.conn, "ROLLBACK TO unit");
                match undone.and_then(|()| plain(&self.conn, "RELEASE unit")) {
                    Ok(()) => return Ok(()),
                    Err(_) => plain(&self.conn, "ROLLBACK"),
                }
            }
            Some(Place::First) => plain(&self.conn, "ROLLBACK"),
        };
        self.end(Err(Lost::Other));
        undone
    }

    /// Writes the transaction out, with all units in it.
    fn commit(&mut self) -> Result<u64> {
        let done = plain(&self.conn, "COMMIT");
        // None is open where SQLite rolled back by itself.
        if done.is_err() && !self.conn.is_autocommit() {
            plain(&self.conn, "ROLLBACK")?;
        }
        done.map(|()| self.disk.written())
    }

    fn end(&mut self, outcome: std::result::Result<(), Lost>) {
        self.unit = None;
        if let Some(batch) = self.batch.take() {
            batch.end.send_replace(Some(outcome));
        }
    }
}

/// Makes the transaction last, with all units in it, and tells them. Waits for the disk, but lets
/// the next units go on meanwhile: what they write lasts no earlier than this.
fn flush(mut writer: OwnedMutexGuard<Writer>) -> Result<()> {
    writer.unit = None;
    let batch = writer.batch.take();
    let disk = Arc::clone(&writer.disk);
    let written = writer.commit();
    drop(writer);
    let number = written.as_ref().map_or(0, |number| *number);
    let done = written.and_then(|number| disk.sync(number));
    if let Some(batch) = batch {
        batch.end.send_replace(Some(match &done {
            Ok(()) => Ok(()),
            Err(StoreError::Locked(_)) => Err(Lost::Locked),
            Err(StoreError::Full(_)) => Err(Lost::Full),
            Err(_) => Err(Lost::Other),
        }));
    }
    // Nobody waits for that.
    if done.is_ok() && Disk::is_due(number) {
        tokio::task::spawn_blocking(move || disk.tidy());
    }
    done
}

impl Turns {
    pub(super) fn new(conn: Connection, disk: Disk) -> Self {
        let writer = Writer { conn, batch: None, unit: None, disk: Arc::new(disk) };
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
        let begun = writer.begin();
        let mut transaction = Self { turns: Arc::clone(turns), writer: Some(writer) };
        if !matches!(begun, Err(StoreError::Locked(_))) {
            return begun.map(|()| transaction);
        }
        aside(move || {
            transaction.writer.as_mut().map_or(Ok(()), |writer| writer.begin_patiently())?;
            Ok(transaction)
        })
        .await
    }

    pub(super) fn conn(&self) -> Result<&Connection> {
        self.writer.as_ref().map(|writer| &writer.conn).ok_or_else(crate::shared::poisoned)
    }

    /// Makes it last.
    pub(super) async fn commit(mut self) -> Result<()> {
        let Some(writer) = &mut self.writer else { return Err(crate::shared::poisoned()) };
        let Some(batch) = writer.batch.clone() else { return Err(crate::shared::poisoned()) };
        if writer.unit == Some(Place::Nested) {
            plain(&writer.conn, "RELEASE unit")?;
        }
        writer.unit = None;
        let Some(writer) = self.writer.take() else { return Err(crate::shared::poisoned()) };
        if self.turns.waiting.load(Ordering::Relaxed) == 0 {
            return aside(move || flush(writer)).await;
        }
        // Whoever waits goes first, and lasts by the same flush: the first to end sees to it, when
        // it is its turn after theirs. In a task of its own, since nobody may be left who waits.
        drop(writer);
        if !batch.led.swap(true, Ordering::Relaxed) {
            let (turns, batch) = (Arc::clone(&self.turns), Arc::clone(&batch));
            tokio::spawn(async move { batch.lead(&turns).await });
        }
        batch.ended().await
    }
}

impl Batch {
    /// Sees to it that the transaction ends.
    async fn lead(&self, turns: &Turns) {
        let writer = turns.take().await;
        // Another may have ended it: whose turn it was when nobody waited.
        if writer.batch.as_deref().is_some_and(|batch| std::ptr::eq(batch, self)) {
            // Those who wait are told by `end`.
            let _ = aside(move || flush(writer)).await;
        }
    }

    /// How the transaction ended.
    async fn ended(&self) -> Result<()> {
        let mut end = self.end.subscribe();
        let ended = end.wait_for(Option::is_some).await.map(|end| *end);
        let lost = |cause: &str| Box::new(std::io::Error::other(cause.to_owned()));
        match ended {
            Ok(Some(Ok(()))) => Ok(()),
            Ok(Some(Err(Lost::Locked))) => Err(StoreError::Locked(lost("it was locked"))),
            Ok(Some(Err(Lost::Full))) => Err(StoreError::Full(lost("it is full"))),
            Ok(Some(Err(Lost::Other)) | None) | Err(_) => {
                Err(StoreError::Backend(lost("the transaction that it was part of was undone")))
            }
        }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(writer) = &mut self.writer else { return };
        if let Err(error) = writer.roll_back() {
            tracing::error!(%error, "a unit of work could not be rolled back");
        }
    }
}
