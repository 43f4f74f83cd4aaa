//! The stores against the contracts of their ports.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "these are tests")]

#[cfg(feature = "sqlite")]
mod archive;
#[cfg(feature = "sqlite")]
mod backup;
mod blobs;
mod conformance;
mod key_ring;
#[cfg(feature = "postgres")]
mod postgres;
mod queue_model;
#[cfg(feature = "redis")]
mod redis;
#[cfg(all(feature = "redis", feature = "postgres"))]
mod redis_queue;
#[cfg(feature = "s3")]
mod s3;
mod seal;
#[cfg(any(feature = "postgres", feature = "redis"))]
mod servers;
#[cfg(feature = "sqlite")]
mod sqlite;
