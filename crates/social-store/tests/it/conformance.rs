//! Every implementation passes the same suites.

use std::sync::Arc;

use social_core::conformance::StoreUnderTest;
use social_core::ports::{
    BlobStore, Cache, IdSource, PasswordHasher, RateLimiter, Sealer, SeededIds, SystemIds,
};
use social_store::{
    Argon2Hasher, FolderBlobs, KeyRing, MemoryBlobs, MemoryCache, MemoryStore, RingSealer,
};
use tempfile::TempDir;

async fn memory() -> StoreUnderTest {
    StoreUnderTest::of(Arc::new(MemoryStore::new()))
}

social_core::store_conformance!(memory_store, memory);

#[tokio::test]
async fn the_runner_of_all_runs_all() {
    social_core::conformance::store::all(memory).await;
}

async fn memory_limiter() -> (Arc<dyn RateLimiter>, ()) {
    (Arc::new(MemoryStore::new()), ())
}

social_core::rate_limiter_conformance!(memory_store_limits, memory_limiter);

#[cfg(feature = "sqlite")]
mod sqlite {
    use social_core::ports::SystemClock;
    use social_store::SqliteStore;

    use super::*;

    async fn open() -> (Arc<SqliteStore>, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(SystemClock::new());
        let store = SqliteStore::open_in(folder.path(), clock).await.unwrap();
        (Arc::new(store), folder)
    }

    async fn sqlite() -> StoreUnderTest {
        let (store, folder) = open().await;
        StoreUnderTest::of(store).keeping(folder)
    }

    social_core::store_conformance!(store, sqlite);

    async fn limiter() -> (Arc<dyn RateLimiter>, TempDir) {
        let (store, folder) = open().await;
        (store, folder)
    }

    social_core::rate_limiter_conformance!(limits, limiter);
}

#[cfg(feature = "postgres")]
mod postgres {
    use social_core::ports::SystemClock;
    use social_store::PostgresStore;

    use super::*;
    use crate::servers::Schema;

    async fn open() -> (Arc<PostgresStore>, Schema) {
        let schema = Schema::new().await;
        let clock = Arc::new(SystemClock::new());
        let store = PostgresStore::connect(&schema.url(), clock).await.unwrap();
        (Arc::new(store), schema)
    }

    async fn postgres() -> StoreUnderTest {
        let (store, schema) = open().await;
        StoreUnderTest::of(store).keeping(schema)
    }

    social_core::store_conformance!(store, postgres);

    async fn limiter() -> (Arc<dyn RateLimiter>, Schema) {
        let (store, schema) = open().await;
        (store, schema)
    }

    social_core::rate_limiter_conformance!(limits, limiter);
}

async fn memory_cache() -> (Arc<dyn Cache>, ()) {
    (Arc::new(MemoryCache::new()), ())
}

social_core::cache_conformance!(cache, memory_cache);

async fn store_cache() -> (Arc<dyn Cache>, ()) {
    (Arc::new(MemoryStore::new()), ())
}

social_core::cache_conformance!(memory_store_cache, store_cache);

async fn memory_blobs() -> (Arc<dyn BlobStore>, ()) {
    (Arc::new(MemoryBlobs::new()), ())
}

social_core::blob_store_conformance!(memory_blob_store, memory_blobs);

async fn folder_blobs() -> (Arc<dyn BlobStore>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (Arc::new(FolderBlobs::new(folder.path()).unwrap()), folder)
}

social_core::blob_store_conformance!(folder_blob_store, folder_blobs);

async fn argon2() -> (Arc<dyn PasswordHasher>, ()) {
    (Arc::new(Argon2Hasher::weak_for_tests(Arc::new(SystemIds))), ())
}

social_core::password_hasher_conformance!(argon2_hasher, argon2);

fn sealer(ring: KeyRing, ids: Arc<dyn IdSource>) -> Arc<dyn Sealer> {
    Arc::new(RingSealer::new(ring, ids).unwrap())
}

async fn fresh_ring() -> (Arc<dyn Sealer>, ()) {
    (sealer(KeyRing::generate(&SystemIds), Arc::new(SystemIds)), ())
}

social_core::sealer_conformance!(ring_sealer, fresh_ring);

async fn rotated_ring() -> (Arc<dyn Sealer>, ()) {
    let ids = SeededIds::new(3);
    let mut ring = KeyRing::generate(&ids);
    ring.rotate(&ids);
    (sealer(ring, Arc::new(ids)), ())
}

social_core::sealer_conformance!(rotated_ring_sealer, rotated_ring);
