//! When what was written is on the disk.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use social_core::ports::StoreError;

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
}

impl Disk {
    /// The log beside the database at `path`, which is open.
    pub(super) fn of(path: &Path) -> std::io::Result<Self> {
        let mut log = std::fs::canonicalize(path)?.into_os_string();
        log.push("-wal");
        let log = OpenOptions::new().write(true).open(log)?;
        Ok(Self { log, written: AtomicU64::new(0), synced: Mutex::new(0) })
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
}
