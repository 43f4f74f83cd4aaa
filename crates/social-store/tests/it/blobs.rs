//! What blobs do beyond the contract of their port.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use social_core::Timestamp;
use social_core::ports::{BlobKey, BlobStore, ManualClock};
use social_store::{FolderBlobs, MemoryBlobs};
use url::Url;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn key(name: &str) -> BlobKey {
    BlobKey::new(name).unwrap()
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(NOW))
}

/// The expiry and the signature of an address.
fn parts(url: &Url) -> (i64, String) {
    let pair = |name: &str| {
        let mut pairs = url.query_pairs();
        pairs.find(|(key, _)| key == name).unwrap().1.into_owned()
    };
    (pair("expires").parse().unwrap(), pair("sig"))
}

#[tokio::test]
async fn a_blob_lies_under_its_key_and_nothing_else_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = FolderBlobs::new(folder.path()).unwrap();
    blobs.put(&key("assets/ab/cd.jpg"), Bytes::from_static(b"jpeg")).await.unwrap();
    let path = blobs.local_path(&key("assets/ab/cd.jpg")).unwrap();
    assert_eq!(fs::read(path).unwrap(), b"jpeg");
    blobs.put_file(&key("x"), folder.path()).await.expect_err("a folder is no file");
    let left = fs::read_dir(folder.path().join(".incoming")).unwrap().count();
    assert_eq!(left, 0, "a half-written blob was left");
}

#[tokio::test]
async fn what_a_crash_left_is_cleared_after_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let incoming = folder.path().join(".incoming");
    fs::create_dir(&incoming).unwrap();
    for (name, hours) in [("old", 30), ("young", 1)] {
        let file = fs::File::create(incoming.join(name)).unwrap();
        let then = file.metadata().unwrap().modified().unwrap();
        file.set_modified(then - Duration::from_secs(hours * 3600)).unwrap();
    }
    FolderBlobs::new(folder.path()).unwrap();
    assert!(!incoming.join("old").exists());
    assert!(incoming.join("young").exists(), "another process may still be writing it");
}

#[tokio::test]
async fn a_store_without_a_base_has_no_addresses() {
    let blobs = MemoryBlobs::new();
    let url = blobs.public_url(&key("a"), Duration::from_secs(1)).await.unwrap();
    assert_eq!(url, None);
    assert!(!blobs.verify_public(&key("a"), i64::MAX, "", NOW));
    assert!(!blobs.allows(&key("a"), "expires=9999999999&sig="));
}

#[tokio::test]
async fn an_address_opens_one_blob_until_it_expires() {
    let base = Url::parse("https://example.org/social/").unwrap();
    let clock = clock();
    let folder = tempfile::tempdir().unwrap();
    let blobs = FolderBlobs::new(folder.path()).unwrap().with_public_base(
        base,
        b"signing key",
        clock.clone(),
    );
    let name = key("renditions/ab/cd.jpg");
    let url = blobs.public_url(&name, Duration::from_secs(60)).await.unwrap().unwrap();
    let start = "https://example.org/social/media/renditions/ab/cd.jpg?expires=60&sig=";
    assert!(url.as_str().starts_with(start), "{url}");
    let (expires, sig) = parts(&url);
    let before = NOW + Duration::from_secs(59);
    assert!(blobs.verify_public(&name, expires, &sig, before));
    assert!(!blobs.verify_public(&name, expires, &sig, NOW + Duration::from_secs(60)));
    assert!(!blobs.verify_public(&name, expires + 1, &sig, before), "the expiry was changed");
    assert!(!blobs.verify_public(&key("other"), expires, &sig, before), "another blob");
    assert!(!blobs.verify_public(&name, expires, &sig[2..], before));
    assert!(!blobs.verify_public(&name, expires, "no hex", before));

    let query = url.query().unwrap().to_owned();
    assert!(blobs.allows(&name, &query));
    assert!(!blobs.allows(&key("other"), &query));
    assert!(!blobs.allows(&name, "expires=60"));
    clock.advance(Duration::from_secs(60));
    assert!(!blobs.allows(&name, &query));
}

#[tokio::test]
async fn another_signing_key_opens_nothing() {
    let base = Url::parse("http://localhost:8080").unwrap();
    let ours = MemoryBlobs::new().with_public_base(base.clone(), b"ours", clock());
    let theirs = MemoryBlobs::new().with_public_base(base, b"theirs", clock());
    let url = theirs.public_url(&key("a"), Duration::from_secs(9)).await.unwrap().unwrap();
    let (expires, sig) = parts(&url);
    assert!(theirs.verify_public(&key("a"), expires, &sig, NOW));
    assert!(!ours.verify_public(&key("a"), expires, &sig, NOW));
    assert!(!format!("{ours:?}").contains("ours"));
}

proptest! {
    #[test]
    fn a_signature_that_was_changed_opens_nothing(at in 0_usize..64, digit in 0_u32..16) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let base = Url::parse("http://localhost").unwrap();
        let blobs = MemoryBlobs::new().with_public_base(base, b"ours", clock());
        let url = runtime.block_on(blobs.public_url(&key("a"), Duration::from_secs(9)));
        let (expires, sig) = parts(&url.unwrap().unwrap());
        let mut changed: Vec<char> = sig.chars().collect();
        changed[at] = char::from_digit(digit, 16).unwrap();
        let changed: String = changed.into_iter().collect();
        prop_assert_eq!(blobs.verify_public(&key("a"), expires, &changed, NOW), changed == sig);
    }
}
