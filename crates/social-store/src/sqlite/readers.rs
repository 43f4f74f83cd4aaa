//! Connections that read: each unit on one sees the last commit, and waits for no writer.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use social_core::ports::StoreError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::statement::plain;

/// The connections that read.
#[derive(Debug)]
pub(super) struct Readers {
    free: Mutex<Vec<Connection>>,
    places: Arc<Semaphore>,
}

/// One of them, in a transaction, so that what is read fits together.
pub(super) struct Reading {
    readers: Arc<Readers>,
    conn: Option<Connection>,
    _place: OwnedSemaphorePermit,
}

impl Readers {
    pub(super) fn new(conns: Vec<Connection>) -> Self {
        let places = Arc::new(Semaphore::new(conns.len()));
        Self { free: Mutex::new(conns), places }
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reading {
    pub(super) async fn begin(readers: &Arc<Readers>) -> Result<Self, StoreError> {
        let gone = |_| crate::shared::poisoned();
        let place = Arc::clone(&readers.places).acquire_owned().await.map_err(gone)?;
        let conn = readers.free().pop();
        let reading = Self { readers: Arc::clone(readers), conn, _place: place };
        plain(reading.conn()?, "BEGIN")?;
        Ok(reading)
    }

    pub(super) fn conn(&self) -> Result<&Connection, StoreError> {
        self.conn.as_ref().ok_or_else(crate::shared::poisoned)
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let Some(conn) = self.conn.take() else { return };
        // None is open where it could not begin.
        if !conn.is_autocommit()
            && let Err(error) = plain(&conn, "ROLLBACK")
        {
            tracing::error!(%error, "what was read from could not be let go");
        }
        self.readers.free().push(conn);
    }
}
