//! Connecting to PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use social_core::ports::{Clock, StoreError};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};

use super::PostgresStore;
use super::clock::PostgresClock;
use super::error::broken;
use super::migrations::migrate;
use super::rollbacks::Rollbacks;
use super::rush::Rush;
use super::sql::schema as sql;
use super::wakes::Wakes;
use crate::pulse::Pulse;

/// How many connections a store has, unless it is told.
const CONNECTIONS: u32 = 10;
/// A connection that rested for longer is asked whether it still stands.
const RESTED: Duration = Duration::from_secs(5);

/// What each connection is told.
///
/// A commit lasts: publishing once stands on that, whatever the server's default is. A process
/// that hangs in the middle of a unit must not hold its rows for ever, nor one that waits for it.
/// Each statement has its index (a test holds that), and a plan that was made while a table was
/// small must not go on reading all of it when it has grown; nor is all that is due to be read and
/// sorted for the first few of it, which stand first in an index.
pub(super) const SETTINGS: &[(&str, &str)] = &[
    ("synchronous_commit", "on"),
    ("default_transaction_isolation", "read committed"),
    ("idle_in_transaction_session_timeout", "60s"),
    ("lock_timeout", "10s"),
    ("statement_timeout", "60s"),
    ("enable_seqscan", "off"),
    ("enable_bitmapscan", "off"),
    ("jit", "off"),
];

impl PostgresStore {
    /// Whether an address can be read, without going there.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check_address(url: &str) -> Result<(), StoreError> {
        url.parse::<PgConnectOptions>().map(drop).map_err(broken)
    }

    /// Connects to the database at `url`, such as `postgres://user:password@host/name`, and brings
    /// its schema up to date. Tables are made in the first schema of the connection's search path.
    ///
    /// # Errors
    /// [`StoreError::Newer`] where a newer release wrote it, which is then left as it is; and what
    /// else can go wrong.
    pub async fn connect(url: &str, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        Self::connect_with(url, CONNECTIONS, clock).await
    }

    /// The same with at most `connections` at once, of which one hears wakes.
    ///
    /// # Errors
    /// As [`PostgresStore::connect`].
    pub async fn connect_with(
        url: &str,
        connections: u32,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        let options: PgConnectOptions = url.parse().map_err(broken)?;
        let options = options
            .application_name("social")
            .options(SETTINGS.iter().copied())
            .disable_statement_logging();
        let mut conn = options.connect().await.map_err(broken)?;
        migrate(&mut conn, clock.now()).await?;
        conn.close().await.map_err(broken)?;
        let pool = PgPoolOptions::new()
            .max_connections(connections.max(2))
            .test_before_acquire(false)
            .before_acquire(|conn, meta| {
                Box::pin(async move { Ok(meta.idle_for < RESTED || conn.ping().await.is_ok()) })
            })
            .connect_lazy_with(options);
        let name: String = sqlx::query_scalar(sql::NAME).fetch_one(&pool).await.map_err(broken)?;
        let shown = Arc::new(PostgresClock::new(Arc::clone(&clock)));
        shown.measure(&pool).await?;
        let wakes = Arc::new(Wakes::new(Arc::clone(&shown) as Arc<dyn Clock>));
        let tasks = [
            tokio::spawn(Arc::clone(&wakes).run(pool.clone(), name)),
            tokio::spawn(Arc::clone(&shown).follow(pool.clone())),
        ];
        Ok(Self {
            pool,
            wakes,
            clock: shown,
            rollbacks: Arc::new(Rollbacks::default()),
            pulse: Pulse::default(),
            rush: Rush::default(),
            news: Arc::default(),
            tasks,
        })
    }
}
