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
mod load;
mod mcp;
mod metrics;
#[cfg(feature = "otel")]
mod otel;
mod people;
mod remote;
mod sandbox;
mod serve;
#[cfg(feature = "postgres")]
#[allow(dead_code, reason = "the tests of the store use the rest")]
#[path = "../../../social-store/tests/it/servers.rs"]
mod servers;
mod skill;
mod slow;
mod tls;
mod upkeep;
