//! Numbers: their history, the roll-up, and what reports read.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;

use super::super::samples::Samples;
use super::unit;
use crate::Timestamp;
use crate::domain::{
    AccountId, Counted, DeliveryId, Dimension, Measured, Metric, Metrics, Platform, Snapshot, Sums,
    TimeSpan, WorkspaceId,
};
use crate::ports::{IdSource, JobQueue, SeededIds, Store};
use crate::statistics::{DayRow, days, utc_day};

/// An hour of the suite's time, which begins in the middle of a day.
fn hour(n: u64) -> Timestamp {
    Timestamp::from_secs(1_800_014_400) + Duration::from_secs(n * 3600)
}

fn span(from: u64, to: u64) -> TimeSpan {
    TimeSpan { from: hour(from), to: hour(to) }
}

fn snapshot(of: &Measured, taken_at: Timestamp, values: &[(Metric, u64)]) -> Snapshot {
    Snapshot {
        workspace_id: of.workspace_id,
        delivery_id: of.delivery_id,
        account_id: of.account_id,
        taken_at,
        metrics: Metrics {
            values: values.iter().copied().collect(),
            missing: BTreeMap::from([(Metric::Clicks, "not here".to_owned())]),
            raw: BTreeMap::from([("saw".to_owned(), 7.into())]),
        },
    }
}

async fn put(store: &Arc<dyn Store>, measured: &[&Measured], snapshots: &[Snapshot]) {
    unit!(store, unit => {
        for measured in measured {
            unit.analytics().measure(measured).await.expect("measure");
        }
        for snapshot in snapshots {
            unit.analytics().put(snapshot).await.expect("put");
        }
    });
}

/// Rolls up all that is new, a few at a time.
async fn roll_up(store: &Arc<dyn Store>, ws: WorkspaceId) -> u64 {
    let mut all = 0;
    loop {
        let rolled = unit!(store, unit => unit.analytics().roll_up(ws, 3).await.expect("roll up"));
        all += rolled;
        if rolled < 3 {
            return all;
        }
    }
}

/// Snapshots come oldest first, and one of the same time is overwritten.
pub async fn snapshots_are_kept_in_order(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let (one, two) = (DeliveryId::from_uuid(samples.uuid()), DeliveryId::from_uuid(samples.uuid()));
    let rows = [
        samples.snapshot(ws, one, hour(20), 2),
        samples.snapshot(ws, one, hour(10), 1),
        samples.snapshot(ws, two, hour(10), 7),
        samples.snapshot(ws, one, hour(20), 3),
    ];
    put(&store, &[], &rows).await;
    let got = unit!(&store, unit => unit.analytics().of_delivery(ws, one).await);
    assert_eq!(got.expect("of_delivery"), [rows[1].clone(), rows[3].clone()]);
}

/// A delivery is measured as it was first described, and when it is read next is noted.
pub async fn a_delivery_is_measured_once(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let first =
        Measured { next_at: Some(hour(1)), ..samples.measured(ws, Platform::TIKTOK, hour(0)) };
    let other = Measured { published_at: hour(5), keys: [].into(), ..first.clone() };
    unit!(&store, unit => {
        let id = first.delivery_id;
        assert_eq!(unit.analytics().measured(ws, id).await.expect("measured"), None);
        assert!(unit.analytics().measure(&first).await.expect("measure"));
        assert!(!unit.analytics().measure(&other).await.expect("measure again"));
        assert_eq!(unit.analytics().measured(ws, id).await.expect("measured"), Some(first.clone()));
        unit.analytics().read_next(ws, id, Some(hour(9))).await.expect("read next");
    });
    unit!(&store, unit => {
        let id = first.delivery_id;
        let later = Measured { next_at: Some(hour(9)), ..first.clone() };
        assert_eq!(unit.analytics().measured(ws, id).await.expect("measured"), Some(later));
        unit.analytics().read_next(ws, id, None).await.expect("read next");
        let never = unit.analytics().measured(ws, id).await.expect("measured");
        assert_eq!(never.and_then(|measured| measured.next_at), None);
    });
}

/// Of an account those are due whose time has come, those first that wait longest.
pub async fn numbers_are_due_by_account(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, foreign) = (samples.ws(), samples.ws());
    let at = |ws, next: Option<u64>| Measured {
        next_at: next.map(hour),
        ..samples.measured(ws, Platform::TIKTOK, hour(0))
    };
    let (late, early, last) = (at(ws, Some(9)), at(ws, Some(3)), at(ws, Some(30)));
    let elsewhere =
        Measured { account_id: AccountId::from_uuid(samples.uuid()), ..at(ws, Some(1)) };
    let (never, theirs) = (at(ws, None), at(foreign, Some(1)));
    put(&store, &[&late, &early, &last, &elsewhere, &never, &theirs], &[]).await;
    unit!(&store, unit => {
        let due = unit.analytics().due(ws, late.account_id, hour(9), 9).await.expect("due");
        assert_eq!(due, [early.clone(), late.clone()]);
        let due = unit.analytics().due(ws, late.account_id, hour(9), 1).await.expect("due");
        assert_eq!(due, [early]);
    });
}

/// The rows of each delivery, as the pure function has them.
fn expected(history: &[Snapshot]) -> Vec<DayRow> {
    let mut rows = days(history, Tz::UTC);
    rows.iter_mut().for_each(|row| row.missing.clear());
    rows
}

/// What posts come to, counted one by one.
fn sum_of<'a>(posts: impl Iterator<Item = (&'a Measured, &'a [Snapshot])>) -> Sums {
    let mut sums = Sums::default();
    for (_, history) in posts {
        let mut sorted = history.to_vec();
        sorted.sort_by_key(|snapshot| snapshot.taken_at);
        let mut last: BTreeMap<Metric, u64> = BTreeMap::new();
        sorted.iter().for_each(|snapshot| last.extend(&snapshot.metrics.values));
        sums.add(&Sums::one(&last, sorted.last().map(|snapshot| snapshot.taken_at)));
    }
    sums
}

/// The roll-up has of each day the last that is known of each number, whatever is missing in
/// between and in whatever order numbers come; and rolling up again changes nothing.
pub async fn numbers_are_rolled_up_by_day(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, ids) = (samples.ws(), SeededIds::new(7));
    let of = samples.measured(ws, Platform::INSTAGRAM, hour(0));
    let mut history = Vec::new();
    let mut taken: Vec<u64> = (0..40).map(|_| ids.below(24 * 6)).collect();
    taken.sort_unstable();
    taken.dedup();
    for at in &taken {
        let metrics = [Metric::Likes, Metric::Reach, Metric::Views, Metric::Saves];
        let known = metrics.into_iter().filter(|_| ids.below(3) > 0);
        let values: Vec<_> = known.map(|metric| (metric, ids.below(1 << 33))).collect();
        history.push(snapshot(&of, hour(*at), &values));
    }
    let mut told: Vec<Snapshot> = Vec::new();
    let mut left = history.clone();
    put(&store, &[&of], &[]).await;
    while !left.is_empty() {
        let some: Vec<_> = (0..5.min(left.len()))
            .map(|_| left.swap_remove(ids.below(left.len() as u64) as usize))
            .collect();
        put(&store, &[], &some).await;
        told.extend(some);
        assert_eq!(roll_up(&store, ws).await, 1);
        let rows = unit!(&store, unit => unit.analytics().days(ws, of.delivery_id).await);
        assert_eq!(rows.expect("days"), expected(&told));
    }
    assert_eq!(roll_up(&store, ws).await, 0, "nothing is new");
    put(&store, &[], &history[..3]).await;
    assert_eq!(roll_up(&store, ws).await, 1);
    unit!(&store, unit => {
        let rows = unit.analytics().days(ws, of.delivery_id).await.expect("days");
        assert_eq!(rows, expected(&history));
        let (from, to) = (utc_day(hour(0)), utc_day(hour(24 * 9)));
        let gained = unit.analytics().gained(ws, from, to).await.expect("gained");
        assert_eq!(gained.len(), rows.len());
        for (gained, row) in gained.iter().zip(&rows) {
            let day: BTreeMap<Metric, i64> =
                gained.values.iter().filter(|(metric, _)| row.gained.contains_key(metric)).map(|(m, v)| (*m, *v)).collect();
            assert_eq!((gained.day, day), (row.day, row.gained.clone()));
        }
        let all = unit.analytics().tallied(ws, from, to, &[Dimension::All]).await.expect("tallied");
        let sums = sum_of([(&of, history.as_slice())].into_iter());
        assert_eq!(all.iter().map(|row| row.sums.clone()).collect::<Vec<_>>(), [sums]);
    });
}

/// Tallies are what posts come to by their day, network and keys, also after numbers came late and
/// however often they were rolled up; and the same counted post by post.
pub async fn late_numbers_put_tallies_right(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, ids) = (samples.ws(), SeededIds::new(3));
    let mut posts: Vec<(Measured, Vec<Snapshot>)> = Vec::new();
    for n in 0..12 {
        let platform = [Platform::TIKTOK, Platform::LINKEDIN][n % 2].clone();
        let mut of = samples.measured(ws, platform, hour(ids.below(24 * 4)));
        if n % 3 == 0 {
            of.keys.insert((Dimension::Campaign, "spring".to_owned()));
        }
        posts.push((of, Vec::new()));
    }
    let all: Vec<&Measured> = posts.iter().map(|(of, _)| of).collect();
    put(&store, &all, &[]).await;
    for _ in 0..3 {
        for (of, history) in &mut posts {
            let values = [
                (Metric::Likes, ids.below(500)),
                (Metric::Impressions, ids.below(9000)),
                (Metric::Comments, ids.below(50)),
            ];
            let known = &values[..ids.below(4) as usize];
            let taken = of.published_at + Duration::from_secs(60 * ids.below(9000));
            history.retain(|old| old.taken_at != taken);
            history.push(snapshot(of, taken, known));
        }
        let new: Vec<Snapshot> =
            posts.iter().filter_map(|(_, history)| history.last().cloned()).collect();
        put(&store, &[], &new).await;
        roll_up(&store, ws).await;
    }
    let (from, to) = (1, 3);
    let (first, last) = (utc_day(hour(24 * from)), utc_day(hour(24 * to)));
    let by = [Dimension::All, Dimension::Hashtag, Dimension::Campaign];
    let within = |at: Timestamp| (first..last).contains(&utc_day(at));
    unit!(&store, unit => {
        let rows = unit.analytics().tallied(ws, first, last, &by).await.expect("tallied");
        let midnight = crate::statistics::midnight;
        let same = TimeSpan { from: midnight(first), to: midnight(last) };
        let counted = unit.analytics().counted(ws, same, &by).await.expect("counted");
        assert_eq!(rows, counted);
        let check = |row: &Counted, within: &dyn Fn(Timestamp) -> bool| {
            let its = posts.iter().filter(|(of, _)| {
                within(of.published_at)
                    && of.platform == row.platform
                    && of.keys.contains(&(row.dimension, row.key.clone()))
            });
            assert_eq!(row.sums, sum_of(its.map(|(of, history)| (of, history.as_slice()))), "{row:?}");
        };
        rows.iter().for_each(|row| check(row, &within));
        let sum = |dimension| -> u64 {
            rows.iter().filter(|row| row.dimension == dimension).map(|row| row.sums.posts).sum()
        };
        let there = posts.iter().filter(|(of, _)| within(of.published_at)).count() as u64;
        assert_eq!((sum(Dimension::All), sum(Dimension::Hashtag)), (there, 2 * there));
        let daily = unit.analytics().tallied_daily(ws, first, last).await.expect("daily");
        assert!(daily.windows(2).all(|two| two[0].day <= two[1].day));
        for row in &daily {
            check(row, &|at| Some(utc_day(at)) == row.day);
        }
        assert_eq!(daily.iter().map(|row| row.sums.posts).sum::<u64>(), there);
    });
}

/// Those with the most engagements are found, of some networks or all; and the newest post of a
/// network tells why it keeps a number to itself.
pub async fn the_best_posts_are_found(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let make = |platform: Platform, at: u64| samples.measured(ws, platform, hour(at));
    let posts = [
        make(Platform::TIKTOK, 1),
        make(Platform::LINKEDIN, 2),
        make(Platform::TIKTOK, 3),
        make(Platform::TIKTOK, 4),
        make(Platform::TIKTOK, 99),
    ];
    let likes = [(0, 5), (1, 50), (2, 500), (4, 5000)];
    let mut snapshots: Vec<Snapshot> = likes
        .iter()
        .map(|(n, likes)| snapshot(&posts[*n], hour(100), &[(Metric::Likes, *likes)]))
        .collect();
    snapshots.push(snapshot(&posts[3], hour(100), &[(Metric::Views, 9)]));
    put(&store, &posts.each_ref(), &snapshots).await;
    roll_up(&store, ws).await;
    unit!(&store, unit => {
        let best = unit.analytics().best(ws, span(0, 10), &[], 9).await.expect("best");
        let found: Vec<_> = best.iter().map(|best| best.measured.clone()).collect();
        assert_eq!(found, [posts[2].clone(), posts[1].clone(), posts[0].clone()]);
        assert_eq!(best[0].sums.engagements(), Some(500));
        assert_eq!(best[0].sums.read_at, Some(hour(100)));
        let some = unit.analytics().best(ws, span(0, 10), &[Platform::TIKTOK], 1).await;
        let some: Vec<_> = some.expect("best").into_iter().map(|best| best.measured).collect();
        assert_eq!(some, [posts[2].clone()]);
        let newest = unit.analytics().newest(ws, &Platform::TIKTOK, span(0, 10)).await;
        assert_eq!(newest.expect("newest"), Some(snapshots[4].clone()));
        let none = unit.analytics().newest(ws, &Platform::FACEBOOK, span(0, 10)).await;
        assert_eq!(none.expect("newest"), None);
    });
}

/// What posts reached is told as it was at the end of the second day after their own.
pub async fn what_posts_reached_is_told_at_one_age(
    store: Arc<dyn Store>,
    _queue: Arc<dyn JobQueue>,
) {
    let samples = Samples::default();
    let ws = samples.ws();
    let make = |at: u64| samples.measured(ws, Platform::TIKTOK, hour(at));
    let (old, young, silent) = (make(1), make(30), make(2));
    let views = |of: &Measured, at, views| snapshot(of, hour(at), &[(Metric::Views, views)]);
    let snapshots = [
        views(&old, 2, 10),
        views(&old, 40, 70),
        views(&old, 24 * 20, 9000),
        views(&young, 31, 5),
        snapshot(&silent, hour(9), &[]),
    ];
    put(&store, &[&old, &young, &silent], &snapshots).await;
    roll_up(&store, ws).await;
    unit!(&store, unit => {
        let told = unit.analytics().reached(ws, span(0, 99)).await.expect("reached");
        let told: Vec<_> = told.iter().map(|it| (it.at, it.reach as u64)).collect();
        assert_eq!(told, [(hour(30), 5), (hour(1), 70)]);
        let told = unit.analytics().reached(ws, span(0, 20)).await.expect("reached");
        assert_eq!(told.len(), 1);
    });
}

/// No workspace sees another's numbers, and what is to be rolled up is known of each.
pub async fn numbers_are_of_one_workspace(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other) = (samples.ws(), samples.ws());
    let of = samples.measured(ws, Platform::TIKTOK, hour(1));
    let mine = snapshot(&of, hour(2), &[(Metric::Likes, 7)]);
    put(&store, &[&of], std::slice::from_ref(&mine)).await;
    unit!(&store, unit => {
        assert_eq!(unit.analytics().stale(9).await.expect("stale"), [ws]);
        assert_eq!(unit.analytics().roll_up(other, 9).await.expect("roll up"), 0);
        assert_eq!(unit.analytics().roll_up(ws, 9).await.expect("roll up"), 1);
    });
    unit!(&store, unit => {
        assert_eq!(unit.analytics().stale(9).await.expect("stale"), []);
        let (from, to) = (utc_day(hour(0)), utc_day(hour(99)));
        let id = of.delivery_id;
        assert_eq!(unit.analytics().of_delivery(other, id).await.expect("of"), []);
        assert_eq!(unit.analytics().measured(other, id).await.expect("measured"), None);
        assert_eq!(unit.analytics().days(other, id).await.expect("days"), []);
        let all = &[Dimension::All];
        assert_eq!(unit.analytics().tallied(other, from, to, all).await.expect("tallied"), []);
        assert_eq!(unit.analytics().tallied_daily(other, from, to).await.expect("daily"), []);
        assert_eq!(unit.analytics().counted(other, span(0, 9), all).await.expect("counted"), []);
        assert_eq!(unit.analytics().best(other, span(0, 9), &[], 9).await.expect("best"), []);
        assert_eq!(unit.analytics().gained(other, from, to).await.expect("gained"), []);
        assert_eq!(unit.analytics().reached(other, span(0, 9)).await.expect("reached"), []);
        unit.analytics().read_next(other, id, Some(hour(5))).await.expect("nothing is changed");
        let still = unit.analytics().measured(ws, id).await.expect("measured");
        assert_eq!(still, Some(of.clone()));
        assert_eq!(unit.analytics().tallied(ws, from, to, all).await.expect("mine").len(), 1);
    });
}
