//! Connections that read: each unit on one sees the last commit, and waits for no writer.

use std::sync::{Arc, Mutex, PoisonError};

use social_core::ports::StoreError;
use sqlx::{Executor as _, SqliteConnection};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The connections that read.
#[derive(Debug)]
pub(super) struct Readers {
    free: Mutex<Vec<SqliteConnection>>,
    places: Arc<Semaphore>,
}

/// One of them, in a transaction, so that what is read fits together.
pub(super) struct Reading {
    readers: Arc<Readers>,
    conn: Option<SqliteConnection>,
    place: Option<OwnedSemaphorePermit>,
    /// Whether SQLite knows of it.
    begun: bool,
    runtime: Handle,
}

impl Readers {
    pub(super) fn new(conns: Vec<SqliteConnection>) -> Self {
        let places = Arc::new(Semaphore::new(conns.len()));
        Self { free: Mutex::new(conns), places }
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reading {
    pub(super) async fn begin(readers: &Arc<Readers>) -> Result<Self, StoreError> {
        let gone = |_| crate::shared::poisoned();
        let place = Arc::clone(&readers.places).acquire_owned().await.map_err(gone)?;
        let conn = readers.free().pop();
        let (readers, runtime) = (Arc::clone(readers), Handle::current());
        Ok(Self { readers, conn, place: Some(place), begun: false, runtime })
    }

    /// The connection, and what must be sent before anything else.
    pub(super) fn conn(
        &mut self,
    ) -> Result<(Option<&'static str>, &mut SqliteConnection), StoreError> {
        let conn = self.conn.as_mut().ok_or_else(crate::shared::poisoned)?;
        let begun = std::mem::replace(&mut self.begun, true);
        Ok(((!begun).then_some("BEGIN"), conn))
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let (Some(mut conn), place) = (self.conn.take(), self.place.take()) else { return };
        let readers = Arc::clone(&self.readers);
        if !self.begun {
            readers.free().push(conn);
            return;
        }
        self.runtime.spawn(async move {
            // None is open where it could not begin.
            let _ = conn.execute("ROLLBACK").await;
            readers.free().push(conn);
            drop(place);
        });
    }
}
