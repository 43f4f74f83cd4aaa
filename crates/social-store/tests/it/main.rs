//! The stores against the contracts of their ports.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "these are tests")]

mod blobs;
mod conformance;
mod key_ring;
mod queue_model;
mod seal;
#[cfg(feature = "sqlite")]
mod sqlite;
