//! What goes wrong in a run, drawn from its seed, and what of it happened.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use social::Timestamp;
use social::core::ports::{Clock, IdSource as _, SeededIds};
use tokio::time::Instant;

use crate::world::START;

/// How often each thing goes wrong, of ten thousand times that it could.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rates {
    /// A process dies at a port, before or after what it asked for.
    pub crash: u64,
    /// A process stands still for longer than its leases last, and goes on.
    pub pause: u64,
    /// The store fails, before or after it did what it was asked.
    pub store: u64,
    /// The store takes seconds, and everybody waits for it.
    pub slow: u64,
    /// A request or its answer is lost, late, or answered by a broken gateway.
    pub network: u64,
    /// A wake-up is lost.
    pub wake: u64,
    /// How far a process's clock goes wrong, in milliseconds, either way.
    pub skew: u64,
}

impl Rates {
    const CALM: Self = Self { crash: 0, pause: 0, store: 0, slow: 0, network: 0, wake: 0, skew: 0 };

    /// Every eighth run is calm, so that order and punctuality can be judged too; all others have
    /// weather of their own.
    fn draw(chance: &SeededIds) -> Self {
        if chance.below(8) == 0 {
            return Self::CALM;
        }
        let up_to = |most: u64| if chance.below(4) == 0 { 0 } else { chance.below(most) };
        Self {
            crash: up_to(200),
            pause: up_to(150),
            store: up_to(150),
            slow: up_to(150),
            network: up_to(4000),
            wake: up_to(5000),
            skew: up_to(1500),
        }
    }
}

/// The weather of a run: time, chance, and the record of both. All of it follows from the seed.
#[derive(Debug)]
pub(super) struct Weather {
    pub seed: u64,
    pub rates: Rates,
    chance: SeededIds,
    began: Instant,
    /// How far the clock that all share has jumped ahead, in milliseconds.
    jumped: AtomicI64,
    raging: AtomicBool,
    /// Whether the story is told as it happens.
    tells: bool,
    record: Mutex<Record>,
}

#[derive(Debug)]
struct Record {
    events: u64,
    faults: BTreeMap<&'static str, u64>,
    trace: DefaultHasher,
}

impl Weather {
    /// Calm at first.
    pub(super) fn new(seed: u64, tells: bool) -> Self {
        let chance = SeededIds::new(seed ^ 0x5EED_FA17);
        let rates = Rates::draw(&chance);
        let record = Record { events: 0, faults: BTreeMap::new(), trace: DefaultHasher::new() };
        Self {
            seed,
            rates,
            chance,
            began: Instant::now(),
            jumped: AtomicI64::new(0),
            raging: AtomicBool::new(false),
            tells,
            record: Mutex::new(record),
        }
    }

    pub(super) fn is_calm_run(&self) -> bool {
        self.rates == Rates::CALM
    }

    pub(super) fn rage(&self, raging: bool) {
        self.raging.store(raging, Ordering::SeqCst);
    }

    pub(super) fn is_raging(&self) -> bool {
        self.raging.load(Ordering::SeqCst)
    }

    pub(super) fn below(&self, bound: u64) -> u64 {
        self.chance.below(bound)
    }

    /// A time up to `most` milliseconds.
    pub(super) fn time(&self, most: u64) -> Duration {
        Duration::from_millis(self.below(most + 1))
    }

    /// Whether something goes wrong that does so often.
    pub(super) fn strikes(&self, rate: u64) -> bool {
        rate > 0 && self.is_raging() && self.below(10_000) < rate
    }

    /// Notes a fault.
    pub(super) fn fault(&self, kind: &'static str, process: usize, place: &str) {
        {
            let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
            *record.faults.entry(kind).or_default() += 1;
        }
        self.note(process, &format!("{kind}, {place}"));
    }

    /// Notes what happened: it is part of the trace by which two runs are compared.
    pub(super) fn note(&self, process: usize, what: &str) {
        let now = self.now().as_millis();
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        record.events += 1;
        (now, process, what).hash(&mut record.trace);
        if self.tells {
            println!("{:>9.3} s  worker {process}  {what}", (now - START * 1000) as f64 / 1000.0);
        }
    }

    /// How much happened, what went wrong, and what the whole trace comes to.
    pub(super) fn record(&self) -> (u64, BTreeMap<&'static str, u64>, u64) {
        let record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        (record.events, record.faults.clone(), record.trace.finish())
    }

    /// The clock that all go by goes ahead at once.
    pub(super) fn jump(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(0);
        self.jumped.fetch_add(millis, Ordering::SeqCst);
    }

    /// How long the run has lasted.
    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Lets time pass.
    #[allow(clippy::disallowed_methods, reason = "virtual time: nobody waits")]
    pub(super) async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// The true time, which the networks go by.
#[async_trait]
impl Clock for Weather {
    fn now(&self) -> Timestamp {
        let jumped = u64::try_from(self.jumped.load(Ordering::SeqCst)).unwrap_or(0);
        Timestamp::from_secs(START) + self.began.elapsed() + Duration::from_millis(jumped)
    }

    async fn sleep_until(&self, until: Timestamp) {
        while self.now() < until {
            self.pass(until.since(self.now())).await;
        }
    }
}
