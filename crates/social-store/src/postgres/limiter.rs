//! Quotas in PostgreSQL, shared by all who use the database.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::ports::{RateLimiter, StoreError};
use sqlx::query;

use super::PostgresStore;
use super::error::broken;
use super::sql::schema as sql;

#[async_trait]
impl RateLimiter for PostgresStore {
    async fn blocked(&self, bucket: &str, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let read = sqlx::query_scalar(sql::QUOTA_BLOCKED).bind(bucket).bind(now.as_millis());
        let until: Option<i64> = read.fetch_optional(&self.pool).await.map_err(broken)?;
        Ok(until.map(Timestamp::from_millis))
    }

    async fn block(&self, bucket: &str, until: Timestamp) -> Result<(), StoreError> {
        let block = query(sql::QUOTA_BLOCK).bind(bucket).bind(until.as_millis());
        block.execute(&self.pool).await.map(drop).map_err(broken)
    }
}
