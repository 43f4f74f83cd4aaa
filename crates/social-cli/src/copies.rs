//! Copies of what an engine holds: `social export`, `import`, `backup`, `restore`.

use std::path::{Path, PathBuf};

use serde_json::json;
use social::core::engine::ExportOptions;
use social::store::SqliteStore;
use tokio::io::{AsyncWriteExt as _, BufReader, BufWriter};

use crate::args::{Backup, Export, Import, KeyAction, Restore};
use crate::failure::Failure;
use crate::key::open;
use crate::output::{Output, complain};
use crate::remote::lines;

/// Writes everything, an object a line.
pub(crate) async fn export(options: Export) -> Result<(), Failure> {
    let social = open(&options.at, false).await?;
    let archive = social.archive();
    let what = ExportOptions { secrets: options.with_secrets, media: !options.no_media };
    let count = if is_standard(&options.file) {
        archive.export(&what, &mut BufWriter::new(tokio::io::stdout())).await?
    } else {
        let mut file = tokio::fs::OpenOptions::new();
        file.write(true).create_new(true);
        // It may hold what is private, and sealed secrets.
        #[cfg(unix)]
        file.mode(0o600);
        let opened = file
            .open(&options.file)
            .await
            .map_err(|error| Failure::input(format!("{}: {error}", options.file.display())))?;
        let mut to = BufWriter::new(opened);
        let count = archive.export(&what, &mut to).await?;
        to.flush().await?;
        to.into_inner().sync_all().await?;
        count
    };
    if !options.with_secrets {
        complain("Tokens, passwords and keys were left out; people sign in again after an import.");
    }
    if !is_standard(&options.file) {
        let file = options.file.display().to_string();
        Output::choose(options.at.json).answer(&json!({ "file": file, "lines": count }), lines);
    }
    Ok(())
}

/// Takes in what an export wrote.
pub(crate) async fn import(options: Import) -> Result<(), Failure> {
    let social = open(&options.at, true).await?;
    let archive = social.archive();
    let taken = if is_standard(&options.file) {
        archive.import(&mut BufReader::new(tokio::io::stdin())).await?
    } else {
        let file = tokio::fs::File::open(&options.file)
            .await
            .map_err(|error| Failure::input(format!("{}: {error}", options.file.display())))?;
        archive.import(&mut BufReader::new(file)).await?
    };
    let answer = json!({ "new": taken.new, "known": taken.known, "notes": taken.notes });
    Output::choose(options.at.json).answer(&answer, lines);
    Ok(())
}

/// Copies the SQLite file while it is used.
pub(crate) async fn backup(options: Backup) -> Result<(), Failure> {
    let database = sqlite(&options.at)?;
    let clock = std::sync::Arc::new(social::core::ports::SystemClock::new());
    if !database.is_file() {
        return Err(Failure::input(format!("there is no database {}", database.display())));
    }
    let store = SqliteStore::open(database, clock).await.map_err(social::Error::from)?;
    store.back_up(&options.file).await.map_err(social::Error::from)?;
    let note = "Keep the files keys, sessions.key and media-links.key of the data folder with it, and its media.";
    let file = options.file.display().to_string();
    Output::choose(options.at.json).answer(&json!({ "file": file, "note": note }), lines);
    Ok(())
}

/// Puts a copy in the place of a SQLite file that is not there.
pub(crate) async fn restore(options: Restore) -> Result<(), Failure> {
    let database = sqlite(&options.at)?;
    if let Some(folder) = database.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    SqliteStore::restore(&options.file, &database).await.map_err(social::Error::from)?;
    let note = "What was published since the copy was taken waits by it still: look at the \
        networks, and cancel what is visible there, before a worker starts.";
    let file = database.display().to_string();
    Output::choose(options.at.json).answer(&json!({ "file": file, "note": note }), lines);
    Ok(())
}

fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The SQLite file of a data folder, or the one named.
fn sqlite(at: &KeyAction) -> Result<PathBuf, Failure> {
    match at.storage.sqlite() {
        Some(Some(path)) => Ok(path),
        None => Ok(at.data.join("social.db")),
        Some(None) => Err(Failure::input(
            "this is a SQLite file's: copy a PostgreSQL by pg_dump, or use `social export`",
        )),
    }
}
