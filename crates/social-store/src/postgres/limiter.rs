//! Quotas in PostgreSQL, shared by all who use the database.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::ports::{Quota, RateLimiter, StoreError};
use sqlx::query;

use super::PostgresStore;
use super::error::broken;
use super::sql::schema as sql;
use crate::shared::{in_order, millis};

#[async_trait]
impl RateLimiter for PostgresStore {
    async fn blocked(&self, bucket: &str, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let read = sqlx::query_scalar(sql::QUOTA_BLOCKED).bind(bucket).bind(now.as_millis());
        let until: Option<i64> = read.fetch_optional(&self.pool).await.map_err(broken)?;
        Ok(until.map(Timestamp::from_millis))
    }

    async fn blocked_each(
        &self,
        buckets: &[String],
        now: Timestamp,
    ) -> Result<Vec<Option<Timestamp>>, StoreError> {
        let read = sqlx::query_as(sql::QUOTA_BLOCKED_EACH).bind(buckets).bind(now.as_millis());
        Ok(in_order(buckets, read.fetch_all(&self.pool).await.map_err(broken)?))
    }

    async fn block(&self, bucket: &str, until: Timestamp) -> Result<(), StoreError> {
        let block = query(sql::QUOTA_BLOCK).bind(bucket).bind(until.as_millis());
        block.execute(&self.pool).await.map(drop).map_err(broken)
    }

    async fn take(
        &self,
        bucket: &str,
        quota: Quota,
        keep: u32,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let Some(room) = quota.room(keep) else { return Ok(Some(now + quota.per)) };
        let bucket = Quota::bucket(bucket);
        let take = sqlx::query_scalar(sql::QUOTA_TAKE)
            .bind(&bucket)
            .bind(now.as_millis())
            .bind(millis(quota.each()))
            .bind(millis(room));
        let taken: Option<i64> = take.fetch_optional(&self.pool).await.map_err(broken)?;
        if taken.is_some() {
            return Ok(None);
        }
        // Others may take more meanwhile: then it is later, and is looked at again anyway.
        let full_at = self.blocked(&bucket, now).await?.unwrap_or(now);
        Ok(Some(full_at - room))
    }
}
