//! The simulators as their clients meet them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are tests too")]

mod facebook;
mod faults;
mod instagram;
mod kit;
mod limits;
mod linkedin;
mod media;
mod oauth;
mod server;
mod tiktok;
