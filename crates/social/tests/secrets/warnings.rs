//! What an operator must hear of is logged as a warning.

use social::platforms::ApiVersion;
use social::{Platform, PostStatus, Scheduler as _};

use crate::Log;
use crate::world::World;

#[test]
fn a_version_that_has_ended_is_warned_of_once() {
    let log = Log::default();
    let _guard = log.listen();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut world = World::new(74);
        let known = ["202411", "202609"].map(|name| ApiVersion::new(name, None));
        world.versions = vec![(Platform::LINKEDIN, known.into())];
        let social = world.engine().await;
        let account = world.connect(&social, &Platform::LINKEDIN).await.remove(0);
        let request = world.request(&social, &account, "Onwards", &[]).await;
        let post = social.posts().schedule_post(request).await.unwrap();
        let view = world.run(&social, post).await.unwrap();
        assert_eq!(view.status, PostStatus::Published);
    });
    let text = log.text();
    let told: Vec<_> =
        text.lines().filter(|line| line.contains("has ended a version of its API")).collect();
    assert!(told.len() == 1 && told[0].contains("WARN"), "{told:?}");
}
