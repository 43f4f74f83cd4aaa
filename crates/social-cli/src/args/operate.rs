//! Running a server, its keys and the skill.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::Storage;

/// Where the configuration and the data are is said by flag, else by environment, else by file.
/// Values stay text here: they are checked together with the file's, so that all that is wrong is
/// said at once.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Serve {
    /// The configuration, in TOML or, where its name ends with `.json`, in JSON. Default:
    /// `social.toml`, where there is one.
    #[arg(long, value_name = "FILE", env = "SOCIAL_CONFIG")]
    pub config: Option<PathBuf>,
    /// Where the engine keeps its data. Default: `social-data`.
    #[arg(long, value_name = "FOLDER", env = "SOCIAL_DATA")]
    pub data: Option<String>,
    #[command(flatten)]
    pub storage: Storage,
    /// The address to listen on; port 0 takes a free one. Default: `127.0.0.1:8080`.
    #[arg(long, value_name = "ADDRESS", env = "SOCIAL_LISTEN")]
    pub listen: Option<String>,
    /// The address under which networks and people reach this server.
    #[arg(long, value_name = "URL", env = "SOCIAL_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// How logs are written: `text` (the default) or `json`, an object a line.
    #[arg(long, value_name = "FORMAT", env = "SOCIAL_LOG_FORMAT")]
    pub log_format: Option<String>,
    /// How many posts all workers together bring to one network at once. Default: no cap beside
    /// each worker's own.
    #[arg(long, value_name = "COUNT", env = "SOCIAL_PLATFORM_TOTAL")]
    pub platform_total: Option<String>,
    /// Run the simulated networks inside, and publish to them in place of the real ones.
    #[arg(long)]
    pub simulators: bool,
    /// The same, with an account of each network connected: something to try everything on.
    #[arg(long)]
    pub sandbox: bool,
    /// Check the configuration, say all that is wrong with it, and end.
    #[arg(long)]
    pub check: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    #[default]
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Make a key for a program or an agent. Its secret is shown once.
    Create(NewKey),
    /// List the keys, without their secrets.
    List(KeyAction),
    /// End a key now.
    Revoke {
        /// The key, such as `key_01J…`.
        id: String,
        #[command(flatten)]
        at: KeyAction,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct KeyAction {
    /// Where the server keeps its data.
    #[arg(long, value_name = "FOLDER", env = "SOCIAL_DATA", default_value = "social-data")]
    pub data: PathBuf,
    #[command(flatten)]
    pub storage: Storage,
    /// Print one JSON object. So it is anyway where the output is no terminal.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct NewKey {
    /// Its name, for people.
    #[arg(long, default_value = "agent")]
    pub name: String,
    /// What it allows, such as `posts:read,analytics:read`. Default: all but to approve.
    #[arg(long, value_name = "SCOPE", value_delimiter = ',')]
    pub scope: Vec<String>,
    /// What must happen before its posts go out: `none`, `confirm` (a token that a dry run gives,
    /// for a post for now) or `approve` (a person approves each).
    #[arg(long, default_value = "confirm")]
    pub policy: String,
    /// How many posts a day on each account.
    #[arg(long, value_name = "COUNT")]
    pub posts_per_day: Option<u32>,
    /// For how many seconds at least its posts for now wait and can be called off.
    #[arg(long, value_name = "SECONDS")]
    pub undo_seconds: Option<u32>,
    /// The networks it may post to. Default: all.
    #[arg(long, value_name = "NETWORK", value_delimiter = ',')]
    pub platforms: Vec<String>,
    #[command(flatten)]
    pub at: KeyAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Skill {
    /// Write the skill's files, so that a Clawdbot or OpenClaw agent finds them.
    Install(InstallSkill),
}

#[derive(Debug, clap::Args)]
pub(crate) struct InstallSkill {
    /// The folder that gets the folder `social-media-automation`.
    #[arg(long, value_name = "FOLDER", default_value = "skills")]
    pub dir: PathBuf,
    /// Print one JSON object. So it is anyway where the output is no terminal.
    #[arg(long)]
    pub json: bool,
}
