//! A process that can die, stand still and have a wrong clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use social::Timestamp;
use social::core::ports::{Clock, StoreError};
use tokio::sync::watch;

use super::weather::Weather;

/// For how long a process stands still at least: longer than its leases last.
const PAUSE: u64 = 35_000;

/// One process of many on the same store.
#[derive(Debug)]
pub(super) struct Process {
    pub number: usize,
    pub weather: Arc<Weather>,
    dead: watch::Sender<bool>,
    /// Until when it stands still.
    still_until: AtomicI64,
    /// How far its clock is ahead of the true time, in milliseconds.
    ahead: i64,
}

impl Process {
    pub(super) fn new(number: usize, weather: &Arc<Weather>) -> Arc<Self> {
        let skew = i64::try_from(weather.rates.skew).unwrap_or(0);
        let ahead = i64::try_from(weather.below(weather.rates.skew * 2 + 1)).unwrap_or(0) - skew;
        Self::with_clock(number, weather, ahead)
    }

    /// One whose clock is so many milliseconds ahead.
    pub(super) fn with_clock(number: usize, weather: &Arc<Weather>, ahead: i64) -> Arc<Self> {
        Arc::new(Self {
            number,
            weather: weather.clone(),
            dead: watch::Sender::new(false),
            still_until: AtomicI64::new(0),
            ahead,
        })
    }

    /// Returns when it is dead.
    pub(super) async fn died(&self) {
        let mut dead = self.dead.subscribe();
        // It cannot fail while this lives.
        dead.wait_for(|dead| *dead).await.ok();
    }

    /// Kills it: nothing it does has an effect from now on.
    pub(super) fn kill(&self) {
        self.dead.send_replace(true);
    }

    /// Lets it stand still, all of it, renewal of leases included.
    pub(super) fn stand_still(&self) {
        let weather = &self.weather;
        let time = Duration::from_millis(PAUSE) + weather.time(90_000);
        let until = (weather.now() + time).as_millis();
        self.still_until.fetch_max(until, Ordering::SeqCst);
        weather.fault("a process stood still beyond its leases", self.number, &format!("{time:?}"));
    }

    /// Goes on, unless it is dead or stands still.
    pub(super) async fn goes_on(&self) {
        loop {
            if *self.dead.borrow() {
                return std::future::pending().await;
            }
            let until = Timestamp::from_millis(self.still_until.load(Ordering::SeqCst));
            if self.weather.now() >= until {
                return;
            }
            self.weather.sleep_until(until).await;
        }
    }

    /// Whether it dies here.
    pub(super) fn dies(&self, place: &str) -> bool {
        let dies = self.weather.strikes(self.weather.rates.crash);
        if dies {
            self.weather.fault("a process died", self.number, place);
            self.kill();
        }
        dies
    }

    /// A point at which it may die or stand still.
    pub(super) async fn point(&self, place: &str) {
        self.weather.note(self.number, place);
        if !self.dies(place) && self.weather.strikes(self.weather.rates.pause) {
            self.stand_still();
        }
        self.goes_on().await;
    }

    /// Whether the store fails here.
    pub(super) fn store_fails(&self, place: &str) -> Result<(), StoreError> {
        if self.weather.strikes(self.weather.rates.store) {
            self.weather.fault("the store failed", self.number, place);
            return Err(StoreError::Backend("the connection broke".into()));
        }
        Ok(())
    }

    /// The way to the store, and how busy it is.
    pub(super) async fn reaches_store(&self) {
        let weather = &self.weather;
        let slow = weather.strikes(weather.rates.slow);
        if slow {
            weather.fault("the store was slow", self.number, "");
        }
        weather.pass(weather.time(if slow { 4_000 } else { 3 })).await;
    }
}

/// Its clock: a little off, and monotonic as a port's clock is.
#[async_trait]
impl Clock for Process {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.weather.now().as_millis() + self.ahead)
    }

    async fn sleep_until(&self, until: Timestamp) {
        while self.now() < until {
            self.weather.pass(until.since(self.now())).await;
        }
        self.goes_on().await;
    }
}
