//! The command, run as a person runs it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests"
)]

mod command;
mod kill;
mod kit;
mod mcp;
mod metrics;
mod people;
mod remote;
mod sandbox;
mod serve;
mod skill;
mod slow;
mod tls;
