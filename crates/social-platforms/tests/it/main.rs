//! The clients against the simulated networks.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are tests too")]

mod conformance;
mod exactly_once;
mod kinds;
mod kit;
mod numbers;
mod publishing;
mod quirks;
mod sign_in;
mod transport;
