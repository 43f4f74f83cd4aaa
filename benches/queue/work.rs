//! A worker whose jobs do nothing: claiming in batches, fifty at once, finishing in batches.

use std::sync::Arc;
use std::time::Instant;

use social_core::Timestamp;
use social_core::domain::{Lease, LeasedJob};
use tokio::sync::{Mutex, mpsc};

use crate::ours::{AHEAD, Ours};

const CLAIM: usize = 500;
const CONCURRENCY: usize = 50;

/// Works until `count` jobs are done; how late each of them began, in milliseconds.
async fn work(ours: &Ours, count: usize) -> Vec<f64> {
    let (give, take) = mpsc::channel::<LeasedJob>(CLAIM * 2);
    let (end, mut ended) = mpsc::channel::<(Lease, Timestamp, Timestamp)>(CLAIM * 2);
    let take = Arc::new(Mutex::new(take));
    for _ in 0..CONCURRENCY {
        let (take, end, clock) = (Arc::clone(&take), end.clone(), Arc::clone(&ours.clock));
        tokio::spawn(async move {
            loop {
                let Some(job) = take.lock().await.recv().await else { return };
                if job.due_at > clock.now() {
                    clock.sleep_until(job.due_at).await;
                }
                if end.send((job.lease, job.due_at, clock.now())).await.is_err() {
                    return;
                }
            }
        });
    }
    let claim = async {
        loop {
            let asked = ours.clock.now();
            let claim = ours.claim(u32::try_from(CLAIM).unwrap()).await;
            let got = claim.jobs.len();
            for job in claim.jobs {
                give.send(job).await.unwrap();
            }
            if got == 0 {
                let poll = ours.clock.now() + std::time::Duration::from_millis(500);
                let ahead = |due: Timestamp| if due - AHEAD > asked { due - AHEAD } else { due };
                let next = claim.next_due.map_or(poll, |due| ahead(due).min(poll));
                tokio::select! {
                    () = ours.clock.sleep_until(next) => {}
                    () = ours.queue.woken() => {}
                }
            }
        }
    };
    let finish = async {
        let mut late = Vec::with_capacity(count);
        let mut batch = Vec::new();
        while late.len() < count {
            ended.recv_many(&mut batch, 1000).await;
            let leases: Vec<Lease> = batch.iter().map(|(lease, ..)| *lease).collect();
            let mut unit = ours.store.begin().await.unwrap();
            assert_eq!(unit.jobs().complete_all(&leases).await.unwrap(), []);
            unit.commit().await.unwrap();
            late.extend(batch.drain(..).map(|(_, due, began)| {
                assert!(began >= due, "a job began early");
                began.since(due).as_secs_f64() * 1000.0
            }));
        }
        late
    };
    tokio::select! {
        () = claim => unreachable!("it claims for ever"),
        late = finish => late,
    }
}

/// Jobs a second, to the last one that the store knows to be done.
pub(crate) async fn drain(ours: &Ours, count: usize) -> f64 {
    let start = Instant::now();
    work(ours, count).await;
    count as f64 / start.elapsed().as_secs_f64()
}

/// The 99th of a hundred, of `count` jobs due so many milliseconds from now.
pub(crate) async fn lateness(ours: &Ours, count: usize, due: impl Fn(usize) -> i64) -> f64 {
    ours.put_in(&ours.jobs(count, 0, due)).await;
    let mut late = work(ours, count).await;
    late.sort_by(f64::total_cmp);
    late[late.len() * 99 / 100]
}

/// Milliseconds of a look that finds nothing due.
pub(crate) async fn idle(ours: &Ours) -> f64 {
    let mut times = Vec::new();
    for _ in 0..200 {
        let start = Instant::now();
        assert_eq!(ours.claim(500).await.jobs, []);
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    crate::median(&times)
}

/// Milliseconds from the end of a lease whose worker died to the last of its jobs being done.
pub(crate) async fn lapse(ours: &Ours, count: usize) -> f64 {
    ours.put_in(&ours.jobs(count, 0, |_| 0)).await;
    let lease = std::time::Duration::from_secs(2);
    let claimed = ours.claim_for(u32::try_from(count).unwrap(), lease).await.jobs.len();
    assert_eq!(claimed, count);
    let end = ours.clock.now() + lease;
    work(ours, count).await;
    ours.clock.now().since(end).as_secs_f64() * 1000.0
}

/// Megabytes of this process that are in memory now.
pub(crate) fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}
