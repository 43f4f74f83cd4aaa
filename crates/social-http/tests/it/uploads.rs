use std::time::Duration;

use serde_json::{Value, json};
use social::core::engine::tidy;
use social::core::ports::BlobKey;

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
        Ok(axum::body::Bytes::copy_from_slice(&file[..25])),
        Err(std::io::Error::other("gone")),
    ]);
    let ask = bytes(&path, &key, 0, &[]).raw(axum::body::Body::from_stream(broken));
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
    upload.writing = Some(left.clone());
    unit.uploads().update(&mut upload).await.unwrap();
    unit.commit().await.unwrap();
    let done = house.send(bytes(&path, &key, 0, &file)).await;
    assert!(done.header("media-id").is_some(), "{}", done.text);
    assert_eq!(ports.blobs.len(&left).await.unwrap(), None);
    let mut unit = ports.store.begin().await.unwrap();
    let upload = unit.uploads().get(house.social.workspace(), id).await.unwrap().unwrap();
    assert!(upload.pieces.is_empty() && upload.writing.is_none(), "{upload:?}");
}
