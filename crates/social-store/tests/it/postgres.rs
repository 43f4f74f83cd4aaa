//! What is PostgreSQL's own.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use social_core::conformance::samples::{Samples, at};
use social_core::domain::{DeliveryStatus, JobId, NewJob, PostStatus};
use social_core::ports::{
    ClaimRequest, Clock as _, Gate, JobQueue as _, ManualClock, PostFilter, RateLimiter as _,
    Store as _, StoreError, SystemClock,
};
use social_store::PostgresStore;
use sqlx::{Connection as _, Executor as _};

use crate::servers::Schema;

/// No test waits for this; it ends one that would wait for ever.
const PATIENCE: Duration = Duration::from_secs(20);

async fn open(schema: &Schema) -> Result<PostgresStore, StoreError> {
    PostgresStore::connect(&schema.url(), Arc::new(SystemClock::new())).await
}

fn request(secs: i64, limit: u32) -> ClaimRequest {
    ClaimRequest::new(at(secs), limit, Duration::from_secs(30))
}

#[tokio::test]
async fn everything_is_there_for_another_process() {
    let schema = Schema::new().await;
    let samples = Samples::default();
    let workspace = samples.workspace();
    let post = samples.post(workspace.id);
    let job = samples.job(workspace.id, samples.publish(), at(0));
    let store = open(&schema).await.unwrap();
    let mut unit = store.begin().await.unwrap();
    unit.workspaces().insert(&workspace).await.unwrap();
    unit.posts().insert(&post).await.unwrap();
    unit.jobs().enqueue(&job).await.unwrap();
    unit.commit().await.unwrap();
    store.block("instagram", at(900)).await.unwrap();
    let lease = store.claim(&request(0, 10)).await.unwrap().jobs[0].lease;
    drop(store);

    let store = open(&schema).await.unwrap();
    let mut unit = store.begin().await.unwrap();
    assert_eq!(unit.workspaces().list().await.unwrap(), std::slice::from_ref(&workspace));
    let posts = unit.posts().list(workspace.id, &PostFilter::default()).await.unwrap();
    assert_eq!(posts, [post]);
    assert_eq!(unit.jobs().gate(lease).await.unwrap(), Gate::Go);
    drop(unit);
    assert_eq!(store.blocked("instagram", at(0)).await.unwrap(), Some(at(900)));
    assert_eq!(store.last_claim().await.unwrap(), Some(at(0)));
    assert_eq!(store.claim(&request(29, 10)).await.unwrap().jobs, [], "the lease was forgotten");
    let again = store.claim(&request(30, 10)).await.unwrap().jobs.remove(0).lease;
    assert_eq!((again.job, again.attempt), (lease.job, lease.attempt + 1));
}

#[tokio::test]
async fn a_database_of_a_newer_release_is_refused_and_left_as_it_is() {
    let schema = Schema::new().await;
    let mut conn = schema.other().await;
    let newer = "CREATE TABLE schema_change (version bigint, applied_at bigint);
        INSERT INTO schema_change VALUES (1000, 0)";
    conn.execute(sqlx::raw_sql(newer)).await.unwrap();
    match open(&schema).await.unwrap_err() {
        StoreError::Newer { found: 1000, known } => assert!(known >= 1),
        error => panic!("{error:?}"),
    }
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()";
    let tables: i64 = sqlx::query_scalar(tables).fetch_one(&mut conn).await.unwrap();
    assert_eq!(tables, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_start_on_an_empty_database() {
    let schema = Schema::new().await;
    let stores = futures::future::join_all((0..4).map(|_| open(&schema))).await;
    for store in stores {
        assert!(
            store.unwrap().begin().await.unwrap().workspaces().list().await.unwrap().is_empty()
        );
    }
}

#[tokio::test]
async fn a_job_put_in_by_one_process_wakes_another() {
    let schema = Schema::new().await;
    let (one, two) = (open(&schema).await.unwrap(), open(&schema).await.unwrap());
    let samples = Samples::default();
    let woken = async {
        // Until it listens nothing is told: put one in again and again until it hears.
        let hears = tokio::time::timeout(PATIENCE, two.woken());
        tokio::pin!(hears);
        loop {
            let mut unit = one.begin().await.unwrap();
            unit.jobs()
                .enqueue(&samples.job(samples.ws(), samples.publish(), at(0)))
                .await
                .unwrap();
            unit.commit().await.unwrap();
            tokio::select! {
                biased;
                heard = &mut hears => return heard,
                () = tokio::task::yield_now() => {}
            }
        }
    };
    woken.await.expect("the other process was never woken");
}

/// Two processes put jobs into few lanes, claim, finish, move and cancel them, all at once. Whatever
/// the order, no lane ever has two jobs leased, and each job is done once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lanes_stay_in_order_whatever_happens_at_once() {
    let schema = Schema::new().await;
    let stores = [Arc::new(open(&schema).await.unwrap()), Arc::new(open(&schema).await.unwrap())];
    let samples = Arc::new(Samples::default());
    let ws = samples.ws();
    let lanes: Vec<_> = (0..3).map(|_| samples.lane()).collect();
    let put_in = |store: Arc<PostgresStore>, turn: usize| {
        let (samples, lanes) = (Arc::clone(&samples), lanes.clone());
        async move {
            let mut kept = 0;
            for number in 0..20 {
                // Each unit touches two lanes, in another order each time.
                let mut unit = store.begin().await.unwrap();
                let jobs = [number + turn, number + turn + 1 + number % 2].map(|place| NewJob {
                    lane: Some(lanes[place % lanes.len()]),
                    ..samples.job(ws, samples.publish(), at(0))
                });
                for job in &jobs {
                    unit.jobs().enqueue(job).await.unwrap();
                }
                unit.commit().await.unwrap();
                kept += 2;
                let mut unit = store.begin().await.unwrap();
                match number % 3 {
                    0 if unit.jobs().cancel(jobs[0].task).await.unwrap() => kept -= 1,
                    1 => drop(unit.jobs().reschedule(jobs[1].task, at(-1)).await.unwrap()),
                    _ => {}
                }
                unit.commit().await.unwrap();
            }
            kept
        }
    };
    let tasks: Vec<_> =
        (0..6).map(|turn| tokio::spawn(put_in(stores[turn % 2].clone(), turn))).collect();
    let mut done: BTreeSet<JobId> = BTreeSet::new();
    let mut idle = 0;
    let mut waiting = Some(tasks);
    let mut kept = usize::MAX;
    while done.len() < kept || waiting.is_some() {
        let store = &stores[done.len() % 2];
        let claim = store.claim(&request(1, 10)).await.unwrap();
        let busy: BTreeSet<_> = claim.jobs.iter().map(|job| job.lane).collect();
        assert_eq!(busy.len(), claim.jobs.len(), "two jobs of a lane are leased");
        for job in &claim.jobs {
            let mut unit = store.begin().await.unwrap();
            if unit.jobs().complete(job.lease).await.unwrap() == Gate::Go {
                assert!(done.insert(job.lease.job), "a job was handed out twice");
            }
            unit.commit().await.unwrap();
        }
        if waiting
            .as_ref()
            .is_some_and(|tasks| tasks.iter().all(tokio::task::JoinHandle::is_finished))
        {
            kept = 0;
            for task in waiting.take().unwrap_or_default() {
                kept += task.await.unwrap();
            }
        }
        if claim.jobs.is_empty() && waiting.is_none() {
            idle += 1;
            assert!(idle < 100, "{} of {kept} jobs are done, and none is handed out", done.len());
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(stores[0].claim(&request(1, 10)).await.unwrap().next_due, None);
}

#[tokio::test]
async fn a_claim_waits_for_no_unit() {
    let schema = Schema::new().await;
    let store = open(&schema).await.unwrap();
    let samples = Samples::default();
    let ws = samples.ws();
    let (held, free) =
        (samples.job(ws, samples.publish(), at(0)), samples.job(ws, samples.publish(), at(1)));
    let mut unit = store.begin().await.unwrap();
    unit.jobs().enqueue(&held).await.unwrap();
    unit.jobs().enqueue(&free).await.unwrap();
    unit.commit().await.unwrap();
    let mut unit = store.begin().await.unwrap();
    assert!(unit.jobs().reschedule(held.task, at(50)).await.unwrap());
    let claim = tokio::time::timeout(PATIENCE, store.claim(&request(2, 10))).await;
    let claim = claim.expect("the claim waited for the unit").unwrap();
    assert_eq!(claim.jobs.iter().map(|job| job.task).collect::<Vec<_>>(), [free.task]);
    // It is worth to come again soon, and not at once: the unit may take a while.
    assert!(claim.next_due.is_some_and(|next| next > at(2) && next < at(3)), "{claim:?}");
    unit.commit().await.unwrap();
    assert_eq!(store.claim(&request(3, 10)).await.unwrap().jobs, []);
}

#[tokio::test]
async fn a_unit_killed_midway_leaves_nothing_and_hinders_nobody() {
    let schema = Schema::new().await;
    let store = Arc::new(open(&schema).await.unwrap());
    let samples = Samples::default();
    let ws = samples.ws();
    let post = samples.post(ws);
    for round in 0..20 {
        let (store, post) = (Arc::clone(&store), post.clone());
        let (written, wait) = tokio::sync::oneshot::channel();
        let task = tokio::spawn(async move {
            let mut unit = store.begin().await.unwrap();
            unit.posts().insert(&post).await.unwrap();
            let _ = written.send(());
            std::future::pending::<()>().await;
        });
        // Killed at another await each time, and at last with its row written.
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        if round == 19 {
            wait.await.unwrap();
        }
        task.abort();
        let _ = task.await;
    }
    let mut unit = store.begin().await.unwrap();
    assert_eq!(unit.posts().get(ws, post.id).await.unwrap(), None);
    unit.posts().insert(&post).await.unwrap();
    unit.commit().await.unwrap();
}

#[tokio::test]
async fn a_server_that_drops_connections_costs_a_unit_and_no_more() {
    let schema = Schema::new().await;
    let store = open(&schema).await.unwrap();
    let samples = Samples::default();
    let ws = samples.ws();
    let post = samples.post(ws);
    let mut unit = store.begin().await.unwrap();
    unit.posts().insert(&post).await.unwrap();
    let mut other = schema.other().await;
    // Only this test's: its search path names its schema.
    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_locks
        JOIN pg_class ON pg_class.oid = relation
        WHERE relname = 'post' AND pg_class.relnamespace = current_schema()::regnamespace";
    let killed: i64 = sqlx::query_scalar(kill).fetch_one(&mut other).await.unwrap();
    assert!(killed > 0);
    unit.commit().await.expect_err("its connection is gone");
    let mut unit = store.begin().await.unwrap();
    assert_eq!(unit.posts().get(ws, post.id).await.unwrap(), None);
    unit.posts().insert(&post).await.unwrap();
    unit.commit().await.unwrap();
    other.close().await.unwrap();
}

#[tokio::test]
async fn events_become_visible_in_their_order() {
    let schema = Schema::new().await;
    let store = open(&schema).await.unwrap();
    let samples = Samples::default();
    let ws = samples.ws();
    let (slow, quick) = (samples.event(ws), samples.event(ws));
    let mut one = store.begin().await.unwrap();
    one.outbox().append(&slow).await.unwrap();
    let mut two = store.begin().await.unwrap();
    two.outbox().append(&quick).await.unwrap();
    two.commit().await.unwrap();
    let heard = store.read().await.unwrap().outbox().since(ws, None, 9).await.unwrap();
    assert_eq!(heard, Some(vec![quick.clone()]));
    one.commit().await.unwrap();
    // Whoever goes on after what it heard hears the one that came to be later.
    let after = store.read().await.unwrap().outbox().since(ws, Some(quick.id), 9).await.unwrap();
    assert_eq!(after, Some(vec![slow]));
}

#[tokio::test]
async fn a_listener_waits_for_events_that_are_being_written() {
    let schema = Schema::new().await;
    let store = open(&schema).await.unwrap();
    let samples = Samples::default();
    let ws = samples.ws();
    let (slow, quick) = (samples.event(ws), samples.event(ws));
    let mut one = store.begin().await.unwrap();
    one.outbox().append(&slow).await.unwrap();
    // Written, in the first place, and not committed.
    assert_eq!(one.outbox().pending(9).await.unwrap(), std::slice::from_ref(&slow));
    let mut two = store.begin().await.unwrap();
    two.outbox().append(&quick).await.unwrap();
    two.commit().await.unwrap();
    let mut listener = store.begin().await.unwrap();
    let heard = async { listener.outbox().since(ws, None, 9).await.unwrap() };
    let (heard, ended) = tokio::join!(heard, one.commit());
    ended.unwrap();
    assert_eq!(heard, Some(vec![slow, quick]));
}

#[tokio::test]
async fn of_two_who_tell_events_each_has_its_own() {
    let schema = Schema::new().await;
    let store = open(&schema).await.unwrap();
    let samples = Samples::default();
    let event = samples.event(samples.ws());
    let mut unit = store.begin().await.unwrap();
    unit.outbox().append(&event).await.unwrap();
    unit.commit().await.unwrap();
    let (mut one, mut two) = (store.begin().await.unwrap(), store.begin().await.unwrap());
    assert_eq!(one.outbox().pending(9).await.unwrap(), std::slice::from_ref(&event));
    assert_eq!(two.outbox().pending(9).await.unwrap(), []);
    drop(one);
    let mut again = store.begin().await.unwrap();
    assert_eq!(again.outbox().pending(9).await.unwrap(), [event]);
}

/// Two units, the second of which waits for the first: what it then finds is what the first left.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_relies_on_what_it_found_waits() {
    let schema = Schema::new().await;
    let store = Arc::new(open(&schema).await.unwrap());
    let samples = Samples::default();
    let ws = samples.ws();
    let [mut ann, mut bob] = [samples.person(ws), samples.person(ws)];
    let mut unit = store.begin().await.unwrap();
    unit.people().insert(&ann).await.unwrap();
    unit.people().insert(&bob).await.unwrap();
    unit.commit().await.unwrap();
    let mut one = store.begin().await.unwrap();
    ann.name = "no Admin".to_owned();
    one.people().update(&mut ann).await.unwrap();
    let two = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            let mut two = store.begin().await.unwrap();
            bob.name = "no Admin".to_owned();
            two.people().update(&mut bob).await.unwrap();
            two.people().list(ws).await.unwrap()
        }
    });
    let left = one.people().list(ws).await.unwrap();
    assert_eq!(left.iter().filter(|person| person.name == "no Admin").count(), 1);
    one.commit().await.unwrap();
    let left = tokio::time::timeout(PATIENCE, two).await.unwrap().unwrap();
    assert_eq!(left.iter().filter(|person| person.name == "no Admin").count(), 2);
}

/// Deliveries of a post change at once, each unit several of them and in another order: the post
/// comes to stand as they do, and no two units wait for each other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_stands_as_its_deliveries_do_whoever_changes_them() {
    let schema = Schema::new().await;
    let store = Arc::new(open(&schema).await.unwrap());
    let samples = Samples::default();
    let ws = samples.ws();
    for _ in 0..10 {
        let post = samples.post(ws);
        let deliveries: Vec<_> =
            (0..4).map(|_| samples.delivery(ws, post.id, samples.lane())).collect();
        let mut unit = store.begin().await.unwrap();
        unit.posts().insert(&post).await.unwrap();
        for delivery in &deliveries {
            unit.deliveries().insert(delivery).await.unwrap();
        }
        unit.commit().await.unwrap();
        let change = |places: [usize; 2]| {
            let (store, deliveries) = (Arc::clone(&store), deliveries.clone());
            tokio::spawn(async move {
                let mut unit = store.begin().await.unwrap();
                for place in places {
                    let mut delivery = deliveries[place].clone();
                    delivery.status = DeliveryStatus::Published;
                    unit.deliveries().update(&mut delivery).await.unwrap();
                }
                unit.commit().await.unwrap();
            })
        };
        let (one, two) = (change([0, 1]), change([3, 2]));
        one.await.unwrap();
        two.await.unwrap();
        let published =
            PostFilter { status: Some(PostStatus::Published), limit: 1, ..PostFilter::default() };
        let mut unit = store.read().await.unwrap();
        assert_eq!(unit.posts().list(ws, &published).await.unwrap(), [post]);
    }
}

#[tokio::test]
async fn the_clock_shows_the_time_of_the_database() {
    let schema = Schema::new().await;
    let mut other = schema.other().await;
    let now = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
    let before: i64 = sqlx::query_scalar(now).fetch_one(&mut other).await.unwrap();
    // This machine believes it is 2027, and its clock stands still.
    let machine = Arc::new(ManualClock::new(at(10_000_000)));
    let store = PostgresStore::connect(&schema.url(), machine.clone()).await.unwrap();
    let after: i64 = sqlx::query_scalar(now).fetch_one(&mut other).await.unwrap();
    let shown = store.clock().now();
    assert!((before..=after).contains(&shown.as_millis()), "{before} {shown:?} {after}");
    machine.advance(Duration::from_secs(5));
    assert_eq!(store.clock().now(), shown + Duration::from_secs(5));
    assert!(store.clock().offset_millis() < 0);
}
