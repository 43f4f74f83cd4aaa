//! What the command understands.

mod local;
mod media;
mod operate;
mod remote;
mod series;
mod storage;
mod upkeep;
mod webhooks;

use clap::{Parser, Subcommand};

pub(crate) use local::{Demo, Sim, Work};
pub(crate) use media::{MediaAction, MediaPreview, Wishes};
pub(crate) use operate::{Key, KeyAction, LogFormat, NewKey, Serve, Skill};
pub(crate) use remote::{Analytics, Content, Edit, People, Post, Remote, Server};
pub(crate) use series::{EditSeries, Repeat, Series};
pub(crate) use storage::Storage;
pub(crate) use upkeep::{Backup, Doctor, Export, Import, Jobs, Restore};
pub(crate) use webhooks::Webhooks;

/// Publishes to social networks: on time, exactly once.
#[derive(Debug, Parser)]
#[command(name = "social", version)]
pub(crate) struct Args {
    /// What is logged to standard error, such as `info` or `social_core=debug`. Default: `warn`;
    /// for `serve`, what its configuration says, else `info`.
    #[arg(long, global = true, env = "SOCIAL_LOG")]
    pub log: Option<String>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Publish a photograph and a video to four simulated networks, and see what came of it.
    Demo(Demo),
    /// Run the server: the HTTP API, the media that networks fetch, and a worker.
    Serve(Box<Serve>),
    #[command(flatten)]
    Remote(Remote),
    /// Offer the API to an agent as tools, over standard input and output (MCP).
    Mcp(Server),
    /// Ask a server whether it does its work; ends with 4 where it does not.
    Health(Server),
    /// Make, list and revoke API keys in a data folder, without a server.
    #[command(subcommand)]
    Key(Key),
    /// Look whether all that the engine stands on can be used, and say what to do; ends with 2
    /// where something cannot.
    Doctor(Doctor),
    /// List, retry and park jobs of a data folder's queue, without a server.
    #[command(subcommand)]
    Jobs(Jobs),
    /// Write everything that an engine holds, one JSON object a line.
    Export(Export),
    /// Take in what `social export` wrote. What is there already stays as it is.
    Import(Import),
    /// Copy the SQLite file of a data folder, while it is used.
    Backup(Backup),
    /// Put a copy of `social backup` in place, where there is no SQLite file.
    Restore(Restore),
    /// Put the agent skill in place.
    #[command(subcommand)]
    Skill(Skill),
    /// Run the simulated networks alone.
    Sim(Sim),
    /// Do what is due in a data folder, until stopped.
    Work(Work),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_options_do_not_contradict_each_other() {
        Args::command().debug_assert();
    }
}
