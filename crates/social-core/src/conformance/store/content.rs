//! Posts and deliveries.

use std::sync::Arc;
use std::time::Duration;

use super::super::samples::{Samples, at};
use super::{assert_conflict, assert_refused, begin, unit};
use crate::domain::{Delivery, DeliveryStatus, Platform, Post, PostStatus, Said};
use crate::ports::{JobQueue, Near, Nearby, PostFilter, Store};

/// A post reads back whole, and is inserted once.
pub async fn a_post_is_kept(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let post = samples.post(ws);
    unit!(&store, unit => unit.posts().insert(&post).await.expect("insert"));
    unit!(&store, unit => {
        assert_eq!(unit.posts().get(ws, post.id).await.expect("get"), Some(post.clone()));
        let never = samples.post(ws).id;
        assert_eq!(unit.posts().get(ws, never).await.expect("get"), None);
    });
    let mut unit = begin(&store).await;
    let again = unit.posts().insert(&post).await;
    assert_refused(unit, again, "a second insert").await;
}

/// A post is written where its version is the stored one, and its version rises by one.
pub async fn a_post_is_swapped_by_its_version(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let first = samples.post(ws);
    unit!(&store, unit => unit.posts().insert(&first).await.expect("insert"));
    let mut post = Post { content: "Other".to_owned(), due_at: at(7), ..first.clone() };
    unit!(&store, unit => unit.posts().update(&mut post).await.expect("update"));
    assert_eq!(post.version, first.version + 1);
    let got = unit!(&store, unit => unit.posts().get(ws, post.id).await.expect("get"));
    assert_eq!(got, Some(post.clone()));
    for mut wrong in [first.clone(), Post { version: 9, ..post.clone() }, samples.post(ws)] {
        let before = wrong.clone();
        let mut unit = begin(&store).await;
        assert_conflict(unit.posts().update(&mut wrong).await, "not the stored version");
        assert_eq!(wrong, before);
    }
    let got = unit!(&store, unit => unit.posts().get(ws, post.id).await.expect("get"));
    assert_eq!(got, Some(post));
}

/// Posts come newest first, in pages, and by when they are due.
pub async fn posts_are_listed_newest_first(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let posts: Vec<Post> =
        (0..25).map(|number| Post { due_at: at(number), ..samples.post(ws) }).collect();
    unit!(&store, unit => for post in &posts {
        unit.posts().insert(post).await.expect("insert");
    });
    let newest_first: Vec<_> = posts.iter().rev().map(|post| post.id).collect();
    let day = PostFilter { from: Some(at(5)), to: Some(at(8)), ..PostFilter::default() };
    let page = PostFilter { before: Some(posts[20].id), limit: 3, ..PostFilter::default() };
    let both = PostFilter { before: Some(posts[6].id), ..day.clone() };
    for (filter, expected) in [
        (PostFilter::default(), &newest_first[..20]),
        (PostFilter { limit: 100, ..PostFilter::default() }, &newest_first[..]),
        (page, &newest_first[5..8]),
        (day, &newest_first[17..20]),
        (both, &newest_first[19..20]),
    ] {
        let got = unit!(&store, unit => unit.posts().list(ws, &filter).await.expect("list"));
        let got: Vec<_> = got.into_iter().map(|post| post.id).collect();
        assert_eq!(got, expected, "{filter:?}");
    }
}

/// A post stands as its deliveries do, whatever became of them, and is listed so.
pub async fn posts_are_listed_by_their_status(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    use DeliveryStatus as D;
    const ALL: [D; 8] = [
        D::Draft,
        D::PendingApproval,
        D::Scheduled,
        D::Publishing,
        D::Published,
        D::Failed,
        D::Unconfirmed,
        D::Cancelled,
    ];
    let samples = Samples::default();
    let ws = samples.ws();
    // Every three statuses, and a post without a delivery.
    let mut posts = vec![(samples.post(ws), Vec::new())];
    for one in ALL {
        for two in ALL {
            for three in ALL {
                posts.push((samples.post(ws), vec![one, two, three]));
            }
        }
    }
    unit!(&store, unit => for (post, statuses) in &posts {
        unit.posts().insert(post).await.expect("insert");
        for status in statuses {
            let mut delivery = samples.delivery(ws, post.id, samples.lane());
            unit.deliveries().insert(&delivery).await.expect("insert");
            delivery.status = *status;
            unit.deliveries().update(&mut delivery).await.expect("update");
        }
    });
    let statuses: std::collections::BTreeSet<_> =
        posts.iter().map(|(_, statuses)| format!("{:?}", PostStatus::of(statuses))).collect();
    assert_eq!(statuses.len(), 9, "{statuses:?}");
    for (_, statuses) in &posts {
        let status = PostStatus::of(statuses);
        let filter = PostFilter { status: Some(status), limit: 1000, ..PostFilter::default() };
        let got = unit!(&store, unit => unit.posts().list(ws, &filter).await.expect("list"));
        let expected = posts.iter().rev().filter(|(_, s)| PostStatus::of(s) == status);
        assert!(
            got.iter().map(|post| post.id).eq(expected.map(|(post, _)| post.id)),
            "{status:?}: {} posts",
            got.len()
        );
    }
}

/// Posts are listed by a network that they go to, each once, in pages and with all else that a
/// filter says.
pub async fn posts_are_listed_by_network(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let posts: Vec<Post> =
        (0..6).map(|number| Post { due_at: at(number), ..samples.post(ws) }).collect();
    unit!(&store, unit => for (number, post) in posts.iter().enumerate() {
        unit.posts().insert(post).await.expect("insert");
        let platforms: &[Platform] = match number % 3 {
            0 => &[Platform::TIKTOK, Platform::TIKTOK],
            1 => &[Platform::FACEBOOK, Platform::TIKTOK],
            _ => &[Platform::FACEBOOK],
        };
        for platform in platforms {
            let delivery = samples.delivery(ws, post.id, samples.lane());
            let delivery = Delivery {
                platform: platform.clone(),
                status: if number < 3 { DeliveryStatus::Published } else { delivery.status },
                ..delivery
            };
            unit.deliveries().insert(&delivery).await.expect("insert");
        }
    });
    let tiktok = PostFilter { platform: Some(Platform::TIKTOK), ..PostFilter::default() };
    let published = PostFilter { status: Some(PostStatus::Published), ..tiktok.clone() };
    let page = PostFilter { before: Some(posts[4].id), limit: 2, ..tiktok.clone() };
    let timed = PostFilter { from: Some(at(1)), to: Some(at(4)), ..tiktok.clone() };
    let elsewhere = PostFilter { platform: Some(Platform::LINKEDIN), ..PostFilter::default() };
    for (filter, expected) in [
        (&tiktok, vec![4, 3, 1, 0]),
        (&published, vec![1, 0]),
        (&page, vec![3, 1]),
        (&timed, vec![3, 1]),
        (&elsewhere, vec![]),
    ] {
        let got = unit!(&store, unit => unit.posts().list(ws, filter).await.expect("list"));
        let expected: Vec<_> = expected.into_iter().map(|number: usize| posts[number].id).collect();
        let got: Vec<_> = got.into_iter().map(|post| post.id).collect();
        assert_eq!(got, expected, "{filter:?}");
    }
    let foreign = unit!(&store, unit => unit.posts().list(other, &tiktok).await.expect("list"));
    assert_eq!(foreign, []);
}

/// No workspace sees or changes another's posts.
pub async fn posts_are_of_one_workspace(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let post = samples.post(ws);
    unit!(&store, unit => unit.posts().insert(&post).await.expect("insert"));
    unit!(&store, unit => {
        assert_eq!(unit.posts().get(other, post.id).await.expect("get"), None);
        let list = unit.posts().list(other, &PostFilter::default()).await;
        assert_eq!(list.expect("list"), []);
    });
    let mut foreign = Post { workspace_id: other, ..post.clone() };
    let mut unit = begin(&store).await;
    assert_conflict(unit.posts().update(&mut foreign).await, "another's post");
    drop(unit);
    let got = unit!(&store, unit => unit.posts().get(ws, post.id).await.expect("get"));
    assert_eq!(got, Some(post));
}

/// A delivery reads back whole, and is inserted once.
pub async fn a_delivery_is_kept(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let delivery = samples.delivery(ws, samples.post(ws).id, samples.lane());
    unit!(&store, unit => unit.deliveries().insert(&delivery).await.expect("insert"));
    let got = unit!(&store, unit => unit.deliveries().get(ws, delivery.id).await.expect("get"));
    assert_eq!(got, Some(delivery.clone()));
    let mut unit = begin(&store).await;
    let again = unit.deliveries().insert(&delivery).await;
    assert_refused(unit, again, "a second insert").await;
}

/// A delivery is written where its version is the stored one, and its version rises by one.
pub async fn a_delivery_is_swapped_by_its_version(
    store: Arc<dyn Store>,
    _queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let ws = samples.ws();
    let first = samples.delivery(ws, samples.post(ws).id, samples.lane());
    unit!(&store, unit => unit.deliveries().insert(&first).await.expect("insert"));
    let mut delivery = Delivery {
        status: DeliveryStatus::Publishing,
        flow: None,
        failure: None,
        due_at: at(200),
        ..first.clone()
    };
    unit!(&store, unit => unit.deliveries().update(&mut delivery).await.expect("update"));
    assert_eq!(delivery.version, first.version + 1);
    let mut stale = first.clone();
    let mut unit = begin(&store).await;
    assert_conflict(unit.deliveries().update(&mut stale).await, "an old version");
    drop(unit);
    assert_eq!(stale, first);
    let got = unit!(&store, unit => unit.deliveries().get(ws, first.id).await.expect("get"));
    assert_eq!(got, Some(delivery));
}

/// The deliveries of a post come by id, those of an account by when they are due, also after they
/// were moved.
pub async fn deliveries_are_found_by_post_and_account(
    store: Arc<dyn Store>,
    _queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let ws = samples.ws();
    let (post, account) = (samples.post(ws).id, samples.lane());
    let make = |secs| Delivery { due_at: at(secs), ..samples.delivery(ws, post, account) };
    let mut moved = make(25);
    let (early, late, outside) = (make(10), make(19), make(20));
    let elsewhere = samples.delivery(ws, samples.post(ws).id, samples.lane());
    unit!(&store, unit => {
        for delivery in [&late, &moved, &elsewhere, &outside, &early] {
            unit.deliveries().insert(delivery).await.expect("insert");
        }
        moved.due_at = at(10);
        unit.deliveries().update(&mut moved).await.expect("update");
    });
    unit!(&store, unit => {
        let of_post = unit.deliveries().of_post(ws, post).await.expect("of_post");
        assert_eq!(of_post, [moved.clone(), early.clone(), late.clone(), outside]);
        let due = unit.deliveries().of_account(ws, account, at(10), at(20)).await;
        assert_eq!(due.expect("of_account"), [moved, early, late]);
    });
}

/// What stands near a time on an account is counted on both sides of it, and one that says the
/// same is found; but for what was called off, failed, was removed, or is of the post itself.
pub async fn what_is_near_is_told(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, account) = (samples.ws(), samples.lane());
    let of = |secs, text: &str| {
        let delivery = samples.delivery(ws, samples.post(ws).id, account);
        Delivery { due_at: at(secs), text: text.to_owned(), media: Vec::new(), ..delivery }
    };
    let twin = of(95, "Fresh  BEANS");
    let removed = Delivery { removed_at: Some(at(99)), ..of(110, "fresh beans") };
    let itself = of(100, "fresh beans");
    let failed = Delivery { status: DeliveryStatus::Failed, ..of(101, "fresh beans") };
    let elsewhere = Delivery { account_id: samples.lane(), ..of(100, "fresh beans") };
    unit!(&store, unit => for delivery in [
        &twin, &removed, &itself, &failed, &elsewhere, &of(100, "Tea"), &of(80, "Tea"), &of(120, "Tea"),
    ] {
        unit.deliveries().insert(delivery).await.expect("insert");
    });
    let near = Near {
        at: at(100),
        within: Duration::from_secs(20),
        except: Some(itself.post_id),
        said: Some(Said::of("fresh beans", &[])),
    };
    let nearby = unit!(&store, unit => unit.deliveries().nearby(ws, account, &near).await);
    let expected = Nearby { before: 2, after: 1, twin: Some(twin.post_id) };
    assert_eq!(nearby.expect("nearby"), expected);
    // What is written anew is compared as it is then.
    let mut edited = twin.clone();
    edited.text = "Tea".to_owned();
    unit!(&store, unit => unit.deliveries().update(&mut edited).await.expect("update"));
    let nearby = unit!(&store, unit => unit.deliveries().nearby(ws, account, &near).await);
    assert_eq!(nearby.expect("nearby").twin, None);
    let other = unit!(&store, unit => unit.deliveries().nearby(samples.ws(), account, &near).await);
    assert_eq!(other.expect("nearby"), Nearby::default());
}

/// What a unit found on an account stays so until it is over: of many who look and add where there
/// is nothing, one adds.
pub async fn of_many_who_look_before_they_add_one_adds(
    store: Arc<dyn Store>,
    _queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let ws = samples.ws();
    let (post, account) = (samples.post(ws).id, samples.lane());
    let add = || async {
        let mut unit = begin(&store).await;
        let there = unit.deliveries().of_account(ws, account, at(0), at(100)).await;
        tokio::task::yield_now().await;
        if there.expect("of_account").is_empty() {
            let delivery = Delivery { due_at: at(10), ..samples.delivery(ws, post, account) };
            unit.deliveries().insert(&delivery).await.expect("insert");
        }
        unit.commit().await.expect("commit");
    };
    futures::future::join_all((0..8).map(|_| add())).await;
    let there = unit!(&store, unit => {
        unit.deliveries().of_account(ws, account, at(0), at(100)).await.expect("of_account")
    });
    assert_eq!(there.len(), 1);
}

/// Deliveries are counted by status.
pub async fn deliveries_are_counted(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    unit!(&store, unit => for (ws, status) in [
        (ws, DeliveryStatus::PendingApproval),
        (ws, DeliveryStatus::PendingApproval),
        (ws, DeliveryStatus::Published),
        (other, DeliveryStatus::Failed),
    ] {
        let delivery = samples.delivery(ws, samples.post(ws).id, samples.lane());
        let delivery = Delivery { status, ..delivery };
        unit.deliveries().insert(&delivery).await.expect("insert");
    });
    let counts = unit!(&store, unit => unit.deliveries().count_by_status(ws).await);
    let counts = counts.expect("count_by_status");
    let of = |status| counts.iter().filter(|row| row.0 == status).map(|row| row.1).sum::<u64>();
    assert_eq!(of(DeliveryStatus::PendingApproval), 2, "{counts:?}");
    assert_eq!(of(DeliveryStatus::Published), 1, "{counts:?}");
    assert_eq!(of(DeliveryStatus::Failed), 0, "another's were counted: {counts:?}");
}

/// No workspace sees or changes another's deliveries.
pub async fn deliveries_are_of_one_workspace(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let mine = samples.delivery(ws, samples.post(ws).id, samples.lane());
    unit!(&store, unit => unit.deliveries().insert(&mine).await.expect("insert"));
    unit!(&store, unit => {
        assert_eq!(unit.deliveries().get(other, mine.id).await.expect("get"), None);
        let of_post = unit.deliveries().of_post(other, mine.post_id).await;
        assert_eq!(of_post.expect("of_post"), []);
        let due = unit.deliveries().of_account(other, mine.account_id, at(0), at(9999)).await;
        assert_eq!(due.expect("of_account"), []);
    });
    let mut foreign = Delivery { workspace_id: other, ..mine.clone() };
    let mut unit = begin(&store).await;
    assert_conflict(unit.deliveries().update(&mut foreign).await, "another's delivery");
    drop(unit);
    let got = unit!(&store, unit => unit.deliveries().get(ws, mine.id).await.expect("get"));
    assert_eq!(got, Some(mine));
}
