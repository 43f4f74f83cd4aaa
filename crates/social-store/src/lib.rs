//! Memory and SQLite stores, blobs in a folder, sealing of secrets.
//!
//! Each type implements ports of [`social_core::ports`], and each passes the public conformance
//! suite of its ports, so one stands in for another:
//!
//! | port | in memory | on this machine |
//! |---|---|---|
//! | `Store`, `JobQueue` | [`MemoryStore`] | [`SqliteStore`] |
//! | `RateLimiter` | [`MemoryStore`] | [`SqliteStore`] |
//! | `Cache` | [`MemoryStore`], [`MemoryCache`] | |
//! | `BlobStore` | [`MemoryBlobs`] | [`FolderBlobs`] |
//! | `Sealer` | | [`RingSealer`] |
//! | `PasswordHasher` | | [`Argon2Hasher`] |
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
//! The feature `sqlite`, on by default, brings [`SqliteStore`] with its own copy of SQLite.

mod blobs;
mod memory;
mod seal;
mod shared;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use blobs::{FolderBlobs, MemoryBlobs, PublicLinks};
pub use memory::{MemoryCache, MemoryStore};
pub use seal::{Argon2Hasher, KeyRing, KeyRingError, RingSealer};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;
