//! The engine whole, against the simulated networks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests"
)]

mod bad_input;
mod faults;
mod identity;
mod jobs;
mod layers;
mod life;
mod quotas;
mod receiver;
mod renditions;
mod series;
mod servers;
mod simulation;
mod tokens;
mod unit;
mod versions;
mod webhooks;
mod world;
mod writing;
