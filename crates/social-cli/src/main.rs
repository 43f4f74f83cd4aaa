//! The command `social`: the engine at a prompt.
//!
//! Exit codes: 0 done, 2 fix the input, 3 a person is needed, 4 try again later.

mod args;
mod browser;
mod client;
mod copies;
mod demo;
mod doctor;
mod failure;
mod health;
mod jobs;
mod key;
mod log;
mod mcp;
mod memory;
mod output;
mod remote;
mod serve;
mod simulate;
mod skill;
mod traces;
mod work;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Args, Command, LogFormat};
use crate::failure::Failure;

/// How many threads answer and work. The other half of the processors is for what takes long and has
/// threads of its own: pictures, clips, the disk. More threads than that mostly wake each other.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, |processors| processors.get().div_ceil(2))
}

fn main() -> ExitCode {
    let args = Args::parse();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = match runtime.worker_threads(threads()).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::later(format!("no runtime: {error}")).report(),
    };
    let outcome = runtime.block_on(run(args));
    // Work that was cut off by the user is not waited for.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

async fn run(args: Args) -> Result<(), Failure> {
    // A server's logs are a matter of its configuration.
    if !matches!(args.command, Command::Serve(_)) {
        log::begin(
            args.log.as_deref().unwrap_or("warn"),
            LogFormat::Text,
            &traces::Traces::default(),
        );
    }
    match args.command {
        Command::Demo(options) => demo::run(options).await,
        Command::Serve(options) => serve::run(&options, args.log.as_deref()).await,
        Command::Remote(command) => remote::run(command).await,
        Command::Mcp(server) => mcp::run(server).await,
        Command::Health(server) => health::run(server).await,
        Command::Key(action) => key::run(action).await,
        Command::Doctor(options) => doctor::run(options).await,
        Command::Jobs(action) => jobs::run(action).await,
        Command::Export(options) => copies::export(options).await,
        Command::Import(options) => copies::import(options).await,
        Command::Backup(options) => copies::backup(options).await,
        Command::Restore(options) => copies::restore(options).await,
        Command::Skill(action) => skill::run(&action),
        Command::Sim(options) => simulate::run(options).await,
        Command::Work(options) => work::run(options).await,
    }
}
