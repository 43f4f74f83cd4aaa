//! The command `social`: the engine at a prompt.
//!
//! Exit codes: 0 done, 2 fix the input, 3 a person is needed, 4 try again later.

mod args;
mod browser;
mod demo;
mod failure;
mod output;
mod simulate;
mod work;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Args, Command};
use crate::failure::Failure;

fn main() -> ExitCode {
    let args = Args::parse();
    let filter = tracing_subscriber::EnvFilter::try_new(&args.log)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::later(format!("no runtime: {error}")).report(),
    };
    let outcome = runtime.block_on(async {
        match args.command {
            Command::Demo(options) => demo::run(options).await,
            Command::Sim(options) => simulate::run(options).await,
            Command::Work(options) => work::run(options).await,
        }
    });
    // Work that was cut off by the user is not waited for.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
