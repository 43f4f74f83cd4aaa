//! The queues do the same as the one in memory, whatever is asked of them.
#![cfg(any(feature = "sqlite", feature = "postgres"))]

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use social_core::Timestamp;
use social_core::domain::{AccountId, DeliveryId, JobId, JobTask, Lease, NewJob, WorkspaceId};
use social_core::ports::{ClaimRequest, JobQueue, Store, SystemClock};
use social_store::MemoryStore;
use uuid::Uuid;

/// Something asked of a queue. Numbers name tasks, lanes and leases, so that they meet.
#[derive(Debug, Clone)]
enum Ask {
    Enqueue { task: u8, lane: Option<u8>, due: i64, max_attempts: u32 },
    Claim { later: i64, limit: u32, lease: u64 },
    Complete(u8),
    Again { lease: u8, later: i64, progress: bool },
    Release(u8),
    Extend { leases: Vec<u8>, later: i64 },
    Park(u8),
    Cancel(u8),
    Reschedule { task: u8, due: i64 },
    Gate(u8),
    Dropped(Box<Ask>),
}

fn in_unit() -> impl Strategy<Value = Ask> {
    prop_oneof![
        8 => (0_u8..10, prop::option::of(0_u8..3), -20_i64..60, 1_u32..4).prop_map(
            |(task, lane, due, max_attempts)| Ask::Enqueue { task, lane, due, max_attempts }
        ),
        3 => any::<u8>().prop_map(Ask::Complete),
        4 => (any::<u8>(), -5_i64..30, any::<bool>())
            .prop_map(|(lease, later, progress)| Ask::Again { lease, later, progress }),
        1 => any::<u8>().prop_map(Ask::Park),
        2 => (0_u8..10).prop_map(Ask::Cancel),
        2 => (0_u8..10, -20_i64..60).prop_map(|(task, due)| Ask::Reschedule { task, due }),
        1 => any::<u8>().prop_map(Ask::Gate),
    ]
}

fn ask() -> impl Strategy<Value = Ask> {
    prop_oneof![
        18 => in_unit(),
        2 => in_unit().prop_map(|ask| Ask::Dropped(Box::new(ask))),
        8 => (0_i64..20, 0_u32..5, 1_u64..15)
            .prop_map(|(later, limit, lease)| Ask::Claim { later, limit, lease }),
        2 => any::<u8>().prop_map(Ask::Release),
        2 => (prop::collection::vec(any::<u8>(), 0..3), -5_i64..40)
            .prop_map(|(leases, later)| Ask::Extend { leases, later }),
    ]
}

/// One of the two, with what was learned from it.
struct Side<S> {
    store: Arc<S>,
    leases: Vec<Lease>,
    enqueued: u128,
    now: i64,
}

const START: i64 = 1_795_000_000;

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(START + secs)
}

fn workspace() -> WorkspaceId {
    WorkspaceId::from_uuid(Uuid::from_u128(1))
}

fn task(number: u8) -> JobTask {
    let delivery = DeliveryId::from_uuid(Uuid::from_u128(u128::from(number)));
    match number % 3 {
        0 => JobTask::Publish { delivery },
        1 => JobTask::Render { delivery },
        _ => JobTask::Analytics { delivery },
    }
}

impl<S: Store + JobQueue> Side<S> {
    fn new(store: S) -> Self {
        Self { store: Arc::new(store), leases: Vec::new(), enqueued: 0, now: 0 }
    }

    fn lease(&self, number: u8) -> Lease {
        let never = Lease { job: JobId::from_uuid(Uuid::nil()), attempt: 1 };
        let place = usize::from(number).checked_rem(self.leases.len());
        place.map_or(never, |place| self.leases[place])
    }

    /// Does what is asked, and says what came of it.
    async fn ask(&mut self, ask: &Ask) -> String {
        match ask {
            Ask::Claim { later, limit, lease } => {
                self.now += later;
                let lease = Duration::from_secs(*lease);
                let request = ClaimRequest::new(at(self.now), *limit, lease);
                let mut claim = self.store.claim(&request).await.unwrap();
                // Where there may be more, it tells nothing.
                if claim.more {
                    claim.next_due = None;
                }
                self.leases.extend(claim.jobs.iter().map(|job| job.lease));
                format!("{claim:?}")
            }
            Ask::Release(lease) => format!("{:?}", self.store.release(self.lease(*lease)).await),
            Ask::Extend { leases, later } => {
                let leases: Vec<_> = leases.iter().map(|lease| self.lease(*lease)).collect();
                format!("{:?}", self.store.extend(&leases, at(self.now + later)).await)
            }
            Ask::Dropped(ask) => self.in_unit(ask, false).await,
            ask => self.in_unit(ask, true).await,
        }
    }

    async fn in_unit(&mut self, ask: &Ask, commit: bool) -> String {
        let mut unit = self.store.begin().await.unwrap();
        let jobs = unit.jobs();
        let out = match ask {
            Ask::Enqueue { task: number, lane, due, max_attempts } => {
                self.enqueued += 1;
                let lane = lane.map(|lane| AccountId::from_uuid(Uuid::from_u128(u128::from(lane))));
                let job = NewJob {
                    id: JobId::from_uuid(Uuid::from_u128(self.enqueued)),
                    workspace_id: workspace(),
                    task: task(*number),
                    lane,
                    platform: None,
                    due_at: at(self.now + due),
                    max_attempts: *max_attempts,
                };
                format!("{:?}", jobs.enqueue(&job).await)
            }
            Ask::Complete(lease) => format!("{:?}", jobs.complete(self.lease(*lease)).await),
            Ask::Again { lease, later, progress } => {
                let due_at = at(self.now + later);
                format!("{:?}", jobs.again(self.lease(*lease), due_at, *progress).await)
            }
            Ask::Park(lease) => {
                format!("{:?}", jobs.park(self.lease(*lease), "parked", at(self.now)).await)
            }
            Ask::Cancel(number) => format!("{:?}", jobs.cancel(task(*number)).await),
            Ask::Reschedule { task: number, due } => {
                format!("{:?}", jobs.reschedule(task(*number), at(self.now + due)).await)
            }
            Ask::Gate(lease) => format!("{:?}", jobs.gate(self.lease(*lease)).await),
            other => panic!("{other:?} is nothing for a unit"),
        };
        if commit {
            unit.commit().await.unwrap();
        }
        out
    }

    async fn end(&self) -> String {
        let mut unit = self.store.begin().await.unwrap();
        let parked = unit.jobs().parked(workspace(), 1000).await.unwrap();
        // A store in memory waits for its units to end.
        drop(unit);
        format!("{parked:?} {:?}", self.store.last_claim().await.unwrap())
    }
}

/// Asks both, and compares each answer.
async fn compare<S: Store + JobQueue>(asks: &[Ask], other: S) -> Result<(), TestCaseError> {
    let (mut memory, mut other) = (Side::new(MemoryStore::new()), Side::new(other));
    for (number, ask) in asks.iter().enumerate() {
        let left = memory.ask(ask).await;
        let right = other.ask(ask).await;
        prop_assert_eq!(left, right, "at {}: {:?}", number, ask);
    }
    prop_assert_eq!(memory.end().await, other.end().await);
    Ok(())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[cfg(feature = "sqlite")]
proptest! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 300, ..ProptestConfig::default() })]
    #[test]
    fn sqlite_does_the_same(asks in prop::collection::vec(ask(), 1..60)) {
        runtime().block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let clock = Arc::new(SystemClock::new());
            let sqlite = social_store::SqliteStore::open_in(folder.path(), clock).await.unwrap();
            compare(&asks, sqlite).await
        })?;
    }
}

#[cfg(feature = "postgres")]
proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 200, ..ProptestConfig::default() })]
    #[test]
    fn postgres_does_the_same(asks in prop::collection::vec(ask(), 1..60)) {
        runtime().block_on(async {
            let schema = crate::servers::Schema::new().await;
            let clock = Arc::new(SystemClock::new());
            let postgres = social_store::PostgresStore::connect(&schema.url(), clock).await.unwrap();
            compare(&asks, postgres).await
        })?;
    }
}
