//! The clients against the simulated networks.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are tests too")]

mod exactly_once;
mod kit;
mod numbers;
mod publishing;
mod sign_in;
mod transport;
