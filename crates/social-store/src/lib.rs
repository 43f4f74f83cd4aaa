//! Memory, SQLite and PostgreSQL stores, Redis, blobs in a folder or a bucket, sealing of secrets.
//!
//! Each type implements ports of [`social_core::ports`], and each passes the public conformance
//! suite of its ports, so one stands in for another:
//!
//! | port | in memory | on this machine | for many machines |
//! |---|---|---|---|
//! | `Store`, `JobQueue` | [`MemoryStore`] | `SqliteStore` | `PostgresStore`, with `RedisQueue` before it for many workers |
//! | `RateLimiter` | [`MemoryStore`] | `SqliteStore` | `PostgresStore`, `RedisShared` |
//! | `Cache` | [`MemoryStore`], [`MemoryCache`] | | `RedisShared` |
//! | wake-ups | in the process | in the process, others by `RedisWakes` | `PostgresStore`, `RedisWakes` |
//! | `BlobStore` | [`MemoryBlobs`] | [`FolderBlobs`] | `S3Blobs` |
//! | `Clock` | | | `PostgresClock` |
//! | `Sealer` | | [`RingSealer`] | [`RingSealer`] |
//! | `PasswordHasher` | | [`Argon2Hasher`] | [`Argon2Hasher`] |
//!
//! What each promises:
//!
//! | | lasts | units run | shared by | without its server |
//! |---|---|---|---|---|
//! | memory | no | one at a time | a process | |
//! | SQLite | yes, at each commit | one at a time | processes of one machine | |
//! | PostgreSQL | yes, at each commit | side by side | machines | nothing goes on |
//! | Redis | no, and nothing relies on it | | machines | everything goes on, slower |
//! | a bucket | yes | | machines | posts without media go on |
//!
//! ```
//! use std::sync::Arc;
//!
//! use social_core::Timestamp;
//! use social_core::domain::{Workspace, WorkspaceId};
//! use social_core::ports::{IdSource, Sealer, Store, SystemIds};
//! use social_store::{KeyRing, MemoryStore, RingSealer};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let ids = Arc::new(SystemIds);
//! let sealer = RingSealer::new(KeyRing::generate(&*ids), ids.clone())?;
//! let store = MemoryStore::new();
//!
//! let now = Timestamp::from_secs(1_900_000_000);
//! let workspace = Workspace {
//!     id: WorkspaceId::from_uuid(ids.uuid(now)),
//!     name: "Harbour Coffee".to_owned(),
//!     data_key: sealer.new_data_key()?,
//!     created_at: now,
//! };
//! let mut unit = store.begin().await?;
//! unit.workspaces().insert(&workspace).await?;
//! unit.commit().await?;
//!
//! let mut unit = store.begin().await?;
//! assert_eq!(unit.workspaces().get(workspace.id).await?, Some(workspace));
//! # Ok(())
//! # }
//! ```
//!
//! The feature `sqlite`, on by default, brings `SqliteStore` with its own copy of SQLite;
//! `postgres`, `redis` and `s3` bring what is for many machines.

mod blobs;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod columns;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod pulse;
#[cfg(feature = "redis")]
mod redis;
mod seal;
mod shared;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use blobs::{FolderBlobs, MemoryBlobs, PublicLinks};
#[cfg(feature = "s3")]
pub use blobs::{S3Blobs, S3Settings};
pub use memory::{MemoryCache, MemoryStore};
#[cfg(feature = "postgres")]
pub use postgres::{PostgresClock, PostgresStore};
#[cfg(feature = "redis")]
pub use redis::{RedisQueue, RedisShared, RedisWakes};
pub use seal::{Argon2Hasher, KeyRing, KeyRingError, RingSealer};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;
