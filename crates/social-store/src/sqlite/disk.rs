//! When what was written is on the disk.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags};
use social_core::ports::StoreError;

use super::open::connect;
use super::statement::plain;

/// After how many transactions the log is moved to its place. SQLite moves what is left when the log
/// is long (`wal_autocheckpoint`), for which all wait, so there should not be much.
const MOVED: u64 = 16;

/// The log that transactions are written to, and how far the disk has it.
///
/// SQLite itself flushes the log before it moves what stands there to its place
/// (`synchronous = NORMAL`), but not at each commit. It is flushed here, once for all that was
/// written meanwhile, while the next units go on. A log is good up to its first damage: what a unit
/// saw of another lasts whenever its own writes do.
/// See <https://www.sqlite.org/pragma.html#pragma_synchronous>.
#[derive(Debug)]
pub(super) struct Disk {
    log: File,
    /// How many transactions were written.
    written: AtomicU64,
    /// How many of them the disk has.
    synced: Mutex<u64>,
    /// What moves the log to its place, while units go on.
    mover: Mutex<Connection>,
}

impl Disk {
    /// The log beside the database at `path`, which is open.
    pub(super) fn of(path: &Path) -> Result<Self, StoreError> {
        let log = log_of(path).map_err(|error| StoreError::Backend(Box::new(error)))?;
        let mover = Mutex::new(connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?);
        Ok(Self { log, written: AtomicU64::new(0), synced: Mutex::new(0), mover })
    }

    /// Counts a transaction that was just written.
    pub(super) fn written(&self) -> u64 {
        self.written.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Returns when the disk has the transaction of that number and all before it.
    pub(super) fn sync(&self, number: u64) -> Result<(), StoreError> {
        let mut synced = self.synced.lock().unwrap_or_else(PoisonError::into_inner);
        if *synced < number {
            let written = self.written.load(Ordering::SeqCst);
            self.log.sync_data().map_err(|error| match error.kind() {
                std::io::ErrorKind::StorageFull => StoreError::Full(Box::new(error)),
                _ => StoreError::Backend(Box::new(error)),
            })?;
            *synced = written;
        }
        Ok(())
    }

    /// Whether the log should be moved after the transaction of that number.
    pub(super) fn is_due(number: u64) -> bool {
        number.is_multiple_of(MOVED)
    }

    /// Moves the log to its place, unless that is being done. That it could not be moved harms
    /// nothing: the log holds until it is.
    pub(super) fn tidy(&self) {
        let Ok(mover) = self.mover.try_lock() else { return };
        if let Err(error) = plain(&mover, "PRAGMA wal_checkpoint(PASSIVE)") {
            tracing::warn!(%error, "the log of the database could not be moved to its place");
        }
    }
}

fn log_of(path: &Path) -> std::io::Result<File> {
    let mut log = std::fs::canonicalize(path)?.into_os_string();
    log.push("-wal");
    OpenOptions::new().write(true).open(log)
}
