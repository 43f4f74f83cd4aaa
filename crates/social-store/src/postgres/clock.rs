//! The database's clock, for all who share it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::ports::{Clock, StoreError};
use sqlx::PgPool;

use super::error::broken;
use super::sql::schema as sql;

/// How often the database is asked what time it is.
const EVERY: Duration = Duration::from_secs(60);

/// A clock that shows the time of the database, so that workers on several machines agree on what
/// is due and whose lease has ended.
///
/// It is the machine's clock moved by what lies between the two, which is measured when the store
/// is connected and every minute after. Asking the database for each instant would cost a journey
/// each, and a clock read inside a statement makes an index useless; so instants are read here and
/// bound as parameters. It never goes back: where the database's clock is set back, this one
/// stands until it is reached again.
#[derive(Debug)]
pub struct PostgresClock {
    machine: Arc<dyn Clock>,
    /// Milliseconds to add to the machine's time.
    offset: AtomicI64,
    last: AtomicI64,
}

impl PostgresClock {
    pub(super) fn new(machine: Arc<dyn Clock>) -> Self {
        Self { machine, offset: AtomicI64::new(0), last: AtomicI64::new(i64::MIN) }
    }

    /// By how many milliseconds the database's clock is ahead of the machine's.
    #[must_use]
    pub fn offset_millis(&self) -> i64 {
        self.offset.load(Ordering::Relaxed)
    }

    /// Asks the database three times and believes the quickest answer.
    pub(super) async fn measure(&self, pool: &PgPool) -> Result<(), StoreError> {
        let mut best: Option<(Duration, i64)> = None;
        for _ in 0..3 {
            let before = self.machine.now();
            let there: i64 = sqlx::query_scalar(sql::NOW).fetch_one(pool).await.map_err(broken)?;
            let took = self.machine.now().since(before);
            let half = i64::try_from(took.as_millis() / 2).unwrap_or(i64::MAX);
            let offset = there - before.as_millis() - half;
            if best.is_none_or(|(quickest, _)| took < quickest) {
                best = Some((took, offset));
            }
        }
        if let Some((_, offset)) = best {
            self.offset.store(offset, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Measures again and again, for ever.
    pub(super) async fn follow(self: Arc<Self>, pool: PgPool) {
        loop {
            self.machine.sleep_until(self.machine.now() + EVERY).await;
            if let Err(error) = self.measure(&pool).await {
                tracing::warn!(%error, "the database's clock could not be read");
            }
        }
    }
}

#[async_trait]
impl Clock for PostgresClock {
    fn now(&self) -> Timestamp {
        let now = self.machine.now().as_millis().saturating_add(self.offset_millis());
        let last = self.last.fetch_max(now, Ordering::Relaxed);
        Timestamp::from_millis(now.max(last))
    }

    async fn sleep_until(&self, until: Timestamp) {
        loop {
            let now = self.now();
            if now >= until {
                return;
            }
            self.machine.sleep_until(self.machine.now() + until.since(now)).await;
        }
    }
}
