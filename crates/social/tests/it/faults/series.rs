//! Each occurrence of a series is made once, wherever a run is cut.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use social::core::domain::series::{Recurrence, Rule};
use social::core::ports::PostFilter;
use social::{Platform, PostRequest, Timestamp};

use super::cutter::{CutStore, CutTransport, Cutter, Mode};
use crate::world::{START, World};

/// A series that comes every six hours for a day and a half, cut as told. Returns how many points
/// there were.
async fn run(mode: Mode, at: Option<usize>) -> usize {
    let world = World::new(4);
    let social = world.engine().await;
    let account = world.connect(&social, &Platform::FACEBOOK).await.remove(0);
    let cutter = Cutter::new(mode, at);
    let store = Arc::new(CutStore { inner: world.store.clone(), cutter: cutter.clone() });
    let network = CutTransport { inner: world.transport(), cutter: cutter.clone() };
    let cut = world.engine_on(store, Arc::new(network)).await;

    let every_six_hours = Recurrence {
        rule: Rule::cron("0 */6 * * *").unwrap(),
        zone: "UTC".parse().unwrap(),
        from: "2027-01-15".parse().unwrap(),
        until: Some("2027-01-16".parse().unwrap()),
        except: BTreeSet::new(),
    };
    let target = social::Target { platform: Platform::FACEBOOK, account: Some(account.id) };
    let mut request =
        PostRequest::new(social.workspace(), "Again", [target]).repeated(every_six_hours);
    request.idempotency_key = Some("one".into());
    use social::Scheduler as _;
    // Whoever is not answered asks again, and gets the one that was begun.
    if cut.posts().schedule_post(request.clone()).await.is_err() {
        social.posts().schedule_post(request).await.unwrap();
    }
    let end = Timestamp::from_secs(START) + Duration::from_secs(40 * 3600);
    let rest = || end.since(social.ports().clock.now());
    // To the end, or until the process dies: then the lease of the job that died with it ends, and
    // another process takes it.
    world.work_for(&cut, rest()).await;
    if cutter.is_dead() {
        world.clock.advance(Duration::from_secs(31));
        world.work_for(&social, rest()).await;
    }

    let place = cutter.place();
    let filter = PostFilter { limit: 100, ..PostFilter::default() };
    let posts = social.posts().list(social.workspace(), &filter).await.unwrap();
    // 12:00 and 18:00 of the first day, and four of the second.
    let walls: BTreeSet<_> = posts
        .iter()
        .filter_map(|view| view.post.occurrence)
        .map(|of| of.wall.to_string())
        .collect();
    assert_eq!((walls.len(), posts.len()), (6, 6), "{place}");
    assert_eq!(world.sim.ledger().live().count(), 6, "{place}");
    cutter.points()
}

#[tokio::test]
async fn every_cut_of_a_series() {
    let points = run(Mode::Crash, None).await;
    for at in 0..points {
        run(Mode::Crash, Some(at)).await;
    }
    println!("  series: {points} cuts");
    assert!(points > 100, "only {points} cuts were tried");
}
