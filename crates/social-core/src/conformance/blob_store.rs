//! What every blob store does.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt as _;

use crate::ports::{BlobError, BlobKey, BlobStore};

fn key(name: &str) -> BlobKey {
    BlobKey::new(name).expect("a good key")
}

/// Bytes that differ from place to place.
fn bytes(len: usize) -> Bytes {
    (0..len).map(|at| u8::try_from((at * 7 + at / 251) % 256).unwrap_or(0)).collect()
}

async fn chunks(store: &dyn BlobStore, key: &BlobKey, range: Range<u64>) -> Vec<Bytes> {
    let stream = store.read(key, range).await.expect("the blob is there");
    stream.try_collect().await.expect("the blob reads to its end")
}

/// What was put is there, by its length and its bytes; an empty blob too.
pub async fn a_blob_reads_back(store: Arc<dyn BlobStore>) {
    for (name, len) in [("assets/ab/one.jpg", 1000), ("assets/ab/empty", 0)] {
        store.put(&key(name), bytes(len)).await.expect("put");
        assert_eq!(store.len(&key(name)).await.expect("len"), Some(len as u64), "{name}");
        assert_eq!(store.get(&key(name)).await.expect("get"), bytes(len), "{name}");
    }
}

/// A blob that is not there has no length, and reading it says so by its key.
pub async fn what_is_not_there_is_told(store: Arc<dyn BlobStore>) {
    let missing = key("assets/missing");
    assert_eq!(store.len(&missing).await.expect("len"), None);
    let Err(error) = store.read(&missing, 0..10).await else {
        panic!("a blob that is not there was read");
    };
    assert!(matches!(&error, BlobError::NotFound(key) if *key == missing), "{error:?}");
}

/// A range gives those bytes, and what lies behind the end is cut off.
pub async fn ranges_are_cut_to_the_blob(store: Arc<dyn BlobStore>) {
    let name = key("a");
    let whole = bytes(1000);
    store.put(&name, whole.clone()).await.expect("put");
    for (range, expected) in [
        (10..20, 10..20),
        (0..1000, 0..1000),
        (990..2000, 990..1000),
        (1000..2000, 0..0),
        (5000..u64::MAX, 0..0),
        (7..7, 0..0),
    ] {
        let read = chunks(&*store, &name, range.clone()).await.concat();
        assert_eq!(read, whole[expected], "the range {range:?}");
    }
}

/// A large blob is not held in memory at once: it comes in chunks of at most 1 MiB.
pub async fn a_large_blob_comes_in_chunks(store: Arc<dyn BlobStore>) {
    let name = key("clips/large.mp4");
    let whole = bytes((3 << 20) + 17);
    store.put(&name, whole.clone()).await.expect("put");
    let read = chunks(&*store, &name, 5..u64::MAX).await;
    assert!(read.len() > 1 && read.iter().all(|chunk| chunk.len() <= 1 << 20), "{}", read.len());
    assert_eq!(read.concat(), whole[5..]);
}

/// The last put under a key counts.
pub async fn putting_again_replaces(store: Arc<dyn BlobStore>) {
    let name = key("a/b");
    store.put(&name, bytes(2000)).await.expect("put");
    store.put(&name, bytes(10)).await.expect("put again");
    assert_eq!(store.get(&name).await.expect("get"), bytes(10));
}

/// While a key is put again and again, a reader sees one of the blobs whole.
pub async fn a_reader_sees_one_blob_whole(store: Arc<dyn BlobStore>) {
    let name = key("a/turning");
    let (one, other) = (Bytes::from(vec![1; 300_000]), Bytes::from(vec![2; 300_000]));
    store.put(&name, one.clone()).await.expect("put");
    let write = async {
        for turn in 0..20 {
            let blob = if turn % 2 == 0 { other.clone() } else { one.clone() };
            store.put(&name, blob).await.expect("put");
        }
    };
    let read = async {
        for _ in 0..20 {
            let read = store.get(&name).await.expect("get");
            assert!(read == one || read == other, "a reader saw a mixture of two blobs");
        }
    };
    futures::join!(write, read);
}

/// A file is stored as a copy: it stays, and may change after.
pub async fn a_file_is_copied(store: Arc<dyn BlobStore>) {
    // Any file that is surely there: the test's own program.
    let path = std::env::current_exe().expect("a program has a path");
    let len = tokio::fs::metadata(&path).await.expect("metadata").len();
    let name = key("files/copy");
    store.put_file(&name, &path).await.expect("put_file");
    assert_eq!(store.len(&name).await.expect("len"), Some(len));
    assert!(path.exists(), "the file was moved instead of copied");
    let head = chunks(&*store, &name, 0..64).await.concat();
    let file = tokio::fs::read(&path).await.expect("read");
    assert_eq!(head, file[..64]);
}

/// A put that fails leaves what was there, or nothing.
pub async fn a_broken_put_leaves_nothing(store: Arc<dyn BlobStore>) {
    let name = key("files/broken");
    let nowhere = Path::new("/nowhere/at/all");
    store.put_file(&name, nowhere).await.expect_err("there is no such file");
    assert_eq!(store.len(&name).await.expect("len"), None);
    store.put(&name, bytes(10)).await.expect("put");
    store.put_file(&name, nowhere).await.expect_err("there is no such file");
    assert_eq!(store.get(&name).await.expect("get"), bytes(10));
}

/// Deleting forgets, and deleting what is not there is no error.
pub async fn deleting_is_idempotent(store: Arc<dyn BlobStore>) {
    let name = key("a/b/c");
    store.put(&name, bytes(10)).await.expect("put");
    store.delete(&name).await.expect("delete");
    assert_eq!(store.len(&name).await.expect("len"), None);
    store.delete(&name).await.expect("delete again");
    store.delete(&key("never/was")).await.expect("delete what never was");
}
