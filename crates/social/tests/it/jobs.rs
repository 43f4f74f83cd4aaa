//! The queue as those who run it see it.

use std::time::Duration;

use social::core::domain::JobTask;
use social::core::engine::{Check, Jobs, checkup};
use social::{Account, DeliveryStatus, Error, Platform, PostStatus, Scheduler as _, Social};

use crate::world::{World, clip, picture};

async fn page(world: &World, social: &Social) -> Account {
    world.connect(social, &Platform::FACEBOOK).await.remove(0)
}

#[tokio::test]
async fn a_job_that_was_given_up_is_told_and_tried_again() {
    let world = World::new(91);
    let social = world.engine().await;
    let account = page(&world, &social).await;
    let request = world.request(&social, &account, "Stuck", &[picture(4)]).await;
    let post = social.posts().schedule_post(request).await.unwrap();
    let view = social.posts().get(social.workspace(), post).await.unwrap();
    let asset = view.deliveries[0].media[0].asset;
    let asset = social.library().get(social.workspace(), asset).await.unwrap();
    let bytes = world.blobs.get(&asset.key).await.unwrap();
    world.blobs.delete(&asset.key).await.unwrap();
    world.run(&social, post).await.unwrap();

    let (jobs, ws) = (Jobs::new(social.ports().clone()).by("somebody"), social.workspace());
    let parked = jobs.parked(ws, 10).await.unwrap();
    let job = parked.iter().find(|job| matches!(job.task, JobTask::Publish { .. })).unwrap();
    // The picture is back, and what was given up is tried again.
    world.blobs.put(&asset.key, bytes).await.unwrap();
    jobs.retry(ws, job.id).await.unwrap();
    let view = world.run(&social, post).await.unwrap();
    assert_eq!(view.status, PostStatus::Published, "{:#?}", view.deliveries);
    let again = jobs.retry(ws, job.id).await;
    assert!(matches!(again, Err(Error::NotFound(_))), "{again:?}");
    let record = social.audit().latest(ws, 10).await.unwrap();
    assert!(record.iter().any(|entry| entry.action == "job.retry" && entry.actor == "somebody"));
}

#[tokio::test]
async fn a_job_that_is_parked_takes_its_delivery_with_it() {
    let world = World::new(92);
    let social = world.engine().await;
    let account = page(&world, &social).await;
    let request = world.request(&social, &account, "Not now", &[]).await;
    let post = social.posts().schedule_post(request).await.unwrap();
    let (jobs, ws) = (Jobs::new(social.ports().clone()), social.workspace());
    let waiting = jobs.list(ws, None, 10).await.unwrap();
    let job = waiting.iter().find(|job| matches!(job.task, JobTask::Publish { .. })).unwrap();
    // Due now, and still nothing goes out before its time.
    jobs.retry(ws, job.id).await.unwrap();
    while social.worker().run_once().await.unwrap().0 > 0 {}
    assert_eq!(world.sim.ledger().live().count(), 0);

    let other = social::core::engine::Workspaces::new(social.ports().clone());
    let other = other.create("other").await.unwrap();
    assert!(jobs.list(other, None, 10).await.unwrap().is_empty());
    let theirs = jobs.park(other, job.id, "theirs").await;
    assert!(matches!(theirs, Err(Error::NotFound(_))), "{theirs:?}");

    jobs.park(ws, job.id, "it was a mistake").await.unwrap();
    world.work_for(&social, Duration::from_secs(3600)).await;
    let view = social.posts().get(ws, post).await.unwrap();
    assert_eq!(view.deliveries[0].status, DeliveryStatus::Failed);
    assert!(view.deliveries[0].failure.as_ref().unwrap().message.contains("it was a mistake"));
    assert_eq!(world.sim.ledger().live().count(), 0);
}

#[tokio::test]
async fn a_check_up_says_what_is_well_and_what_to_do() {
    let world = World::new(93);
    let social = world.engine().await;
    let clip = clip().await;
    let named = |checks: &[Check], part: &str| {
        let found = checks.iter().find(|check| check.part == part);
        found.unwrap_or_else(|| panic!("nothing is said of {part}")).clone()
    };
    let checks = checkup(social.ports(), clip.clone()).await;
    for part in ["store", "queue", "blobs", "keys", "shared", "media", "facebook", "tiktok"] {
        let check = named(&checks, part);
        assert!(check.ok && check.fix.is_none(), "{check:?}");
    }
    // Nobody works, and a post is due for an hour.
    let account = page(&world, &social).await;
    let request = world.request(&social, &account, "Waiting", &[]).await;
    social.posts().schedule_post(request).await.unwrap();
    world.clock.advance(Duration::from_secs(7200));
    let checks = checkup(social.ports(), clip).await;
    let queue = named(&checks, "queue");
    assert!(!queue.ok && queue.fix.unwrap().contains("social work"), "{checks:?}");
    // A machine whose clock is years away from the store's is told so.
    assert!(!named(&checks, "clock").ok);
}
