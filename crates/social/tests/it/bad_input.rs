//! Bad input: one clear error that says what to do, and nothing stored before is lost.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use social::core::ports::{
    BlobError, BlobKey, BlobStore, ManualClock, MediaPipeline as _, MediaSource,
};
use social::{
    Code, DeliveryStatus, Error, MediaRef, Platform, PostRequest, Scheduler as _, Social, Timestamp,
};

use crate::world::{START, World, picture};

fn codes(error: Error) -> Vec<Code> {
    match error {
        Error::Invalid(findings) => findings.iter().map(|finding| finding.code).collect(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn all_that_is_wrong_with_a_request_is_said_at_once_and_nothing_is_stored() {
    let world = World::new(21);
    let social = world.engine().await;
    world.connect(&social, &Platform::INSTAGRAM).await;
    let mut request = PostRequest::new(
        social.workspace(),
        "x".repeat(2300),
        [Platform::INSTAGRAM, Platform::TIKTOK, "myspace".parse().unwrap()],
    );
    request = request.at(Timestamp::from_secs(START - 60));
    let error = social.posts().schedule_post(request).await.unwrap_err();
    let said = error.to_string();
    assert_eq!(
        codes(error),
        [Code::TimeInPast, Code::KindUnsupported, Code::AccountNotConnected, Code::PlatformUnknown]
    );
    assert!(said.contains("known are: facebook, instagram, linkedin, tiktok"), "{said}");
    let posts = social.posts().list(social.workspace(), &Default::default()).await.unwrap();
    assert!(posts.is_empty());
}

#[tokio::test]
async fn a_text_that_is_too_long_is_counted_as_the_network_counts() {
    let world = World::new(22);
    let social = world.engine().await;
    let account = world.connect(&social, &Platform::INSTAGRAM).await.remove(0);
    let text = "é".repeat(2231);
    let request = world.request(&social, &account, &text, &[picture(1)]).await;
    let error = social.posts().schedule_post(request).await.unwrap_err();
    assert_eq!(error.to_string(), "instagram: 2231 of 2200 characters: shorten the text by 31");
}

#[tokio::test]
async fn media_that_was_never_uploaded_is_named() {
    let world = World::new(23);
    let social = world.engine().await;
    let account = world.connect(&social, &Platform::FACEBOOK).await.remove(0);
    let mut request = world.request(&social, &account, "Where?", &[]).await;
    let asset = "media_01JD3V9K7N3Q5R7T9V1X3Z5B7D".parse().unwrap();
    request.media.push(MediaRef::new(asset));
    let error = social.posts().schedule_post(request).await.unwrap_err();
    assert_eq!(codes(error), [Code::MediaNotFound]);
}

#[test]
fn a_time_without_an_offset_is_refused() {
    let error = "2026-11-23T09:00:00".parse::<Timestamp>().unwrap_err().to_string();
    assert!(error.contains("no offset") && error.contains("+01:00"), "{error}");
}

#[tokio::test]
async fn media_that_lies_or_is_a_bomb_is_refused_before_it_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let social = Social::builder().data_dir(folder.path()).build().await.unwrap();
    let media = social::media::LocalMedia::new();
    let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x75\x30\0\0\x75\x30\x08\x02\0\0\0".to_vec();
    bomb.extend([0; 64]);
    for (name, bytes) in [
        ("a page that says it is a photo", Bytes::from_static(b"<html><body>photo.jpg</body>")),
        ("half a photo", picture(3).slice(..200)),
        ("a bomb of 900 megapixels", bomb.into()),
        ("nothing", Bytes::new()),
    ] {
        let error = media.probe(&MediaSource::Bytes(bytes.clone())).await;
        let error = match error {
            // What only shows when it is decoded is refused there.
            Ok(_) => continue,
            Err(error) => error.to_string(),
        };
        assert!(error.len() > 20, "{name}: `{error}` does not say what to do");
        let refused = social.library().add_bytes(social.workspace(), bytes, None).await;
        assert!(matches!(refused, Err(Error::Media(_))), "{name}");
    }
    assert_eq!(files(&folder.path().join("media")), 0, "a refused upload left something behind");
}

fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named() {
    let world = World::new(24);
    let social = world.engine().await;
    let missing = Path::new("/no/such/photo.jpg");
    let error = social.library().add_file(social.workspace(), missing).await.unwrap_err();
    assert!(error.to_string().contains("/no/such/photo.jpg"), "{error}");
}

/// A folder on a disk that is full.
#[derive(Debug)]
struct FullDisk;

#[async_trait]
impl BlobStore for FullDisk {
    async fn put(&self, _: &BlobKey, _: Bytes) -> Result<(), BlobError> {
        Err(BlobError::Full)
    }
    async fn put_file(&self, _: &BlobKey, _: &Path) -> Result<(), BlobError> {
        Err(BlobError::Full)
    }
    async fn len(&self, _: &BlobKey) -> Result<Option<u64>, BlobError> {
        Ok(None)
    }
    async fn read(
        &self,
        key: &BlobKey,
        _: std::ops::Range<u64>,
    ) -> Result<futures::stream::BoxStream<'static, Result<Bytes, BlobError>>, BlobError> {
        Err(BlobError::NotFound(key.clone()))
    }
    async fn delete(&self, _: &BlobKey) -> Result<(), BlobError> {
        Ok(())
    }
    async fn public_url(&self, _: &BlobKey, _: Duration) -> Result<Option<url::Url>, BlobError> {
        Ok(None)
    }
}

#[tokio::test]
async fn a_full_disk_says_so_and_keeps_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let social =
        Social::builder().data_dir(folder.path()).blobs(Arc::new(FullDisk)).build().await.unwrap();
    let error = social
        .library()
        .add_bytes(social.workspace(), picture(5), None)
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("full") && error.contains("free some space"), "{error}");
    let again = Social::builder().data_dir(folder.path()).build().await.unwrap();
    assert_eq!(again.workspace(), social.workspace());
}

#[tokio::test]
async fn a_restart_finds_everything_and_a_broken_key_file_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::from_secs(START)));
    let build = || Social::builder().data_dir(folder.path()).clock(clock.clone()).build();
    let first = build().await.unwrap();
    let asset = first.library().add_bytes(first.workspace(), picture(6), None).await.unwrap();
    drop(first);
    let keys = folder.path().join("keys");
    let good = std::fs::read(&keys).unwrap();
    std::fs::write(&keys, b"not a key").unwrap();
    let refused = build().await.unwrap_err().to_string();
    assert!(refused.contains("key"), "{refused}");
    std::fs::write(&keys, good).unwrap();
    let second = build().await.unwrap();
    assert_eq!(second.library().get(second.workspace(), asset.id).await.unwrap(), asset);
}

#[tokio::test]
async fn a_photo_post_without_a_public_address_is_stopped_by_preflight() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(25);
    let social = Social::builder()
        .data_dir(folder.path())
        .clock(world.clock.clone())
        .transport(world.transport())
        .simulators(&world.sim.base_url())
        .build()
        .await
        .unwrap();
    let account = world.connect(&social, &Platform::INSTAGRAM).await.remove(0);
    let request = world.request(&social, &account, "Unreachable", &[picture(7)]).await;
    let error = social.posts().schedule_post(request).await.unwrap_err();
    assert_eq!(codes(error), [Code::MediaNotPublic]);
}

#[tokio::test]
async fn media_the_network_refuses_fails_with_its_reason() {
    let world = World::new(26);
    let social = world.engine().await;
    let account = world.connect(&social, &Platform::INSTAGRAM).await.remove(0);
    // Says it is a JPEG of 640x640 and is cut off after its first bytes.
    let request = world.request(&social, &account, "Half", &[picture(8).slice(..300)]).await;
    let post = social.posts().schedule_post(request).await.unwrap();
    let view = world.run(&social, post).await.unwrap();
    assert_eq!(view.deliveries[0].status, DeliveryStatus::Failed, "{view:#?}");
    assert!(view.deliveries[0].failure.as_ref().unwrap().message.len() > 10);
    assert_eq!(world.sim.ledger().live().count(), 0);
}
