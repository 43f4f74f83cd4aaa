//! The life of a post: planned, moved, called off, published, tried again, told of.

use std::time::Duration;

use social::core::domain::Happened;
use social::sim::{Fault, FaultKind};
use social::{
    Account, DeliveryStatus, Error, Metric, Platform, PostStatus, Scheduler as _, Social,
    Timestamp, TokenManager as _,
};

use crate::world::{START, World, picture};

async fn page(world: &World, social: &Social) -> Account {
    world.connect(social, &Platform::FACEBOOK).await.remove(0)
}

fn visible(world: &World) -> usize {
    world.sim.ledger().live().count()
}

#[tokio::test]
async fn one_post_goes_to_four_networks_on_time() {
    let world = World::new(1);
    let social = world.engine().await;
    let mut request = None;
    for platform in [Platform::INSTAGRAM, Platform::FACEBOOK, Platform::LINKEDIN, Platform::TIKTOK]
    {
        let account = world.connect(&social, &platform).await.remove(0);
        let next = world.request(&social, &account, "Morning", &[picture(9)]).await;
        match &mut request {
            None => request = Some(next),
            Some(request) => request.targets.extend(next.targets),
        }
    }
    let post = social.posts().schedule_post(request.unwrap()).await.unwrap();
    let view = world.run(&social, post).await.unwrap();
    assert_eq!(view.status, PostStatus::Published, "{:#?}", view.deliveries);
    assert_eq!(visible(&world), 4);
    for delivery in &view.deliveries {
        // Prepared ahead, so that what makes it visible leaves in the very second it is due.
        assert_eq!(delivery.sent_at, Some(delivery.due_at), "{}", delivery.platform);
    }
    for entry in world.sim.ledger().live() {
        assert!(entry.visible_at >= view.post.due_at, "{entry:?} was early");
    }
}

#[tokio::test]
async fn what_follows_publishing_are_the_address_and_the_numbers() {
    let world = World::new(2);
    let social = world.engine().await;
    let account = page(&world, &social).await;
    let request = world.request(&social, &account, "Numbers", &[]).await;
    let post = social.posts().schedule_post(request).await.unwrap();
    let view = world.run(&social, post).await.unwrap();
    let id = view.deliveries[0].id;
    for _ in 0..20 {
        world.clock.advance(Duration::from_secs(3600));
        social.worker().run_once().await.unwrap();
    }
    let view = social.posts().get(social.workspace(), post).await.unwrap();
    assert!(view.deliveries[0].published.as_ref().unwrap().permalink.is_some());
    let history = social.analytics().history(social.workspace(), id).await.unwrap();
    // Read after an hour and after six: numbers grow, and what is not told has its reason.
    let likes: Vec<u64> = history.iter().map(|s| s.metrics.values[&Metric::Likes]).collect();
    assert!(likes.len() == 2 && likes[0] < likes[1], "{history:?}");
    let metrics = &history[0].metrics;
    for metric in Metric::ALL {
        let known = metrics.values.contains_key(&metric) || metrics.missing.contains_key(&metric);
        assert!(known, "nothing is said of {metric:?}");
    }
}

#[tokio::test]
async fn asking_twice_with_one_key_gives_one_post() {
    let world = World::new(3);
    let social = world.engine().await;
    let account = page(&world, &social).await;
    let mut request = world.request(&social, &account, "Once", &[]).await;
    request.idempotency_key = Some("k1".into());
    let first = social.posts().schedule_post(request.clone()).await.unwrap();
    assert_eq!(social.posts().schedule_post(request.clone()).await.unwrap(), first);
    request.content = "Another".into();
    let refused = social.posts().schedule_post(request).await;
    assert!(matches!(refused, Err(Error::KeyReused(key)) if key == "k1"));
}

#[tokio::test]
async fn what_is_called_off_is_never_sent() {
    let world = World::new(4);
    let social = world.engine().await;
    let account = page(&world, &social).await;
    let request = world.request(&social, &account, "Never", &[]).await;
    let due_at = Timestamp::from_secs(START) + Duration::from_secs(700);
    let post = social.posts().schedule_post(request).await.unwrap();
    // Prepared, and waiting for its second.
    world.clock.advance_to(due_at - Duration::from_secs(30));
    social.worker().run_once().await.unwrap();
    social.posts().cancel_scheduled_post(social.workspace(), post).await.unwrap();
    social.posts().cancel_scheduled_post(social.workspace(), post).await.unwrap();
    world.clock.advance_to(due_at + Duration::from_secs(600));
    assert_eq!(social.worker().run_once().await.unwrap().0, 0);
    let view = social.posts().get(social.workspace(), post).await.unwrap();
    assert_eq!((view.status, visible(&world)), (PostStatus::Cancelled, 0));
}

#[tokio::test]
async fn a_post_that_moved_goes_out_at_its_new_time() {
    let world = World::new(5);
    let social = world.engine().await;
    let account = page(&world, &social).await;
    let request = world.request(&social, &account, "Later", &[]).await;
    let post = social.posts().schedule_post(request).await.unwrap();
    let later = Timestamp::from_secs(START) + Duration::from_secs(7200);
    social.posts().reschedule_post(social.workspace(), post, later).await.unwrap();
    let past = Timestamp::from_secs(START - 1);
    let refused = social.posts().reschedule_post(social.workspace(), post, past).await;
    assert!(matches!(refused, Err(Error::Refused(_))));
    let view = world.run(&social, post).await.unwrap();
    assert_eq!(view.deliveries[0].sent_at, Some(later));
    let published = social.posts().cancel_scheduled_post(social.workspace(), post).await;
    assert!(published.unwrap_err().to_string().contains("published"));
}

#[tokio::test]
async fn two_workers_on_one_store_publish_once() {
    let world = World::new(6);
    let social = world.engine().await;
    let account = page(&world, &social).await;
    let request = world.request(&social, &account, "Two of us", &[]).await;
    let post = social.posts().schedule_post(request).await.unwrap();
    let other = world.engine().await;
    for _ in 0..40 {
        let (a, b) = (social.worker(), other.worker());
        let (a, b) = tokio::join!(a.run_once(), b.run_once());
        a.unwrap();
        b.unwrap();
        world.clock.advance(Duration::from_secs(60));
    }
    let view = social.posts().get(social.workspace(), post).await.unwrap();
    assert_eq!((view.status, visible(&world)), (PostStatus::Published, 1));
}

#[tokio::test]
async fn a_lost_answer_is_found_and_explained() {
    let world = World::new(7);
    world.sim.add_fault(Fault::on("facebook.update", FaultKind::AnswerLost).nth(1));
    let social = world.engine().await;
    let account = page(&world, &social).await;
    let request = world.request(&social, &account, "Lost and found", &[]).await;
    let post = social.posts().schedule_post(request).await.unwrap();
    let view = world.run(&social, post).await.unwrap();
    assert_eq!((view.status, visible(&world)), (PostStatus::Published, 1));
    let story = social.explain(view.deliveries[0].id).await.unwrap();
    assert!(story.summary.contains("It is live"), "{}", story.summary);
    assert!(story.summary.contains("answer was lost"), "{}", story.summary);
}

#[tokio::test]
async fn a_network_in_trouble_is_tried_again_and_the_others_go_on() {
    let world = World::new(8);
    world
        .sim
        .add_fault(Fault::on("facebook.feed", FaultKind::ServerErrorBefore { status: 503 }).nth(1));
    let social = world.engine().await;
    let account = page(&world, &social).await;
    let request = world.request(&social, &account, "Second try", &[]).await;
    let post = social.posts().schedule_post(request).await.unwrap();
    let view = world.run(&social, post).await.unwrap();
    assert_eq!((view.status, visible(&world)), (PostStatus::Published, 1));
}

#[tokio::test]
async fn a_throttled_account_waits_as_long_as_the_network_says() {
    let world = World::new(9);
    world.sim.add_fault(Fault::on("facebook.feed", FaultKind::RateLimited { minutes: 5 }).nth(1));
    let social = world.engine().await;
    let account = page(&world, &social).await;
    let request = world.request(&social, &account, "Patience", &[]).await;
    let post = social.posts().schedule_post(request).await.unwrap();
    let view = world.run(&social, post).await.unwrap();
    assert_eq!((view.status, visible(&world)), (PostStatus::Published, 1));
    // Being throttled is no failure of the post.
    assert_eq!(view.deliveries[0].failures, 0);
}

#[tokio::test]
async fn a_person_who_revoked_access_is_asked_to_sign_in_again() {
    let world = World::new(10);
    world.sim.add_fault(Fault::on("facebook.feed", FaultKind::ExpiredToken));
    let social = world.engine().await;
    let account = page(&world, &social).await;
    let request = world.request(&social, &account, "No entry", &[]).await;
    let post = social.posts().schedule_post(request.clone()).await.unwrap();
    let view = world.run(&social, post).await.unwrap();
    assert_eq!(view.deliveries[0].status, DeliveryStatus::Failed);
    let failure = view.deliveries[0].failure.as_ref().unwrap();
    assert!(!failure.action.is_empty(), "{failure:?}");
    let refused = social.posts().schedule_post(request).await.unwrap_err().to_string();
    assert!(refused.contains("connect it again"), "{refused}");

    // They sign in again, and what failed is tried again: that, and nothing else.
    world.sim.clear_faults();
    page(&world, &social).await;
    assert_eq!(social.posts().retry(social.workspace(), post).await.unwrap(), 1);
    let view = world.run(&social, post).await.unwrap();
    assert_eq!((view.status, visible(&world)), (PostStatus::Published, 1));
    assert_eq!(social.posts().retry(social.workspace(), post).await.unwrap(), 0);
}

#[tokio::test]
async fn tokens_are_renewed_ahead_of_their_end() {
    let world = World::new(12);
    let social = world.engine().await;
    let account = world.connect(&social, &Platform::TIKTOK).await.remove(0);
    let before = social.tokens().account_auth(social.workspace(), account.id).await.unwrap();
    // An access token of TikTok lives for a day.
    for _ in 0..26 {
        world.clock.advance(Duration::from_secs(3600));
        social.worker().run_once().await.unwrap();
    }
    let after = social.tokens().account_auth(social.workspace(), account.id).await.unwrap();
    use secrecy::ExposeSecret as _;
    assert_ne!(before.token.expose_secret(), after.token.expose_secret());
}

#[tokio::test]
async fn a_post_that_no_worker_can_bring_further_fails_with_its_story() {
    let world = World::new(14);
    let social = world.engine().await;
    let account = page(&world, &social).await;
    let request = world.request(&social, &account, "Stuck", &[picture(4)]).await;
    let post = social.posts().schedule_post(request).await.unwrap();
    // A picture that vanished from the store: rendering it fails each time it is begun.
    let view = social.posts().get(social.workspace(), post).await.unwrap();
    let id = view.deliveries[0].media[0].asset;
    let asset = social.library().get(social.workspace(), id).await.unwrap();
    world.blobs.delete(&asset.key).await.unwrap();
    let view = world.run(&social, post).await.unwrap();
    assert_eq!((view.status, visible(&world)), (PostStatus::Failed, 0));
    let failure = view.deliveries[0].failure.as_ref().unwrap();
    assert!(failure.message.contains("given up"), "{failure:?}");
    let mut unit = social.ports().store.begin().await.unwrap();
    let parked = unit.jobs().parked(social.workspace(), 10).await.unwrap();
    assert!(parked.iter().any(|job| job.story.contains("without getting further")), "{parked:?}");
}

#[tokio::test]
async fn success_and_failure_are_both_told() {
    let world = World::new(13);
    let social = world.engine().await;
    let account = page(&world, &social).await;
    let request = world.request(&social, &account, "Told", &[]).await;
    let post = social.posts().schedule_post(request).await.unwrap();
    world.run(&social, post).await.unwrap();
    let mut unit = social.ports().store.begin().await.unwrap();
    let events = unit.outbox().pending(100).await.unwrap();
    let settled = events.iter().find_map(|event| match &event.what {
        Happened::DeliverySettled { status, post: of, .. } if *of == post => Some(*status),
        _ => None,
    });
    assert_eq!(settled, Some(DeliveryStatus::Published));
}
