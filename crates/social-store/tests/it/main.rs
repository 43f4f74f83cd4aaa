//! The stores against the contracts of their ports.

mod blobs;
mod conformance;
mod key_ring;
mod queue_model;
mod seal;
#[cfg(feature = "sqlite")]
mod sqlite;
