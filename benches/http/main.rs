//! The server as it is released, under load on this machine: `bench-http PROGRAM [bars|load]`.
//!
//! `bars` prints a line for each figure that has a goal, and ends with 1 where one falls short.
//! `load` mixes reads and writes, and then looks whether each accepted post is there once.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it reports to a terminal")]

mod client;
mod load;
mod server;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use client::{Ask, Outcome, drive};
use server::Server;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// How many clients ask at once.
const CLIENTS: usize = 64;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(program) = arguments.next().map(PathBuf::from) else {
        eprintln!("say which program: bench-http target/release/social");
        return ExitCode::from(2);
    };
    let done = match arguments.next().as_deref() {
        None | Some("bars") => bars(&program).await,
        Some("load") => load::run(&program).await,
        Some(other) => Err(format!("`{other}` is neither bars nor load").into()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench-http: {error}");
            ExitCode::from(2)
        }
    }
}

/// Prints a bar; whether its goal is met.
fn bar(name: &str, figure: f64, goal: f64, at_least: bool) -> bool {
    let fine = if at_least { figure >= goal } else { figure < goal };
    println!("bar {name} {figure:.1} goal {goal} {}", if fine { "ok" } else { "short" });
    fine
}

async fn bars(program: &std::path::Path) -> Result<bool> {
    println!("load average {}", std::fs::read_to_string("/proc/loadavg")?.trim());
    let size = std::fs::metadata(program)?.len();
    let mut fine = bar("binary-mb", megabytes(size), 40.0, false);

    // The quickest of some starts: what else this machine does only makes one later.
    let mut quickest = f64::MAX;
    for _ in 0..5 {
        let begun = Instant::now();
        let server = Server::start(program, false).await?;
        server.ready().await?;
        quickest = quickest.min(begun.elapsed().as_secs_f64() * 1000.0);
    }
    fine &= bar("ready-ms", quickest, 300.0, false);
    let server = Server::start(program, false).await?;
    server.ready().await?;
    tokio::time::sleep_until(tokio::time::Instant::now() + Duration::from_secs(3)).await;
    fine &= bar("idle-rss-mb", megabytes(server.resident()?), 30.0, false);
    drop(server);

    let server = Server::start(program, true).await?;
    server.ready().await?;
    drive(&server, CLIENTS, Duration::from_secs(2), |n| Ask::post(n, "warm")).await?;
    let posts = drive(&server, CLIENTS, Duration::from_secs(10), |n| Ask::post(n, "post")).await?;
    fine &= tell("posts", &posts, 201, 3000.0)?;
    fine &= bar("posts-p99-ms", posts.quantile(0.99), 20.0, false);
    let ids = posts.ids();
    let one = |n: usize| Ask::get(format!("/api/posts/{}", ids[n % ids.len()]));
    fine &= tell(
        "reads",
        &drive(&server, CLIENTS, Duration::from_secs(10), one).await?,
        200,
        20_000.0,
    )?;
    let list = |_| Ask::get("/api/posts?limit=20".to_owned());
    let lists = drive(&server, CLIENTS, Duration::from_secs(5), list).await?;
    println!("lists of 20: {:.0}/s, p99 {:.1} ms", lists.rate(), lists.quantile(0.99));
    println!("loaded-rss-mb {:.1}", megabytes(server.resident()?));
    Ok(fine)
}

fn tell(name: &str, outcome: &Outcome, status: u16, goal: f64) -> Result<bool> {
    if let Some(other) = outcome.statuses.iter().find(|other| **other != status) {
        return Err(format!("{name}: an answer of status {other}").into());
    }
    let cpu = outcome.cpu.as_secs_f64() * 1e6 / outcome.millis.len() as f64;
    println!(
        "{name}: {} answers, p50 {:.1} ms, p99 {:.1} ms, {cpu:.0} us of the server's processor each",
        outcome.millis.len(),
        outcome.quantile(0.5),
        outcome.quantile(0.99),
    );
    Ok(bar(&format!("{name}-per-second"), outcome.rate(), goal, true))
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
