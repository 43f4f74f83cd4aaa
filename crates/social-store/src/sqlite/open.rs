//! Opening a SQLite file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use social_core::ports::{Clock, StoreError};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Executor as _, SqliteConnection};
use tokio::sync::{Mutex, Notify};

use super::SqliteStore;
use super::error::broken;
use super::migrations::{found, migrate, refuse_newer};
use super::readers::Readers;
use super::writer::Turns;
use crate::pulse::Pulse;

/// The file's name in a data folder.
const FILE: &str = "social.db";
/// How many units may read at once. Each is a thread.
const READERS: usize = 3;
/// How long to wait for another process's write.
const BUSY: Duration = Duration::from_secs(5);

impl SqliteStore {
    /// Opens the file at `path`, which is made where there is none, and brings its schema up to
    /// date.
    ///
    /// # Errors
    /// [`StoreError::Newer`] where a newer release wrote it, which is then left as it is;
    /// [`StoreError::Locked`] where another process holds it; and what else can go wrong.
    pub async fn open(path: impl AsRef<Path>, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let options =
            SqliteConnectOptions::new().filename(path).busy_timeout(BUSY).foreign_keys(true);
        look(path, &options).await?;
        let mut conn = options.clone().create_if_missing(true).connect().await.map_err(broken)?;
        use_wal(&mut conn).await?;
        // A committed unit lasts, whatever happens to the machine: that is what publishing once
        // stands on, since the fence around a commit is a row. WAL alone with `NORMAL` may lose
        // the last transactions with the power; `FULL` flushes the log at each commit.
        conn.execute("PRAGMA synchronous = FULL").await.map_err(broken)?;
        // What many units change in one flush is held until then (16 MiB of pages), and what is
        // changed again and again reaches the file once (by 16 MiB of log).
        conn.execute("PRAGMA cache_size = -16384").await.map_err(broken)?;
        conn.execute("PRAGMA wal_autocheckpoint = 4000").await.map_err(broken)?;
        conn.execute("PRAGMA temp_store = MEMORY").await.map_err(broken)?;
        conn.execute("BEGIN IMMEDIATE").await.map_err(broken)?;
        migrate(&mut conn, clock.now()).await?;
        conn.execute("COMMIT").await.map_err(broken)?;
        let options = options.read_only(true);
        let reader = options.connect().await.map_err(broken)?;
        let mut readers = Vec::new();
        for _ in 0..READERS {
            readers.push(options.connect().await.map_err(broken)?);
        }
        Ok(Self {
            path: path.to_owned(),
            writer: Arc::new(Turns::new(conn)),
            readers: Arc::new(Readers::new(readers)),
            reader: Mutex::new(reader),
            woken: Arc::new(Notify::new()),
            news: Arc::default(),
            pulse: Pulse::default(),
        })
    }

    /// Opens `social.db` in `folder`, which is made where it is missing.
    ///
    /// # Errors
    /// As [`SqliteStore::open`], and where the folder cannot be made.
    pub async fn open_in(
        folder: impl AsRef<Path>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        let folder = folder.as_ref();
        let made = tokio::fs::create_dir_all(folder).await;
        made.map_err(|error| StoreError::Backend(Box::new(error)))?;
        Self::open(folder.join(FILE), clock).await
    }
}

/// Refuses a file of a newer release before anything could touch it: even the journal's mode is
/// written in it.
async fn look(path: &Path, options: &SqliteConnectOptions) -> Result<(), StoreError> {
    if !path.exists() {
        return Ok(());
    }
    // Where it cannot be read like this, it is looked at again under the write lock.
    if let Ok(mut conn) = options.clone().read_only(true).connect().await
        && let Ok(found) = found(&mut conn).await
    {
        refuse_newer(found)?;
    }
    Ok(())
}

/// Turns the write-ahead log on, which lets readers read while a unit writes.
async fn use_wal(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let mut tries = 0;
    loop {
        let mode: Result<String, _> =
            sqlx::query_scalar("PRAGMA journal_mode = WAL").fetch_one(&mut *conn).await;
        match mode.map_err(broken) {
            // Another process opens the file at this moment, and the change of mode does not
            // wait for it. A transaction does.
            Err(StoreError::Locked(_)) if tries < 10 => {
                conn.execute("BEGIN IMMEDIATE").await.map_err(broken)?;
                conn.execute("ROLLBACK").await.map_err(broken)?;
                tries += 1;
            }
            other => return other.map(drop),
        }
    }
}
