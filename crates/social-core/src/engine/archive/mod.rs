//! Everything that an engine holds, one JSON object a line (NDJSON): to be moved to another store,
//! read by other programs, or kept.
//!
//! The first line says which version of the form it is, the last one how many lines there are, so
//! that a file that was cut off is known. Ids, versions and times stay as they are. Left out is what
//! can be made again or is over soon: renditions, sessions, sign-ins, confirmations, idempotency
//! keys, events that were told.

mod export;
mod import;
mod line;

use std::sync::Arc;

pub use export::ExportOptions;
pub use import::Imported;

use super::{Error, Ports};
use crate::ports::{BlobStore, Clock, Sealer, Store, StoreError};

/// The form that this release writes and reads.
const VERSION: u32 = 1;

/// Why something could not be exported or imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The engine.
    #[error(transparent)]
    Engine(#[from] Error),
    /// The file.
    #[error("the file cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// It is no export.
    #[error("this is no export: its first line does not say so")]
    NoExport,
    /// It was written by a newer release.
    #[error("the export is of a newer release (form {found}; this one knows {VERSION}): use that")]
    Newer {
        /// The form found.
        found: u32,
    },
    /// A line does not read back.
    #[error("line {number} does not read back: {why}; what stood before it was taken in")]
    Line {
        /// Which one, from 1.
        number: u64,
        /// What is wrong with it.
        why: String,
    },
    /// It ends early.
    #[error("the export ends early, after {0} lines: it was cut off; what is there was taken in")]
    Cut(u64),
}

impl From<StoreError> for ArchiveError {
    fn from(error: StoreError) -> Self {
        Self::Engine(error.into())
    }
}

/// Exports and imports everything.
#[derive(Debug, Clone)]
pub struct Archive {
    store: Arc<dyn Store>,
    blobs: Arc<dyn BlobStore>,
    sealer: Arc<dyn Sealer>,
    clock: Arc<dyn Clock>,
}

impl Archive {
    /// An archive of what an engine holds.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        let Ports { store, blobs, sealer, clock, .. } = ports.clone();
        Self::over(store, blobs, sealer, clock)
    }

    /// An archive over stores without an engine.
    #[must_use]
    pub fn over(
        store: Arc<dyn Store>,
        blobs: Arc<dyn BlobStore>,
        sealer: Arc<dyn Sealer>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { store, blobs, sealer, clock }
    }
}
