//! Versions of networks' APIs end: the next known one is spoken, and somebody is told ahead.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use social::core::ports::{Request, Response, Transport, TransportError};
use social::platforms::ApiVersion;
use social::{
    Account, Code, DeliveryStatus, Platform, PostStatus, PostView, Scheduler as _, Social,
    Timestamp,
};

use crate::world::{START, World};

fn versions(names: &[&str]) -> Vec<ApiVersion> {
    names.iter().map(|name| ApiVersion::new(*name, None)).collect()
}

/// The way to the networks, and what went along it: the version and the path.
#[derive(Debug)]
struct Heard {
    inner: Arc<dyn Transport>,
    requests: Mutex<Vec<String>>,
}

#[async_trait]
impl Transport for Heard {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let header = request.headers().get("linkedin-version").cloned();
        let version = header.and_then(|it| it.to_str().ok().map(str::to_owned)).unwrap_or_default();
        let line = format!("{version} {}", request.uri().path());
        self.requests.lock().unwrap().push(line);
        self.inner.send(request).await
    }
}

async fn publish(world: &World, platform: &Platform) -> (PostView, Vec<String>) {
    let inner = world.transport();
    let heard = Arc::new(Heard { inner, requests: Mutex::default() });
    let social: Social = world.engine_on(world.store.clone(), heard.clone()).await;
    let account: Account = world.connect(&social, platform).await.remove(0);
    let request = world.request(&social, &account, "Onwards", &[]).await;
    let post = social.posts().schedule_post(request).await.unwrap();
    let view = world.run(&social, post).await.unwrap();
    let requests = heard.requests.lock().unwrap().clone();
    (view, requests)
}

#[tokio::test]
async fn a_version_that_has_ended_is_left_for_the_next_one() {
    let mut world = World::new(70);
    let known = versions(&["202411", "202509", "202609", "202610"]);
    world.versions = vec![(Platform::LINKEDIN, known)];
    let (view, requests) = publish(&world, &Platform::LINKEDIN).await;
    assert_eq!(view.status, PostStatus::Published, "{:#?}", view.deliveries);
    assert_eq!(view.deliveries[0].failures, 0);
    assert_eq!(world.sim.ledger().live().count(), 1);
    // Two have ended; the first that has not is spoken from then on, and none beyond it.
    let mut posts = requests.iter().filter(|line| line.ends_with("/rest/posts"));
    assert_eq!(posts.next_back().unwrap().split(' ').next(), Some("202609"), "{requests:#?}");
    assert!(!requests.iter().any(|line| line.starts_with("202610")), "{requests:#?}");
}

#[tokio::test]
async fn a_post_whose_version_has_ended_without_a_later_one_says_what_to_do() {
    let mut world = World::new(71);
    let social = world.engine().await;
    let account = world.connect(&social, &Platform::LINKEDIN).await.remove(0);
    // The configuration of a release that is too old.
    world.versions = vec![(Platform::LINKEDIN, versions(&["202411"]))];
    let social = world.engine().await;
    let request = world.request(&social, &account, "Too late", &[]).await;
    let post = social.posts().schedule_post(request).await.unwrap();
    let view = world.run(&social, post).await.unwrap();
    assert_eq!(view.deliveries[0].status, DeliveryStatus::Failed);
    let failure = view.deliveries[0].failure.as_ref().unwrap();
    assert_eq!(failure.code.as_deref(), Some("NONEXISTENT_VERSION"), "{failure:?}");
    assert!(failure.action.to_lowercase().contains("version"), "{failure:?}");
}

#[tokio::test]
async fn a_graph_that_answers_in_a_later_version_is_spoken_to_in_the_next() {
    let mut world = World::new(72);
    world.versions = vec![(Platform::FACEBOOK, versions(&["v17.0", "v26.0"]))];
    let (view, requests) = publish(&world, &Platform::FACEBOOK).await;
    assert_eq!(view.status, PostStatus::Published, "{:#?}", view.deliveries);
    let feed: Vec<_> = requests.iter().filter(|line| line.ends_with("/feed")).collect();
    assert!(!feed.is_empty() && feed.iter().all(|line| line.contains("/v26.0/")), "{requests:#?}");
    assert!(requests.iter().any(|line| line.contains("/v17.0/")), "{requests:#?}");
}

#[tokio::test]
async fn preflight_tells_of_a_version_that_will_have_ended() {
    let ends = Timestamp::from_secs(START) + Duration::from_secs(40 * 24 * 3600);
    let mut world = World::new(73);
    for platform in [Platform::LINKEDIN, Platform::FACEBOOK] {
        world.versions = vec![(platform.clone(), vec![ApiVersion::new("v26.0", Some(ends))])];
        let social = world.engine().await;
        world.versions = Vec::new();
        let account = world.connect(&world.engine().await, &platform).await.remove(0);
        let request = world.request(&social, &account, "Ahead", &[]).await;
        let told = async |days: u64| {
            let at = Timestamp::from_secs(START) + Duration::from_secs(days * 24 * 3600);
            let preview = social.posts().preview(&request.clone().at(at)).await.unwrap();
            assert!(preview.is_valid(), "{:?}", preview.findings);
            preview.findings.iter().any(|found| found.code == Code::VersionEnds)
        };
        assert!(!told(2).await, "{platform}: it is early days");
        assert!(told(12).await, "{platform}: it ends within a month of the post");
        assert!(told(50).await, "{platform}: it will have ended");
    }
}
