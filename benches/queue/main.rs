//! The queue beside those of others, on one machine in one run: BullMQ, graphile-worker (and its
//! port to Rust), pg-boss and apalis, each with the settings that its authors recommend for
//! throughput.
//!
//! `make bench-queue` starts durable servers, fetches the peers and runs it. A bar that is short
//! ends it with an error.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::future_not_send,
    reason = "a benchmark"
)]

#[path = "../media/bars.rs"]
mod bars;
mod ours;
mod peer;
mod publish;
mod work;

use std::process::ExitCode;

use bars::{Bars, median};
use ours::{Ours, spread};
use peer::{ON_POSTGRES, Peer};
use work::{drain, idle, lapse, lateness, resident};

/// How many jobs are drained.
const MANY: usize = 20_000;
/// How many wait for later.
const BACKLOG: usize = 1_000_000;
/// Each figure is the median of so many runs.
const RUNS: usize = 3;

fn main() -> ExitCode {
    let only: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let only: Vec<&str> = only.iter().map(String::as_str).collect();
    let mut bars = Bars::new(&only);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run(&mut bars));
    bars.end()
}

async fn medians(mut run: impl AsyncFnMut() -> f64) -> f64 {
    let mut rates = Vec::new();
    for _ in 0..RUNS {
        rates.push(run().await);
    }
    median(&rates)
}

fn say(what: &str, rate: f64) {
    println!("{what}: {rate:.0}/s");
}

/// Jobs that are due, put in and drained.
async fn plain(make: impl AsyncFn() -> Ours, lanes: usize) -> f64 {
    medians(async || {
        let ours = make().await;
        ours.put_in(&ours.jobs(MANY, lanes, |_| 0)).await;
        drain(&ours, MANY).await
    })
    .await
}

async fn run(bars: &mut Bars) {
    publish::run(bars).await;
    // What others are measured by.
    let mut postgres = f64::NAN;
    if ["drain", "backlog", "idle"].iter().any(|name| bars.wants(name)) {
        postgres = plain(Ours::postgres, 0).await;
        say("ours, PostgreSQL", postgres);
    }
    if bars.wants("drain") {
        let sqlite = plain(Ours::sqlite, 0).await;
        say("ours, SQLite", sqlite);
        let redis = plain(Ours::redis, 0).await;
        say("ours, Redis before PostgreSQL", redis);
        let lanes = plain(Ours::postgres, 5000).await;
        say("ours, PostgreSQL, 5,000 lanes", lanes);
        let mut best: f64 = 0.0;
        for peer in ON_POSTGRES {
            let rate = medians(async || peer.drain(MANY)).await;
            say(peer.name(), rate);
            best = best.max(rate);
        }
        let bullmq = medians(async || Peer::BullMq.drain(MANY)).await;
        say(Peer::BullMq.name(), bullmq);
        bars.most("worker-memory-megabytes", resident(), 40.0);
        bars.least("drain-postgres", postgres / best, 2.0);
        bars.least("drain-lanes", lanes / best, 1.0);
        bars.least("drain-sqlite", sqlite / postgres, 2.0);
        bars.least("drain-redis", redis / bullmq, 3.0);
    }
    if bars.wants("backlog") || bars.wants("idle") {
        let ours = Ours::postgres().await;
        spread(&ours, BACKLOG).await;
        let rate = medians(async || {
            ours.put_in(&ours.jobs(MANY, 0, |_| 0)).await;
            drain(&ours, MANY).await
        })
        .await;
        say("ours, PostgreSQL, 1,000,000 waiting", rate);
        bars.least("backlog", rate / postgres, 0.95);
        bars.most("idle-milliseconds", idle(&ours).await, 1.0);
    }
    if bars.wants("stuck") {
        let rate = async |stuck: usize| {
            let ours = Ours::postgres().await;
            if stuck > 0 {
                ours.put_in(&ours.jobs(stuck, 1, |_| -1)).await;
                // Its first job runs and never ends.
                assert_eq!(ours.claim(1).await.jobs.len(), 1);
            }
            ours.put_in(&ours.jobs(5000, 5000, |_| 0)).await;
            drain(&ours, 5000).await
        };
        let free = medians(async || rate(0).await).await;
        let stuck = medians(async || rate(50_000).await).await;
        bars.least("stuck-account", stuck / free, 0.85);
    }
    if bars.wants("schedule") {
        let bulk = medians(async || {
            let ours = Ours::postgres().await;
            let jobs = ours.jobs(MANY, 0, |_| 3_600_000);
            let start = std::time::Instant::now();
            ours.put_in(&jobs).await;
            MANY as f64 / start.elapsed().as_secs_f64()
        })
        .await;
        say("ours, scheduling in bulk", bulk);
        let mut best: f64 = 0.0;
        for peer in ON_POSTGRES {
            let rate = medians(async || peer.schedule(MANY)).await;
            say(peer.name(), rate);
            best = best.max(rate);
        }
        bars.least("schedule-bulk", bulk / best, 2.0);
        let ours = Ours::postgres().await;
        let with_post = medians(async || ours.one_by_one(2000).await).await;
        let bare = medians(async || ours.bare_inserts(2000).await).await;
        bars.least("schedule-one", with_post / bare, 0.9);
    }
    if bars.wants("late") {
        let ours = Ours::postgres().await;
        let late = lateness(&ours, 2000, |place| 1000 + i64::try_from(place).unwrap() * 10).await;
        bars.most("late-spread-p99-milliseconds", late, 5.0);
        let ours = Ours::postgres().await;
        let late = lateness(&ours, MANY, |_| 5000).await;
        let mut best = f64::MAX;
        for peer in ON_POSTGRES.into_iter().chain([Peer::BullMq]) {
            let late = peer.late(MANY);
            println!("{}: 99 of 100 within {late:.0} ms of the burst", peer.name());
            best = best.min(late);
        }
        bars.most("late-burst-p99", late / best, 0.6);
    }
    if bars.wants("lapse") {
        bars.most("lapse-milliseconds", lapse(&Ours::postgres().await, 500).await, 2000.0);
    }
}
