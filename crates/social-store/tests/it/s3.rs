//! Blobs in a bucket of a server that others wrote, in this process.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use secrecy::SecretString;
use social_core::ports::{BlobKey, BlobStore};
use social_store::{S3Blobs, S3Settings};
use tempfile::TempDir;
use url::Url;

const BUCKET: &str = "media";

/// A server with one bucket, for as long as the folder is kept.
async fn server() -> (Url, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
    let files = s3s_fs::FileSystem::new(folder.path()).unwrap();
    let mut builder = s3s::service::S3ServiceBuilder::new(files);
    builder.set_auth(s3s::auth::SimpleAuth::from_single("KEY", "SECRET"));
    let service = builder.build();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let server = Builder::new(TokioExecutor::new());
                let _ = server.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    (url.parse().unwrap(), folder)
}

fn settings(endpoint: Url) -> S3Settings {
    S3Settings {
        bucket: BUCKET.to_owned(),
        region: "us-east-1".to_owned(),
        endpoint: Some(endpoint),
        access_key_id: "KEY".to_owned(),
        secret_access_key: SecretString::from("SECRET".to_owned()),
        prefix: Some("social".to_owned()),
    }
}

async fn blobs() -> (Arc<dyn BlobStore>, TempDir) {
    let (url, folder) = server().await;
    (Arc::new(S3Blobs::new(settings(url)).unwrap()), folder)
}

social_core::blob_store_conformance!(s3_blob_store, blobs);

fn key(name: &str) -> BlobKey {
    BlobKey::new(name).unwrap()
}

#[tokio::test]
async fn a_blob_of_many_parts_comes_back_whole() {
    let (store, folder) = blobs().await;
    let whole: Bytes = (0..20_000_003_u32).map(|at| at.to_le_bytes()[at as usize % 3]).collect();
    store.put(&key("clips/long.mp4"), whole.clone()).await.unwrap();
    assert_eq!(store.get(&key("clips/long.mp4")).await.unwrap(), whole);
    // The same from a file, which is read as it goes.
    let path = folder.path().join("source");
    std::fs::write(&path, &whole).unwrap();
    store.put_file(&key("clips/file.mp4"), &path).await.unwrap();
    assert_eq!(store.len(&key("clips/file.mp4")).await.unwrap(), Some(whole.len() as u64));
    assert_eq!(store.get(&key("clips/file.mp4")).await.unwrap(), whole);
}

#[tokio::test]
async fn an_upload_that_fails_in_the_middle_leaves_nothing() {
    let (store, folder) = blobs().await;
    let path = folder.path().join("folder");
    // A folder opens like a file, is large enough to go up in parts where a file system says so,
    // and cannot be read.
    std::fs::create_dir(&path).unwrap();
    store.put_file(&key("clips/broken.mp4"), &path).await.unwrap_err();
    assert_eq!(store.len(&key("clips/broken.mp4")).await.unwrap(), None);
}

#[tokio::test]
async fn a_public_address_opens_one_blob_for_anyone() {
    let (store, _folder) = blobs().await;
    store.put(&key("a.jpg"), Bytes::from_static(b"picture")).await.unwrap();
    store.put(&key("b.jpg"), Bytes::from_static(b"secret")).await.unwrap();
    let url = store.public_url(&key("a.jpg"), Duration::from_secs(60)).await.unwrap().unwrap();
    // Whoever fetches it is no client of ours.
    let client = reqwest::Client::builder().build().unwrap();
    let fetched = client.get(url.clone()).send().await.unwrap();
    assert_eq!(fetched.bytes().await.unwrap(), "picture");
    let mut other = url.clone();
    other.set_path(&url.path().replace("a.jpg", "b.jpg"));
    assert_eq!(client.get(other).send().await.unwrap().status(), 403);
    let mut bare = url;
    bare.set_query(None);
    assert_eq!(client.get(bare).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn a_wrong_secret_is_refused_and_not_shown() {
    let (url, _folder) = server().await;
    let wrong = SecretString::from("WRONG-SECRET".to_owned());
    let settings = S3Settings { secret_access_key: wrong, ..settings(url) };
    assert!(!format!("{settings:?}").contains("WRONG-SECRET"));
    let store = S3Blobs::new(settings).unwrap();
    let error = store.put(&key("a"), Bytes::from_static(b"a")).await.unwrap_err();
    assert!(!format!("{error:?} {store:?}").contains("WRONG-SECRET"));
}
