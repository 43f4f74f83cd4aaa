use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use social::core::domain::{Piece, WritePolicy};
use social::core::engine::tidy;
use social::core::ports::BlobKey;
use social::store::MemoryStore;

use crate::house::{Answer, Ask, House, ask};
use crate::media::picture;

fn tus(method: &str, path: &str, key: &str) -> Ask {
    ask(method, path).key(key).header("tus-resumable", "1.0.0")
}

async fn begin(house: &House, key: &str, length: usize) -> Answer {
    let ask = tus("POST", "/api/uploads", key).header("upload-length", &length.to_string());
    house.send(ask.header("upload-metadata", "filename YmVhbnMucG5n,else")).await
}

fn at(begun: &Answer) -> String {
    assert_eq!(begun.status, 201, "{}", begun.text);
    begun.header("location").unwrap().strip_prefix("http://127.0.0.1:8080").unwrap().to_owned()
}

fn bytes(path: &str, key: &str, offset: usize, bytes: &[u8]) -> Ask {
    tus("PATCH", path, key)
        .header("content-type", "application/offset+octet-stream")
        .header("upload-offset", &offset.to_string())
        .raw(bytes.to_vec())
}

#[tokio::test]
async fn a_file_comes_in_pieces_and_becomes_media() {
    let (house, key) = House::ready().await;
    let file = picture();
    let begun = begin(&house, &key, file.len()).await;
    let path = at(&begun);
    assert_eq!(begun.header("upload-offset"), Some("0"));
    assert_eq!(begun.header("upload-expires"), Some("Sat, 16 Jan 2027 08:00:00 GMT"));

    let first = house.send(bytes(&path, &key, 0, &file[..30])).await;
    assert_eq!((first.status.as_u16(), first.header("upload-offset")), (204, Some("30")));
    // A client that lost its way asks, and goes on.
    house.send(bytes(&path, &key, 10, &file[10..])).await.is_problem(409, "upload_moved");
    let asked = house.send(tus("HEAD", &path, &key)).await;
    assert_eq!((asked.status.as_u16(), asked.header("upload-offset")), (200, Some("30")));
    assert_eq!(asked.header("upload-length"), Some(file.len().to_string().as_str()));
    assert_eq!(asked.header("media-id"), None);

    let last = house.send(bytes(&path, &key, 30, &file[30..])).await;
    assert_eq!(last.status.as_u16(), 204, "{}", last.text);
    let id = last.header("media-id").unwrap().to_owned();
    let media = house.send(ask("GET", &format!("/api/media/{id}")).key(&key)).await;
    assert_eq!(media.is(200)["name"], "beans.png");
    assert_eq!(media.body["bytes"], file.len());
    // It stays known for a while, and is the same as what came in one piece.
    let done = house.send(ask("GET", &path).key(&key)).await;
    assert_eq!((&done.is(200)["media_id"], &done.body["offset"]), (&json!(id), &json!(file.len())));
    let whole = house.send(ask("POST", "/api/media").key(&key).raw(file)).await;
    assert_eq!(whole.is(201)["id"], id.as_str());
}

#[tokio::test]
async fn what_arrived_before_the_connection_broke_counts() {
    let (house, key) = House::ready().await;
    let file = picture();
    let path = at(&begin(&house, &key, file.len()).await);
    let broken = futures::stream::iter([
        Ok(Bytes::copy_from_slice(&file[..25])),
        Err(std::io::Error::other("gone")),
    ]);
    let ask = bytes(&path, &key, 0, &[]).raw(Body::from_stream(broken));
    house.send(ask).await;
    let asked = house.send(tus("HEAD", &path, &key)).await;
    assert_eq!(asked.header("upload-offset"), Some("25"));
    let rest = house.send(bytes(&path, &key, 25, &file[25..])).await;
    assert!(rest.header("media-id").is_some(), "{}", rest.text);
}

#[tokio::test]
async fn what_is_wrong_is_refused_and_leaves_nothing() {
    let house = House::with(|config| {
        config.upload_limit = 10_000;
        config.uploads_limit = 15_000;
    })
    .await;
    let key = house.human_key().await;
    let no_version = ask("POST", "/api/uploads").key(&key).header("upload-length", "5");
    let refused = house.send(no_version).await;
    refused.is_problem(412, "tus_version");
    assert_eq!(refused.header("tus-version"), Some("1.0.0"));
    house.send(tus("POST", "/api/uploads", &key)).await.is_problem(400, "header_invalid");
    begin(&house, &key, 10_001).await.is_problem(413, "too_large");
    let path = at(&begin(&house, &key, 9_000).await);
    begin(&house, &key, 9_000).await.is_problem(413, "too_large");
    let raw = tus("PATCH", &path, &key).header("upload-offset", "0").raw("x");
    house.send(raw).await.is_problem(415, "use_raw_body");

    // No picture, and gone with that.
    let text = at(&begin(&house, &key, 6).await);
    house.send(bytes(&text, &key, 0, b"<html>")).await.is_problem(422, "media_unsupported");
    house.send(ask("GET", &text).key(&key)).await.is_problem(404, "upload_not_found");
    // More than was said.
    let short = at(&begin(&house, &key, 3).await);
    house.send(bytes(&short, &key, 0, b"1234")).await.is_problem(413, "too_large");

    let stranger = house.stranger().await;
    for method in ["GET", "PATCH", "DELETE"] {
        let theirs = tus(method, &path, &stranger)
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", "0");
        house.send(theirs).await.is_problem(404, "upload_not_found");
    }
    assert_eq!(house.send(tus("DELETE", &path, &key)).await.status, 204);
    house.send(tus("DELETE", &path, &key)).await.is_problem(404, "upload_not_found");
}

#[tokio::test]
async fn what_nobody_goes_on_with_expires() {
    let (house, key) = House::ready().await;
    let file = picture();
    let path = at(&begin(&house, &key, file.len()).await);
    house.send(bytes(&path, &key, 0, &file[..9])).await;
    house.clock.advance(Duration::from_secs(23 * 3600));
    house.send(bytes(&path, &key, 9, &file[9..12])).await;
    house.clock.advance(Duration::from_secs(23 * 3600));
    assert_eq!(tidy(house.social.ports()).await.unwrap().uploads, 0);
    house.send(ask("GET", &path).key(&key)).await.is(200);
    house.clock.advance(Duration::from_secs(2 * 3600));
    house.send(ask("GET", &path).key(&key)).await.is_problem(404, "upload_not_found");
    assert_eq!(tidy(house.social.ports()).await.unwrap().uploads, 1);
    assert_eq!(tidy(house.social.ports()).await.unwrap().uploads, 0);
    let list = house.send(ask("GET", "/api/media").key(&key)).await;
    assert_eq!(list.is(200), &json!({ "items": [], "next_cursor": Value::Null }));
}

#[tokio::test]
async fn what_a_process_left_behind_is_removed_by_whoever_goes_on() {
    let (house, key) = House::ready().await;
    let file = picture();
    let path = at(&begin(&house, &key, file.len()).await);
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    // Killed while it wrote a piece: the row names it, and it counts for nothing.
    let ports = house.social.ports();
    let left = BlobKey::new("uploads/left/behind").unwrap();
    ports.blobs.put(&left, "half".into()).await.unwrap();
    let mut unit = ports.store.begin().await.unwrap();
    let mut upload = unit.uploads().get(house.social.workspace(), id).await.unwrap().unwrap();
    upload.writing = vec![Piece { key: left.clone(), bytes: 4 }];
    unit.uploads().update(&mut upload).await.unwrap();
    unit.commit().await.unwrap();
    let done = house.send(bytes(&path, &key, 0, &file)).await;
    assert!(done.header("media-id").is_some(), "{}", done.text);
    assert_eq!(ports.blobs.len(&left).await.unwrap(), None);
    let mut unit = ports.store.begin().await.unwrap();
    let upload = unit.uploads().get(house.social.workspace(), id).await.unwrap().unwrap();
    assert!(upload.pieces.is_empty() && upload.writing.is_empty(), "{upload:?}");
}

fn sha256(bytes: &[u8]) -> String {
    format!("sha256 {}", STANDARD.encode(Sha256::digest(bytes)))
}

/// How many files there are below a folder.
fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

/// How many files and folders the media of a house have, its two own folders aside.
fn litter(folder: &Path) -> usize {
    let uploads = folder.join("uploads");
    let left = if uploads.exists() { std::fs::read_dir(uploads).unwrap().count() } else { 0 };
    left + files(&folder.join(".incoming"))
}

async fn house_in(folder: &Path) -> (House, String) {
    let house =
        House::keeping(Arc::new(MemoryStore::new()), Some(folder), |_| {}, |_, api| api).await;
    let key = house.key_of(WritePolicy::None).await;
    (house, key)
}

async fn offset(house: &House, path: &str, key: &str) -> String {
    let asked = house.send(tus("HEAD", path, key)).await;
    asked.header("upload-offset").unwrap().to_owned()
}

#[tokio::test]
async fn what_is_spoken_of_the_protocol_is_told_to_who_asks() {
    let house = House::with(|config| config.upload_limit = 10_000).await;
    for path in ["/api/uploads", "/api/uploads/upl_1"] {
        let told = house.send(ask("OPTIONS", path)).await;
        assert!(told.status.is_success(), "{}", told.status);
        for (name, value) in [
            ("tus-version", "1.0.0"),
            ("tus-resumable", "1.0.0"),
            ("tus-extension", "creation,termination,expiration,checksum"),
            ("tus-checksum-algorithm", "sha1,sha256"),
            ("tus-max-size", "10000"),
        ] {
            assert_eq!(told.header(name), Some(value), "{name}");
        }
    }
    assert_eq!(house.send(ask("OPTIONS", "/api/posts")).await.header("tus-version"), None);
}

#[tokio::test]
async fn a_chunk_counts_only_with_the_bytes_of_its_checksum() {
    let folder = tempfile::tempdir().unwrap();
    let (house, key) = house_in(folder.path()).await;
    let file = picture();
    let path = at(&begin(&house, &key, file.len()).await);
    let chunk = |from: usize, to: usize, checksum: &str| {
        bytes(&path, &key, from, &file[from..to]).header("upload-checksum", checksum)
    };
    let wrong = house.send(chunk(0, 30, &sha256(&file[..31]))).await;
    wrong.is_problem(460, "checksum_mismatch");
    assert_eq!((offset(&house, &path, &key).await.as_str(), litter(folder.path())), ("0", 0));
    for unknown in ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha256 c2hvcnQ=", "sha256", "sha1 ***"] {
        house.send(chunk(0, 30, unknown)).await.is_problem(400, "header_invalid");
    }
    let right = house.send(chunk(0, 30, &sha256(&file[..30]))).await;
    assert_eq!((right.status.as_u16(), right.header("upload-offset")), (204, Some("30")));
    // More than was announced: nothing of it counts either.
    let long = [&file[30..], b"x"].concat();
    let ask = bytes(&path, &key, 30, &long).header("upload-checksum", &sha256(&long));
    house.send(ask).await.is_problem(413, "too_large");
    assert_eq!((offset(&house, &path, &key).await.as_str(), litter(folder.path())), ("30", 1));
    let sha1 = format!("sha1 {}", STANDARD.encode(sha1::Sha1::digest(&file[30..])));
    let last = house.send(chunk(30, file.len(), &sha1)).await;
    assert!(last.header("media-id").is_some(), "{}", last.text);
    assert_eq!(litter(folder.path()), 0);
}

#[tokio::test]
async fn a_chunk_of_many_pieces_counts_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (house, key) = house_in(folder.path()).await;
    let chunk = Bytes::from(vec![7; 9 << 20]);
    let twice = Bytes::from(vec![7; 18 << 20]);
    let path = at(&begin(&house, &key, 20 << 20).await);
    let send = |checksum: &str| {
        let parts = futures::stream::iter([chunk.clone(), chunk.clone()]).map(Ok::<_, String>);
        let ask = bytes(&path, &key, 0, &[]).raw(Body::from_stream(parts));
        house.send(ask.header("upload-checksum", checksum))
    };
    send(&sha256(&chunk)).await.is_problem(460, "checksum_mismatch");
    assert_eq!((offset(&house, &path, &key).await.as_str(), litter(folder.path())), ("0", 0));
    assert_eq!(send(&sha256(&twice)).await.status.as_u16(), 204);
    assert_eq!(offset(&house, &path, &key).await, (18 << 20).to_string());
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (house, key) = house_in(folder.path()).await;
    let whole = Bytes::from(vec![7; 9 << 20]);
    // The client goes away in the middle of a chunk, after more than a piece of it: the connection
    // breaks, with a checksum and without, or its request is just dropped where it stands.
    let broken = || {
        let gone = Err(std::io::Error::other("gone"));
        Body::from_stream(futures::stream::iter([Ok(whole.clone()), gone]))
    };
    let silent = || {
        let some = futures::stream::iter([Ok::<_, String>(whole.clone())]);
        Body::from_stream(some.chain(futures::stream::pending()))
    };
    let mut paths = Vec::new();
    for _ in 0..4 {
        paths.push(at(&begin(&house, &key, 20 << 20).await));
    }
    let to = |path: &str, body: Body| bytes(path, &key, 0, &[]).raw(body);
    let checksum = sha256(&whole.repeat(2));
    house.send(to(&paths[0], broken())).await;
    let refused = to(&paths[1], broken()).header("upload-checksum", &checksum);
    house.send(refused).await.is_problem(460, "checksum_mismatch");
    for (path, checksum) in [(&paths[2], None), (&paths[3], Some(&checksum))] {
        let ask = to(path, silent());
        let ask = match checksum {
            Some(checksum) => ask.header("upload-checksum", checksum),
            None => ask,
        };
        let pieces = || std::fs::read_dir(folder.path().join("uploads")).unwrap().count();
        let before = pieces();
        let until_written = async {
            while pieces() == before {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            answer = house.send(ask) => panic!("it is not over: {}", answer.text),
            () = until_written => {}
        }
    }
    let came = (9 << 20).to_string();
    assert_eq!(offset(&house, &paths[0], &key).await, came, "what arrived counts");
    assert_eq!(offset(&house, &paths[1], &key).await, "0");
    assert_eq!(offset(&house, &paths[3], &key).await, "0", "nobody knows whether it was right");
    assert!(litter(folder.path()) > 0);
    // Nobody comes again.
    house.clock.advance(Duration::from_secs(25 * 3600));
    assert_eq!(tidy(house.social.ports()).await.unwrap().uploads, 4);
    assert_eq!(litter(folder.path()), 0);
}
