//! Opening a SQLite file.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use social_core::Timestamp;
use social_core::ports::{Clock, StoreError};
use tokio::sync::Notify;

use super::SqliteStore;
use super::disk::Disk;
use super::error::broken;
use super::migrations::{found, migrate, refuse_newer};
use super::readers::Readers;
use super::statement::{aside, plain, value};
use super::writer::Turns;
use crate::pulse::Pulse;

/// The file's name in a data folder.
const FILE: &str = "social.db";
/// How many units may read at once.
const READERS: usize = 4;
/// How many statements a connection keeps ready: more than there are.
const STATEMENTS: usize = 256;
/// How much of the file a reader looks at in place (256 MiB), rather than by a copy of each page.
const IN_PLACE: &str = "PRAGMA mmap_size = 268435456";
/// How long to wait for another process's write.
pub(super) const BUSY: Duration = Duration::from_secs(5);

impl SqliteStore {
    /// Opens the file at `path`, which is made where there is none, and brings its schema up to
    /// date.
    ///
    /// # Errors
    /// [`StoreError::Newer`] where a newer release wrote it, which is then left as it is;
    /// [`StoreError::Locked`] where another process holds it; and what else can go wrong.
    pub async fn open(path: impl AsRef<Path>, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        let now = clock.now();
        aside(move || open(path, now)).await
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

/// Opens the file and all connections to it.
fn open(path: PathBuf, now: Timestamp) -> Result<SqliteStore, StoreError> {
    look(&path)?;
    let conn = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    use_wal(&conn)?;
    // A committed unit lasts, whatever happens to the machine: that is what publishing once stands
    // on, since the fence around a commit is a row. `Disk` sees to it.
    plain(&conn, "PRAGMA synchronous = NORMAL")?;
    // What many units change in one flush is held until then (16 MiB of pages), and what is
    // changed again and again reaches the file once (by 16 MiB of log).
    plain(&conn, "PRAGMA cache_size = -16384")?;
    plain(&conn, "PRAGMA wal_autocheckpoint = 4000")?;
    plain(&conn, "PRAGMA temp_store = MEMORY")?;
    plain(&conn, "BEGIN IMMEDIATE")?;
    migrate(&conn, now)?;
    plain(&conn, "COMMIT")?;
    let disk = Disk::of(&path)?;
    disk.sync(disk.written())?;
    // A unit of this process waits for others on a thread of its own.
    conn.busy_timeout(Duration::ZERO).map_err(broken)?;
    let reader = || {
        let reader = connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        plain(&reader, IN_PLACE)?;
        Ok(reader)
    };
    let readers = (0..READERS).map(|_| reader()).collect::<Result<_, _>>()?;
    Ok(SqliteStore {
        writer: Arc::new(Turns::new(conn, disk)),
        readers: Arc::new(Readers::new(readers)),
        reader: Mutex::new(reader()?),
        path,
        woken: Arc::new(Notify::new()),
        news: Arc::default(),
        pulse: Pulse::default(),
    })
}

/// A connection to the file, which waits for other processes.
pub(super) fn connect(path: &Path, how: OpenFlags) -> Result<Connection, StoreError> {
    let how = how | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    prepared(Connection::open_with_flags(path, how).map_err(broken)?)
}

/// A connection to a file that nobody changes. Nothing is written, not even beside it.
pub(super) fn lasting(path: &Path) -> Result<Connection, StoreError> {
    let path = path.to_string_lossy();
    let path = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let how = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let conn = Connection::open_with_flags(format!("file:{path}?immutable=1"), how);
    prepared(conn.map_err(broken)?)
}

fn prepared(conn: Connection) -> Result<Connection, StoreError> {
    conn.busy_timeout(BUSY).map_err(broken)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    plain(&conn, "PRAGMA foreign_keys = ON")?;
    Ok(conn)
}

/// Refuses a file of a newer release before anything could touch it: even the journal's mode is
/// written in it.
fn look(path: &Path) -> Result<(), StoreError> {
    if !path.exists() {
        return Ok(());
    }
    // Where it cannot be read like this, it is looked at again under the write lock.
    if let Ok(conn) = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        && let Ok(found) = found(&conn)
    {
        refuse_newer(found)?;
    }
    Ok(())
}

/// Turns the write-ahead log on, which lets readers read while a unit writes.
fn use_wal(conn: &Connection) -> Result<(), StoreError> {
    let mut tries = 0;
    loop {
        match value::<String>(conn, "PRAGMA journal_mode = WAL") {
            // Another process opens the file at this moment, and the change of mode does not
            // wait for it. A transaction does.
            Err(StoreError::Locked(_)) if tries < 10 => {
                plain(conn, "BEGIN IMMEDIATE")?;
                plain(conn, "ROLLBACK")?;
                tries += 1;
            }
            other => return other.map(drop),
        }
    }
}
