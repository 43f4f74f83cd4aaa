//! The schema, and how a database comes to have it.

use social_core::Timestamp;
use social_core::ports::StoreError;
use sqlx::{Connection as _, Executor as _, PgConnection};

use super::error::broken;
use super::sql;

/// Each brings the schema one version further; none is ever changed once released.
pub(super) const MIGRATIONS: &[&str] = &[include_str!("../../migrations/postgres/0001_first.sql")];

/// Brings the schema up to date, in one transaction: all of it or none. Of several processes one
/// does it, the others wait and find it done.
pub(super) async fn migrate(conn: &mut PgConnection, now: Timestamp) -> Result<(), StoreError> {
    let mut transaction = conn.begin().await.map_err(broken)?;
    transaction.execute(sql::schema::LOCK).await.map_err(broken)?;
    let begun = sqlx::query_scalar(sql::schema::BEGUN).fetch_one(&mut *transaction).await;
    let found: i64 = if begun.map_err(broken)? {
        let found = sqlx::query_scalar(sql::schema::VERSION).fetch_one(&mut *transaction).await;
        found.map_err(broken)?
    } else {
        0
    };
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (version, text) in (1_i64..).zip(MIGRATIONS).skip(usize::try_from(found).unwrap_or(0)) {
        transaction.execute(sqlx::raw_sql(*text)).await.map_err(broken)?;
        sqlx::query(sql::schema::CHANGED)
            .bind(version)
            .bind(now.as_millis())
            .execute(&mut *transaction)
            .await
            .map_err(broken)?;
        tracing::info!(version, "the database's schema was brought up to date");
    }
    transaction.commit().await.map_err(broken)
}
