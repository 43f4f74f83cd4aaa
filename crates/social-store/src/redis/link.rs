//! The connection, and what happens while there is none.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use ::redis::aio::{ConnectionManager, ConnectionManagerConfig};
use ::redis::{Client, RedisError};
use social_core::ports::{Clock, StoreError};

/// How long the server is waited for.
const PATIENCE: Duration = Duration::from_millis(500);
/// For how long it is left alone after it failed.
const REST: Duration = Duration::from_secs(1);
/// When nothing has failed.
const NEVER: i64 = i64::MIN;

/// The connection.
pub(super) struct Link {
    manager: ConnectionManager,
    prefix: String,
    clock: Arc<dyn Clock>,
    /// Until when the server is left alone.
    rests_until: AtomicI64,
}

pub(super) fn broken(error: RedisError) -> StoreError {
    StoreError::Backend(Box::new(error))
}

impl Link {
    pub(super) fn new(url: &str, prefix: &str, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let client = Client::open(url).map_err(broken)?;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let manager = ConnectionManager::new_lazy_with_config(client, config).map_err(broken)?;
        Ok(Self { manager, prefix: prefix.to_owned(), clock, rests_until: AtomicI64::new(NEVER) })
    }

    /// The name of a key on the server.
    pub(super) fn key(&self, kind: &str, name: &str) -> String {
        format!("{}:{kind}:{name}", self.prefix)
    }

    /// Whether the server answers.
    pub(super) async fn reach(&self) -> Result<(), StoreError> {
        ::redis::cmd("PING").exec_async(&mut self.manager.clone()).await.map_err(broken)
    }

    /// Asks the server; `None` where it does not answer. What was asked may have been done all
    /// the same: only what can be done twice may be asked.
    pub(super) async fn ask<T>(
        &self,
        ask: impl AsyncFnOnce(&mut ConnectionManager) -> Result<T, RedisError>,
    ) -> Option<T> {
        let now = self.clock.now().as_millis();
        if now < self.rests_until.load(Ordering::Relaxed) {
            return None;
        }
        match ask(&mut self.manager.clone()).await {
            Ok(answer) => {
                if self.rests_until.swap(NEVER, Ordering::Relaxed) != NEVER {
                    tracing::info!("Redis is back");
                }
                Some(answer)
            }
            Err(error) => {
                let until = (self.clock.now() + REST).as_millis();
                if self.rests_until.swap(until, Ordering::Relaxed) == NEVER {
                    tracing::warn!(%error, "Redis does not answer; everything goes on without it");
                }
                None
            }
        }
    }
}
