//! Limits that are kept before they bite: quotas, pauses that networks ask for, and the breaker.

use std::time::Duration;

use social::core::ports::Quota;
use social::sim::{Fault, FaultKind, Network, SimConfig};
use social::{
    Account, Code, ErrorKind, Metric, Platform, PostStatus, Preview, Scheduler as _, Social,
    Timestamp,
};

use crate::world::{START, World, picture};

const HOUR: Duration = Duration::from_secs(3600);

fn due() -> Timestamp {
    Timestamp::from_secs(START) + Duration::from_secs(700)
}

async fn first(world: &World, social: &Social, platform: &Platform) -> Account {
    world.connect(social, platform).await.remove(0)
}

/// When the network was asked for something whose name begins so, oldest first.
fn asked(world: &World, operation: &str) -> Vec<Timestamp> {
    let calls = world.sim.calls().into_iter();
    calls.filter(|call| call.operation.starts_with(operation)).map(|call| call.at).collect()
}

fn warned(preview: &Preview, code: Code) -> Vec<&str> {
    let found = preview.findings.iter().filter(|found| found.code == code);
    found.map(|found| found.message.as_str()).collect()
}

#[tokio::test]
async fn a_network_in_trouble_is_left_alone_by_itself_and_asked_again_by_itself() {
    let world = World::new(60);
    let social = world.engine().await;
    let page = first(&world, &social, &Platform::FACEBOOK).await;
    let member = first(&world, &social, &Platform::LINKEDIN).await;
    let down = FaultKind::ServerErrorBefore { status: 503 };
    world.sim.add_fault(Fault::on("facebook.*", down));
    let mut posts = Vec::new();
    for n in 0..8 {
        let request = world.request(&social, &page, &format!("Trouble {n}"), &[]).await;
        posts.push(social.posts().schedule_post(request).await.unwrap());
    }
    let soon = Timestamp::from_secs(START) + Duration::from_secs(150);
    let request = world.request(&social, &member, "All is well here", &[]).await.at(soon);
    let other = social.posts().schedule_post(request).await.unwrap();
    let began = asked(&world, "facebook.").len();
    world.work_for(&social, Duration::from_secs(240)).await;

    let tried = asked(&world, "facebook.").split_off(began);
    let pauses = tried.windows(2).map(|two| two[1].since(two[0]));
    assert!(pauses.max().unwrap() >= Duration::from_secs(25), "it was never left alone: {tried:?}");
    let view = social.posts().get(social.workspace(), other).await.unwrap();
    assert_eq!(view.status, PostStatus::Published, "another network went on");
    assert_eq!(view.deliveries[0].sent_at, Some(view.deliveries[0].due_at));

    // The network is well again, and nobody has to say so.
    world.sim.clear_faults();
    for post in posts {
        let view = world.run(&social, post).await.unwrap();
        assert_eq!(view.status, PostStatus::Published, "{:#?}", view.deliveries);
    }
    assert_eq!(world.sim.ledger().live().count(), 9);
}

/// A Page of which the app used up so many of a hundred calls a day.
async fn used_up(percent: usize) -> (World, Social, Account) {
    let mut config = SimConfig::default().with_seed(61);
    config.meta.account_calls_per_day = 100;
    let world = World::with(config);
    let social = world.engine().await;
    let page = first(&world, &social, &Platform::FACEBOOK).await;
    let token = world.sim.grant(Network::Facebook, &page.remote_id).unwrap().access_token;
    for _ in 0..percent {
        let address = format!("http://sim.test/graph/v26.0/{}", page.remote_id);
        let request = http::Request::get(address)
            .header("authorization", format!("Bearer {token}"))
            .body(bytes::Bytes::new())
            .unwrap();
        world.sim.handle(request).await.into_answer().unwrap();
    }
    (world, social, page)
}

#[tokio::test]
async fn where_little_is_left_publishing_goes_on_and_reading_waits() {
    let (world, social, page) = used_up(84).await;
    let minute = Duration::from_secs(60);
    let first = world.request(&social, &page, "First", &[]).await.at(due());
    let first = social.posts().schedule_post(first).await.unwrap();
    let second = world.request(&social, &page, "Second", &[]).await.at(due() + minute);
    let second = social.posts().schedule_post(second).await.unwrap();
    world.work_for(&social, Duration::from_secs(700) + minute * 2).await;

    // The first post's numbers are due a minute after it, which is when the second one goes out.
    for post in [first, second] {
        let view = social.posts().get(social.workspace(), post).await.unwrap();
        assert_eq!(view.status, PostStatus::Published, "{:#?}", view.deliveries);
        assert_eq!(view.deliveries[0].sent_at, Some(view.deliveries[0].due_at));
    }
    assert_eq!(asked(&world, "facebook.insights"), [], "numbers were read all the same");
    world.work_for(&social, HOUR / 2).await;
    let read = asked(&world, "facebook.insights");
    assert!(!read.is_empty() && read[0] > due() + minute * 2, "{read:?}");
}

#[tokio::test]
async fn what_the_headers_say_is_waited_for_and_preflight_tells() {
    let (world, social, page) = used_up(101).await;
    let request = world.request(&social, &page, "As soon as it may be", &[]).await;
    let post = social.posts().schedule_post(request.clone()).await.unwrap();
    world.work_for(&social, Duration::from_secs(800)).await;
    let view = social.posts().get(social.workspace(), post).await.unwrap();
    assert_eq!(view.status, PostStatus::Scheduled, "{:#?}", view.deliveries);
    assert_eq!(view.deliveries[0].failures, 0, "being told to wait is no failure of the post");
    // The network said how long, and was not asked in vain again and again.
    assert!(asked(&world, "facebook.feed").len() <= 2, "{:?}", asked(&world, "facebook.feed"));

    let soon = social.ports().clock.now() + Duration::from_secs(60);
    let other = world.request(&social, &page, "Another", &[]).await;
    let preview = social.posts().preview(&other.clone().at(soon)).await.unwrap();
    let [told] = warned(&preview, Code::DailyQuota)[..] else { panic!("{:?}", preview.findings) };
    assert!(told.contains("left alone until"), "{told}");
    assert!(preview.is_valid(), "it is a warning: the post goes out later");
    let tomorrow = social.posts().preview(&other.at(soon + HOUR * 24)).await.unwrap();
    assert_eq!(warned(&tomorrow, Code::DailyQuota), [""; 0]);

    world.clock.advance(HOUR * 24);
    world.work_for(&social, Duration::from_secs(120)).await;
    let view = social.posts().get(social.workspace(), post).await.unwrap();
    assert_eq!(view.status, PostStatus::Published, "{:#?}", view.deliveries);
}

#[tokio::test]
async fn preflight_knows_how_many_posts_the_network_says_are_left() {
    let mut config = SimConfig::default().with_seed(62);
    config.meta.instagram_daily_quota = 2;
    let world = World::with(config);
    let social = world.engine().await;
    let account = first(&world, &social, &Platform::INSTAGRAM).await;
    let request = world.request(&social, &account, "One of two", &[picture(7)]).await;
    let fresh = social.posts().preview(&request).await.unwrap();
    assert_eq!(fresh.deliveries[0].posts_left, Some(50), "nobody was asked yet");
    for text in ["One of two", "Two of two"] {
        let mut request = request.clone();
        request.content = text.to_owned();
        let at = social.ports().clock.now() + Duration::from_secs(700);
        let post = social.posts().schedule_post(request.at(at)).await.unwrap();
        world.run(&social, post).await.unwrap();
    }
    let at = social.ports().clock.now() + Duration::from_secs(60);
    let full = social.posts().preview(&request.clone().at(at)).await.unwrap();
    assert_eq!(full.deliveries[0].posts_left, Some(0), "{:?}", full.deliveries);
    let told = warned(&full, Code::DailyQuota).join("; ");
    assert!(told.contains("0 are left by then, and the post takes 1"), "{told}");
    assert!(full.is_valid());
    let later = social.posts().preview(&request.at(at + HOUR * 30)).await.unwrap();
    assert_eq!(warned(&later, Code::DailyQuota), [""; 0]);
}

#[tokio::test]
async fn a_post_that_needs_more_calls_than_are_left_is_told_of() {
    let world = World::new(63);
    let social = world.engine().await;
    let account = first(&world, &social, &Platform::LINKEDIN).await;
    let pictures: Vec<_> = (0..5).map(|n| picture(20 + n)).collect();
    let request = world.request(&social, &account, "Five of them", &pictures).await;
    let preview = social.posts().preview(&request).await.unwrap();
    assert_eq!(warned(&preview, Code::DailyQuota), [""; 0]);

    let day = Quota { calls: 150, per: HOUR * 24 };
    let bucket = format!("linkedin/{}/linkedin.", account.id);
    let now = social.ports().clock.now();
    social.ports().limiter.know(&bucket, day, 4, now).await.unwrap();
    let preview = social.posts().preview(&request).await.unwrap();
    let [told] = warned(&preview, Code::DailyQuota)[..] else { panic!("{:?}", preview.findings) };
    assert!(told.contains("LinkedIn takes 150 requests a day"), "{told}");
}

#[tokio::test]
async fn numbers_of_an_account_leave_half_of_a_quota_to_publishing() {
    let world = World::new(64);
    let social = world.engine().await;
    let accounts = world.connect(&social, &Platform::LINKEDIN).await;
    let member = accounts.iter().find(|account| account.kind == "member").unwrap();
    let span = social::TimeSpan { from: Timestamp::from_secs(START), to: due() };
    let read = async || {
        let analytics = social.analytics();
        analytics.of_account(social.workspace(), member.id, span).await
    };
    let metrics = read().await.unwrap();
    assert!(metrics.get(Metric::Followers).is_ok(), "{metrics:?}");

    let day = Quota { calls: 150, per: HOUR * 24 };
    let bucket = format!("linkedin/{}/linkedin.", member.id);
    let now = social.ports().clock.now();
    social.ports().limiter.know(&bucket, day, 60, now).await.unwrap();
    let social::Error::Platform(refused) = read().await.unwrap_err() else { panic!() };
    assert_eq!(refused.kind, ErrorKind::RateLimited, "{refused}");
    let request = world.request(&social, member, "Publishing goes first", &[]).await;
    let post = social.posts().schedule_post(request).await.unwrap();
    let view = world.run(&social, post).await.unwrap();
    assert_eq!(view.status, PostStatus::Published);
    assert_eq!(view.deliveries[0].sent_at, Some(view.deliveries[0].due_at));
}

#[tokio::test]
async fn numbers_of_one_account_are_read_together_and_less_and_less_often() {
    let world = World::new(66);
    let social = world.engine().await;
    let accounts = world.connect(&social, &Platform::LINKEDIN).await;
    let page = accounts.iter().find(|account| account.kind == "organization").unwrap();
    let mut posts = Vec::new();
    for n in 0..4 {
        let request = world.request(&social, page, &format!("News of day {n}"), &[]).await;
        posts.push(social.posts().schedule_post(request).await.unwrap());
    }
    for post in &posts {
        world.run(&social, *post).await.unwrap();
    }
    world.work_for(&social, 3 * 24 * HOUR).await;
    let ws = social.workspace();
    let mut read = Vec::new();
    for post in &posts {
        let view = social.posts().get(ws, *post).await.unwrap();
        let history = social.analytics().history(ws, view.deliveries[0].id).await.unwrap();
        let taken: Vec<Timestamp> = history.iter().map(|snapshot| snapshot.taken_at).collect();
        let pauses: Vec<Duration> = taken.windows(2).map(|two| two[1].since(two[0])).collect();
        assert!(pauses.len() >= 4 && pauses.is_sorted(), "{pauses:?}");
        read.push(taken.len());
    }
    let calls = asked(&world, "linkedin.share_statistics").len();
    let all: usize = read.iter().sum();
    assert!(calls * 2 <= all, "{calls} calls for {all} readings of posts");
}
