//! Looking after an engine: its health, its queue, copies of what it holds.

use std::path::PathBuf;

use clap::Subcommand;

use super::{KeyAction, Storage};

/// Where the server's configuration and data are.
#[derive(Debug, clap::Args)]
pub(crate) struct Doctor {
    /// The configuration of the server. Default: `social.toml`, where there is one.
    #[arg(long, value_name = "FILE", env = "SOCIAL_CONFIG")]
    pub config: Option<PathBuf>,
    /// Where the engine keeps its data. Default: `social-data`.
    #[arg(long, value_name = "FOLDER", env = "SOCIAL_DATA")]
    pub data: Option<String>,
    #[command(flatten)]
    pub storage: Storage,
    /// Print one JSON object. So it is anyway where the output is no terminal.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Jobs {
    /// List what waits and runs, by due time.
    List {
        /// Those that were given up instead, with their stories.
        #[arg(long)]
        parked: bool,
        /// How many at most.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        #[command(flatten)]
        at: KeyAction,
    },
    /// Put a parked job back, or make one that waits due now. A post still goes out at its time.
    Retry {
        /// The job, such as `job_01J…`.
        id: String,
        #[command(flatten)]
        at: KeyAction,
    },
    /// Take a job out of the queue and settle what hangs on it.
    Park {
        /// The job, such as `job_01J…`.
        id: String,
        /// Why, for those who look at it later.
        #[arg(long, value_name = "TEXT", default_value = "it was parked by hand")]
        why: String,
        #[command(flatten)]
        at: KeyAction,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// The file to write, which must not be there; `-` is standard output.
    #[arg(value_name = "FILE", default_value = "-")]
    pub file: PathBuf,
    /// With tokens, hashes of passwords and keys, sealed as they are: they open with this engine's
    /// key file alone. Keep the file as safe as that. Default: without; people sign in again.
    #[arg(long)]
    pub with_secrets: bool,
    /// Without the bytes of media.
    #[arg(long)]
    pub no_media: bool,
    #[command(flatten)]
    pub at: KeyAction,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// The file that `social export` wrote; `-` is standard input.
    #[arg(value_name = "FILE", default_value = "-")]
    pub file: PathBuf,
    #[command(flatten)]
    pub at: KeyAction,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    /// The file to write, which must not be there.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub at: KeyAction,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    /// The file that `social backup` wrote.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub at: KeyAction,
}
