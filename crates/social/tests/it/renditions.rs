//! Renditions go when they rested long or room runs short, and never under a post that waits.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use social::core::domain::Rendition;
use social::core::engine::tidy;
use social::core::ports::{BlobKey, ManualClock};
use social::{Asset, Library, Platform, Scheduler as _, Social, Timestamp};

use crate::world::{START, World, picture};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// As if it had just been made of the asset: its bytes, and the row.
async fn made(social: &Social, asset: &Asset, plan: &str) -> BlobKey {
    let ports = social.ports();
    let key = BlobKey::new(format!("renditions/aa/{plan}.jpg")).unwrap();
    ports.blobs.put(&key, Bytes::from_static(b"made")).await.unwrap();
    let (source, plan) = (asset.hash.clone(), plan.to_owned());
    let (mime, probe) = ("image/jpeg".to_owned(), asset.probe.clone());
    let rendition = Rendition { source, plan, key: key.clone(), mime, probe };
    let mut unit = ports.store.begin().await.unwrap();
    let now = ports.clock.now();
    unit.media().put_rendition(social.workspace(), &rendition, now).await.unwrap();
    unit.commit().await.unwrap();
    key
}

async fn is_there(social: &Social, key: &BlobKey) -> bool {
    social.ports().blobs.len(key).await.unwrap().is_some()
}

#[tokio::test]
async fn what_nobody_used_for_long_is_let_go_and_the_original_stays() {
    let world = World::new(31);
    let social = world.engine().await;
    let asset = social.library().add_bytes(social.workspace(), picture(1), None).await.unwrap();
    let old = made(&social, &asset, "old").await;
    world.clock.advance(20 * DAY);
    let young = made(&social, &asset, "young").await;
    assert_eq!(tidy(social.ports()).await.unwrap().renditions, 0);
    world.clock.advance(11 * DAY);
    assert_eq!(tidy(social.ports()).await.unwrap().renditions, 1);
    assert!(!is_there(&social, &old).await && is_there(&social, &young).await);
    assert!(is_there(&social, &asset.key).await);
}

#[tokio::test]
async fn of_too_many_bytes_those_go_first_that_rested_longest() {
    let world = World::new(32);
    let social = world.engine().await;
    let asset = social.library().add_bytes(social.workspace(), picture(2), None).await.unwrap();
    let mut keys = Vec::new();
    for plan in ["first", "second", "third"] {
        keys.push(made(&social, &asset, plan).await);
        world.clock.advance(2 * DAY);
    }
    let fresh = made(&social, &asset, "fresh").await;
    let mut ports = social.ports().clone();
    ports.config.rendition_bytes = 2 * asset.probe.bytes();
    assert_eq!(tidy(&ports).await.unwrap().renditions, 2);
    assert!(!is_there(&social, &keys[0]).await && !is_there(&social, &keys[1]).await);
    assert!(is_there(&social, &keys[2]).await && is_there(&social, &fresh).await);
    // What a network may be fetching right now stays, however little room there is.
    ports.config.rendition_bytes = 0;
    assert_eq!(tidy(&ports).await.unwrap().renditions, 1);
    assert!(is_there(&social, &fresh).await);
}

#[tokio::test]
async fn a_post_that_waits_keeps_what_was_made_for_it() {
    let world = World::new(33);
    let social = world.engine().await;
    let account = world.connect(&social, &Platform::FACEBOOK).await.remove(0);
    let request = world.request(&social, &account, "Later", &[picture(3)]).await;
    let asset = social.library().get(social.workspace(), request.media[0].asset).await.unwrap();
    let post = social.posts().schedule_post(request).await.unwrap();
    let key = made(&social, &asset, "waiting").await;
    world.clock.advance(40 * DAY);
    assert_eq!(tidy(social.ports()).await.unwrap().renditions, 0);
    assert!(is_there(&social, &key).await);
    social.posts().cancel_scheduled_post(social.workspace(), post).await.unwrap();
    world.clock.advance(40 * DAY);
    assert_eq!(tidy(social.ports()).await.unwrap().renditions, 1);
    assert!(!is_there(&social, &key).await);
}

#[tokio::test]
async fn a_disk_that_runs_short_takes_nothing_new_and_lets_go_of_what_rests() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::from_secs(START)));
    let social =
        Social::builder().data_dir(folder.path()).clock(clock.clone()).build().await.unwrap();
    let asset = social.library().add_bytes(social.workspace(), picture(4), None).await.unwrap();
    let key = made(&social, &asset, "rests").await;
    clock.advance(2 * DAY);
    let mut ports = social.ports().clone();
    ports.config.media_reserve = u64::MAX;
    let refused = Library::new(ports.clone()).add_bytes(social.workspace(), picture(5), None).await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("full") && refused.contains("free some space"), "{refused}");
    assert_eq!(tidy(&ports).await.unwrap().renditions, 1);
    assert!(!is_there(&social, &key).await && is_there(&social, &asset.key).await);
}
