//! What runs in this process: the demo, the simulators, a worker.

use std::path::PathBuf;

use url::Url;

use super::Storage;

#[derive(Debug, clap::Args)]
pub(crate) struct Demo {
    /// Print one JSON object and nothing else.
    #[arg(long)]
    pub json: bool,
    /// Leave the simulated networks running, so that their feeds can be looked at.
    #[arg(long)]
    pub keep: bool,
    /// Where the engine keeps its data. Default: a temporary folder.
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// The photograph to publish. Default: one that comes with the command.
    #[arg(long, value_name = "FILE")]
    pub photo: Option<PathBuf>,
    /// The video to publish. Default: one that comes with the command.
    #[arg(long, value_name = "FILE")]
    pub video: Option<PathBuf>,
    /// The text to publish.
    #[arg(long, default_value = "First light over the meadow. 🌾 #morning #slow")]
    pub text: String,
    /// The port of the simulated networks; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Sim {
    /// The port to listen on, on this machine alone.
    #[arg(long, default_value_t = 4600)]
    pub port: u16,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Work {
    /// The configuration of the server that this worker helps. Default: `social.toml`, where there
    /// is one.
    #[arg(long, value_name = "FILE", env = "SOCIAL_CONFIG")]
    pub config: Option<PathBuf>,
    /// Where the engine keeps its data. Default: `social-data`.
    #[arg(long, value_name = "FOLDER", env = "SOCIAL_DATA")]
    pub data: Option<String>,
    #[command(flatten)]
    pub storage: Storage,
    /// Publish to the simulated networks at this address, in place of the real ones.
    #[arg(long, value_name = "URL")]
    pub simulators: Option<Url>,
    /// The address under which the networks reach this app's media.
    #[arg(long, value_name = "URL", env = "SOCIAL_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// How many posts all workers together bring to one network at once. Default: no cap beside
    /// each worker's own.
    #[arg(long, value_name = "COUNT", env = "SOCIAL_PLATFORM_TOTAL")]
    pub platform_total: Option<String>,
    /// Stop once nothing waits to be published.
    #[arg(long)]
    pub until_settled: bool,
    /// Print one JSON object a line for each thing that happens.
    #[arg(long)]
    pub json: bool,
    /// For how many milliseconds a job is held before another worker may take it.
    #[arg(long, default_value_t = 30_000)]
    pub lease_ms: u64,
}
