//! What the engines do with what they are given, and a model with what it is asked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "tests")]

mod conformance;
mod endpoint;
mod engine;
mod feed;
mod kit;
mod offline;
mod smoke;
