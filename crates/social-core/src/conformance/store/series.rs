//! Posts that come again, and the hours in which nothing goes out.

use std::sync::Arc;

use super::super::samples::{Samples, wall};
use super::{assert_conflict, assert_refused, begin, unit};
use crate::domain::series::{OccurrenceRow, QuietPlan, Series, SeriesStatus};
use crate::ports::{JobQueue, Store};

/// A series reads back whole, and is inserted once.
pub async fn a_series_is_kept(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let series = samples.series(ws);
    unit!(&store, unit => unit.series().insert(&series).await.expect("insert"));
    unit!(&store, unit => {
        let got = unit.series().get(ws, series.id).await.expect("get");
        assert_eq!(got, Some(series.clone()));
        let none = samples.series(ws).id;
        assert_eq!(unit.series().get(ws, none).await.expect("get"), None);
    });
    let mut unit = begin(&store).await;
    let again = unit.series().insert(&series).await;
    assert_refused(unit, again, "a second insert").await;
}

/// A series is written where its version is the stored one, and its version rises by one.
pub async fn a_series_is_swapped_by_its_version(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let first = samples.series(ws);
    unit!(&store, unit => unit.series().insert(&first).await.expect("insert"));
    let mut second = Series { status: SeriesStatus::Paused, ..first.clone() };
    second.repeat.recurrence.leave_out(wall(9));
    unit!(&store, unit => unit.series().update(&mut second).await.expect("update"));
    assert_eq!(second.version, first.version + 1);
    let mut stale = first.clone();
    let mut unit = begin(&store).await;
    assert_conflict(unit.series().update(&mut stale).await, "an old version");
    drop(unit);
    assert_eq!(stale, first);
    let got = unit!(&store, unit => unit.series().get(ws, first.id).await.expect("get"));
    assert_eq!(got, Some(second));
}

/// Series are listed newest first, page by page.
pub async fn series_are_listed_newest_first(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let ws = samples.ws();
    let all = [(); 4].map(|()| samples.series(ws));
    unit!(&store, unit => for series in &all {
        unit.series().insert(series).await.expect("insert");
    });
    unit!(&store, unit => {
        let ids = |page: Vec<Series>| page.iter().map(|series| series.id).collect::<Vec<_>>();
        let first = ids(unit.series().list(ws, None, 3).await.expect("list"));
        assert_eq!(first, [all[3].id, all[2].id, all[1].id]);
        let rest = ids(unit.series().list(ws, Some(all[1].id), 3).await.expect("list"));
        assert_eq!(rest, [all[0].id]);
    });
}

/// An occurrence becomes a post once: what is a post already stays, and what is none may become
/// one.
pub async fn an_occurrence_becomes_one_post(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let series = samples.series(samples.ws());
    let (ws, id) = (series.workspace_id, series.id);
    let post = samples.occurrence(&series, wall(0));
    let trouble = Some("no account".to_owned());
    let none = OccurrenceRow { post: None, trouble, ..samples.occurrence(&series, wall(1)) };
    let late = samples.occurrence(&series, wall(1));
    unit!(&store, unit => for row in [&post, &none] {
        assert!(unit.series().put_occurrence(row).await.expect("put"));
    });
    unit!(&store, unit => {
        let another = samples.occurrence(&series, wall(0));
        assert!(!unit.series().put_occurrence(&another).await.expect("put"), "a second post");
        let kept = unit.series().occurrence(ws, id, wall(0)).await.expect("get");
        assert_eq!(kept, Some(post.clone()));
        assert!(unit.series().put_occurrence(&late).await.expect("put"), "its first post");
    });
    let mut unit = begin(&store).await;
    unit.series().remove_occurrence(ws, id, wall(0)).await.expect("remove");
    drop(unit);
    unit!(&store, unit => {
        let rows = unit.series().occurrences(ws, id, wall(0), 9).await.expect("list");
        assert_eq!(rows, [post.clone(), late.clone()]);
        let rows = unit.series().occurrences(ws, id, wall(0), 1).await.expect("list");
        assert_eq!(rows, std::slice::from_ref(&post));
        let rows = unit.series().occurrences(ws, id, wall(1), 9).await.expect("list");
        assert_eq!(rows, std::slice::from_ref(&late));
        unit.series().remove_occurrence(ws, id, wall(0)).await.expect("remove");
        unit.series().remove_occurrence(ws, id, wall(0)).await.expect("remove what is gone");
        assert_eq!(unit.series().occurrence(ws, id, wall(0)).await.expect("get"), None);
        assert!(unit.series().put_occurrence(&post).await.expect("put"), "it was forgotten");
    });
}

/// No workspace sees or changes another's series.
pub async fn series_are_of_one_workspace(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (series, other) = (samples.series(samples.ws()), samples.ws());
    let (ws, id) = (series.workspace_id, series.id);
    let row = samples.occurrence(&series, wall(0));
    unit!(&store, unit => {
        unit.series().insert(&series).await.expect("insert");
        unit.series().put_occurrence(&row).await.expect("put");
    });
    unit!(&store, unit => {
        assert_eq!(unit.series().get(other, id).await.expect("get"), None);
        assert_eq!(unit.series().list(other, None, 9).await.expect("list"), []);
        assert_eq!(unit.series().occurrence(other, id, wall(0)).await.expect("get"), None);
        assert_eq!(unit.series().occurrences(other, id, wall(0), 9).await.expect("list"), []);
        unit.series().remove_occurrence(other, id, wall(0)).await.expect("remove");
        let kept = unit.series().occurrence(ws, id, wall(0)).await.expect("get");
        assert_eq!(kept, Some(row.clone()));
    });
    let mut unit = begin(&store).await;
    let mut theirs = Series { workspace_id: other, ..series.clone() };
    assert_conflict(unit.series().update(&mut theirs).await, "another's series");
}

/// Of a workspace and of each account there is one plan of quiet hours at most, and the last one
/// counts; no workspace sees or forgets another's.
pub async fn quiet_hours_are_replaced(store: Arc<dyn Store>, _queue: Arc<dyn JobQueue>) {
    let samples = Samples::default();
    let (ws, other, account) = (samples.ws(), samples.ws(), samples.lane());
    let whole = samples.quiet(ws, None);
    let first = samples.quiet(ws, Some(account));
    let mut last: QuietPlan = first;
    last.hours.until = last.hours.from;
    unit!(&store, unit => for plan in [&first, &whole, &last] {
        unit.quiet().put(plan).await.expect("put");
    });
    unit!(&store, unit => {
        assert_eq!(unit.quiet().list(ws).await.expect("list"), [whole, last]);
        assert_eq!(unit.quiet().list(other).await.expect("list"), []);
        unit.quiet().remove(other, None).await.expect("remove another's");
        unit.quiet().remove(ws, Some(account)).await.expect("remove");
        unit.quiet().remove(ws, Some(account)).await.expect("remove what is gone");
        assert_eq!(unit.quiet().list(ws).await.expect("list"), [whole]);
    });
}
