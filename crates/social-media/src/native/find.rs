//! Where the worker is.

use std::path::{Path, PathBuf};

/// The name of the executable.
pub const PROGRAM: &str =
    if cfg!(windows) { "social-media-worker.exe" } else { "social-media-worker" };

/// The worker is nowhere.
#[derive(Debug, Clone, thiserror::Error)]
#[error(
    "clips, HEIC and AVIF need the program {PROGRAM}, which is not at {at}: build it (cargo build -p \
     social-media-worker) and put it beside this program, or set SOCIAL_MEDIA_WORKER to where it is",
    at = .0.display()
)]
pub struct Missing(pub PathBuf);

/// Where the worker is when the app does not say: where SOCIAL_MEDIA_WORKER says, or beside the
/// executable that runs.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "where the worker lies is the machine's affair")]
pub fn program() -> PathBuf {
    std::env::var("SOCIAL_MEDIA_WORKER").map_or_else(|_| beside(), PathBuf::from)
}

fn beside() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    let folder = own.parent().unwrap_or(Path::new(""));
    // Cargo puts tests and examples one folder deeper than programs.
    let deeper = folder.ends_with("deps") || folder.ends_with("examples");
    let upper = if deeper { folder.parent() } else { None };
    upper.unwrap_or(folder).join(PROGRAM)
}
