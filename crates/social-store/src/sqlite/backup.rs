//! Copies of a SQLite file, taken while it is used.

use std::path::Path;

use rusqlite::OpenFlags;
use social_core::ports::StoreError;

use super::SqliteStore;
use super::migrations::{found, refuse_newer};
use super::open::{connect, lasting};
use super::sql::schema as sql;
use super::statement::{aside, statement, value};

fn io(error: std::io::Error) -> StoreError {
    match error.kind() {
        std::io::ErrorKind::StorageFull => StoreError::Full(Box::new(error)),
        _ => StoreError::Backend(Box::new(error)),
    }
}

impl SqliteStore {
    /// Writes a copy of the database to the file `to`, which must not be there yet. The copy is of
    /// one instant and lasts when this returns; whoever works on the store goes on meanwhile.
    ///
    /// # Errors
    /// Where there is such a file, or it cannot be written. What was begun is then removed.
    pub async fn back_up(&self, to: impl AsRef<Path>) -> Result<(), StoreError> {
        let to = to.as_ref();
        let begun = beside(to);
        refuse_existing(to).await?;
        let done = self.copy(&begun).await;
        finish(done, &begun, to).await
    }

    async fn copy(&self, to: &Path) -> Result<(), StoreError> {
        // A connection of its own: a long copy must not keep a look at the queue waiting.
        let (from, name) = (self.path.clone(), to.to_string_lossy().into_owned());
        aside(move || {
            let conn = connect(&from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            statement(sql::BACK_UP).bind(name).each(&conn, &"the copy", |_| Ok(())).map(drop)
        })
        .await
    }

    /// Puts the copy `backup` in the place of the file `into`, which must not be there: move what
    /// is there aside first, together with the files beside it that end in `-wal` and `-shm`, with
    /// nobody at work on it. The copy is checked before.
    ///
    /// What was published since the copy was taken is, by the copy, still to be published. So look
    /// at the networks before a worker starts, and cancel what is visible there.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a file that is none of ours or damaged, [`StoreError::Newer`]
    /// for one of a newer release, and where `into` is there or cannot be written.
    pub async fn restore(
        backup: impl AsRef<Path>,
        into: impl AsRef<Path>,
    ) -> Result<(), StoreError> {
        let (backup, into) = (backup.as_ref(), into.as_ref());
        refuse_existing(into).await?;
        check(backup).await?;
        let begun = beside(into);
        let done = tokio::fs::copy(backup, &begun).await.map(drop).map_err(io);
        finish(done, &begun, into).await
    }
}

/// Where a file is written before it gets its name.
fn beside(to: &Path) -> std::path::PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

async fn refuse_existing(path: &Path) -> Result<(), StoreError> {
    if tokio::fs::try_exists(path).await.map_err(io)? {
        return Err(StoreError::Conflict(format!("the file {}", path.display())));
    }
    Ok(())
}

/// Gives a file that was written its name, once its bytes are sure to last.
async fn finish(done: Result<(), StoreError>, begun: &Path, to: &Path) -> Result<(), StoreError> {
    let named = async {
        done?;
        tokio::fs::File::open(begun).await.map_err(io)?.sync_all().await.map_err(io)?;
        tokio::fs::rename(begun, to).await.map_err(io)?;
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
        if cfg!(unix) {
            let folder = tokio::fs::File::open(folder.unwrap_or(Path::new("."))).await;
            folder.map_err(io)?.sync_all().await.map_err(io)?;
        }
        Ok(())
    };
    let named = named.await;
    if named.is_err() {
        let _ = tokio::fs::remove_file(begun).await;
    }
    named
}

/// Refuses what is no copy of a store, or a damaged one.
async fn check(backup: &Path) -> Result<(), StoreError> {
    let corrupt = |detail: String| StoreError::Corrupt { table: "the copy", detail };
    let backup = backup.to_owned();
    aside(move || {
        let conn = lasting(&backup)?;
        let version = found(&conn)?;
        refuse_newer(version)?;
        if version == 0 {
            return Err(corrupt(format!("{} is no copy of a store", backup.display())));
        }
        let told: String = value(&conn, sql::CHECK)?;
        if told == "ok" { Ok(()) } else { Err(corrupt(told)) }
    })
    .await
}
