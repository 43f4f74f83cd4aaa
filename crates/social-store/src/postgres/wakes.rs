//! Waking those who wait, in this process and in others.
//!
//! Wakes are hints: a worker also looks from time to time, so one that is lost costs a second. So
//! they are told after the commit and not in it, since a transaction that notifies holds a lock of
//! the whole database while it commits
//! (<https://www.postgresql.org/docs/current/sql-notify.html>); many at once are told as one; and
//! what is due later than the next look is not told at all.

use std::sync::Arc;
use std::time::Duration;

use social_core::Timestamp;
use social_core::ports::{Clock, StoreError};
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::Notify;

use super::error::broken;
use super::sql::schema as sql;

/// Others are told of jobs due within this time; they look by themselves at least as often.
const AHEAD: Duration = Duration::from_secs(2);
/// How long to wait before a broken connection is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// Who waits, and who is told.
#[derive(Debug)]
pub(super) struct Wakes {
    here: Notify,
    elsewhere: Notify,
    clock: Arc<dyn Clock>,
}

impl Wakes {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { here: Notify::new(), elsewhere: Notify::new(), clock }
    }

    /// A job is due at `due`, or some job may be.
    pub(super) fn wake(&self, due: Option<Timestamp>) {
        self.wake_here();
        if due.is_some_and(|due| due <= self.clock.now() + AHEAD) {
            self.elsewhere.notify_one();
        }
    }

    /// All who wait, and the next who will: a wake must not be lost on a worker that is busy.
    fn wake_here(&self) {
        self.here.notify_waiters();
        self.here.notify_one();
    }

    pub(super) async fn woken(&self) {
        self.here.notified().await;
    }

    /// Tells others and hears them, for ever. `name` is what this process is told apart by.
    pub(super) async fn run(self: Arc<Self>, pool: PgPool, name: String) {
        futures::join!(self.tell(&pool, &name), self.hear(&pool, &name));
    }

    async fn tell(&self, pool: &PgPool, name: &str) {
        loop {
            self.elsewhere.notified().await;
            if let Err(error) = sqlx::query(sql::TELL).bind(name).execute(pool).await {
                tracing::warn!(%error, "other workers could not be woken");
                self.clock.sleep_until(self.clock.now() + AGAIN).await;
            }
        }
    }

    async fn hear(&self, pool: &PgPool, name: &str) {
        loop {
            if let Err(error) = self.listen(pool, name).await {
                tracing::warn!(%error, "wakes of other workers are not heard");
                self.clock.sleep_until(self.clock.now() + AGAIN).await;
            }
        }
    }

    async fn listen(&self, pool: &PgPool, name: &str) -> Result<(), StoreError> {
        let mut listener = PgListener::connect_with(pool).await.map_err(broken)?;
        listener.listen("social_jobs").await.map_err(broken)?;
        loop {
            match listener.try_recv().await.map_err(broken)? {
                Some(told) if told.payload() == name => {}
                // Without one the connection was lost and is there again: much may have happened.
                _ => self.wake_here(),
            }
        }
    }
}
