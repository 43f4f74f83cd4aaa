//! The API as clients meet it, over simulated networks and a clock that is moved.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod access;
mod accounts;
mod analytics;
mod confirming;
mod content;
mod documents;
mod edge;
mod editing;
mod events;
mod house;
mod idempotency;
mod keys;
mod limits;
mod media;
mod posts;
mod problems;
