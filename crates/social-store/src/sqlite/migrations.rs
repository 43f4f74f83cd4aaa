//! The schema, and how a file comes to have it.

use super::error::broken;
use super::sql;
use super::statement::{statement, value};
use rusqlite::Connection;
use social_core::Timestamp;
use social_core::ports::StoreError;

/// Each brings the schema one version further; none is ever changed once released.
pub(super) const MIGRATIONS: &[&str] = &[include_str!("../../migrations/sqlite/0001_first.sql")];

/// The version that the last of [`MIGRATIONS`] leads to.
pub(super) fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// The version of the file. It stands in the file's header, so that reading it takes no table.
pub(super) fn found(conn: &Connection) -> Result<i64, StoreError> {
    value(conn, "PRAGMA user_version")
}

/// Refuses a file that a newer release wrote.
pub(super) fn refuse_newer(found: i64) -> Result<(), StoreError> {
    let known = known();
    if found > known { Err(StoreError::Newer { found, known }) } else { Ok(()) }
}

/// Brings the schema up to date. The caller holds the write lock, so that of several processes
/// one does it and the others find it done.
pub(super) fn migrate(conn: &Connection, now: Timestamp) -> Result<(), StoreError> {
    let found = found(conn)?;
    refuse_newer(found)?;
    for (version, text) in (1_i64..).zip(MIGRATIONS).skip(usize::try_from(found).unwrap_or(0)) {
        conn.execute_batch(text).map_err(broken)?;
        let changed = statement(sql::schema::CHANGED).bind(version).bind(now.as_millis());
        changed.each(conn, &"the schema", |_| Ok(()))?;
        tracing::info!(version, "the database's schema was brought up to date");
    }
    // A pragma takes no parameter; the number is our own.
    let stamp = format!("PRAGMA user_version = {}", known());
    conn.execute_batch(&stamp).map_err(broken)
}
