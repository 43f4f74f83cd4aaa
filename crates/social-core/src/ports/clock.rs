//! Time as a port: the engine never asks the machine what time it is.

use std::fmt::Debug;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;

use crate::Timestamp;

/// Where "now" comes from, and how to wait for later.
///
/// `now` never goes back. `sleep_until` returns at once where the instant has passed.
#[async_trait]
pub trait Clock: Debug + Send + Sync + 'static {
    /// The current instant.
    fn now(&self) -> Timestamp;

    /// Returns once `now()` has reached `until`. Dropping the future cancels the wait.
    async fn sleep_until(&self, until: Timestamp);
}

/// The machine's clock, following the timer of tokio so that a paused runtime pauses it too.
#[derive(Debug)]
pub struct SystemClock {
    epoch: Timestamp,
    start: tokio::time::Instant,
}

impl SystemClock {
    /// A clock that starts at the machine's present time and goes on monotonically.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn new() -> Self {
        Self { epoch: chrono::Utc::now().into(), start: tokio::time::Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        self.epoch + self.start.elapsed()
    }

    async fn sleep_until(&self, until: Timestamp) {
        let now = self.now();
        if until > now {
            // One millisecond more, since an instant is cut to the millisecond: never early.
            let wait = until.since(now) + Duration::from_millis(1);
            tokio::time::sleep_until(tokio::time::Instant::now() + wait).await;
        }
    }
}

/// A clock that stands still until it is moved, for tests and simulations.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<Timestamp>,
    moved: tokio::sync::Notify,
}

impl ManualClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self { now: Mutex::new(now), moved: tokio::sync::Notify::new() }
    }

    /// Moves the clock ahead by `by` and wakes those who wait.
    pub fn advance(&self, by: Duration) {
        let now = self.now();
        self.advance_to(now + by);
    }

    /// Moves the clock to `to`; an earlier instant leaves it where it stands.
    pub fn advance_to(&self, to: Timestamp) {
        {
            let mut now = self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            *now = to.max(*now);
        }
        self.moved.notify_waiters();
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    async fn sleep_until(&self, until: Timestamp) {
        loop {
            let moved = self.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            if self.now() >= until {
                return;
            }
            moved.await;
        }
    }
}
