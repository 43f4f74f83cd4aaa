//! Quotas in SQLite, shared by all who have the file open.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::ports::{RateLimiter, StoreError};

use super::SqliteStore;
use super::error::broken;
use super::sql::schema as sql;
use super::statement::statement;

#[async_trait]
impl RateLimiter for SqliteStore {
    async fn blocked(&self, bucket: &str, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let mut reader = self.reader.lock().await;
        let read = sqlx::query_scalar(sql::QUOTA_BLOCKED).bind(bucket).bind(now.as_millis());
        let until: Option<i64> = read.fetch_optional(&mut *reader).await.map_err(broken)?;
        Ok(until.map(Timestamp::from_millis))
    }

    async fn block(&self, bucket: &str, until: Timestamp) -> Result<(), StoreError> {
        let mut unit = self.unit().await?;
        let block = statement(sql::QUOTA_BLOCK).bind(bucket).bind(until.as_millis());
        unit.run(block, &bucket).await?;
        unit.end().await
    }
}
