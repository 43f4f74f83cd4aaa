//! Quotas in SQLite, shared by all who have the file open.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::ports::{Quota, RateLimiter, StoreError};

use super::SqliteStore;
use super::columns::{Columns, json};
use super::sql::schema as sql;
use super::statement::statement;
use crate::shared::{in_order, millis};

#[async_trait]
impl RateLimiter for SqliteStore {
    async fn blocked(&self, bucket: &str, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let blocked = statement(sql::QUOTA_BLOCKED).bind(bucket).bind(now.as_millis());
        Ok(self.look(&blocked, "quota_block", |row| row.time("until"))?.pop())
    }

    async fn blocked_each(
        &self,
        buckets: &[String],
        now: Timestamp,
    ) -> Result<Vec<Option<Timestamp>>, StoreError> {
        let blocked = statement(sql::QUOTA_BLOCKED_EACH).bind(json(&buckets)?);
        let read = |row: &Columns<'_>| Ok((row.get("bucket")?, row.get("until")?));
        let found = self.look(&blocked.bind(now.as_millis()), "quota_block", read)?;
        Ok(in_order(buckets, found))
    }

    async fn block(&self, bucket: &str, until: Timestamp) -> Result<(), StoreError> {
        let mut unit = self.unit().await?;
        let block = statement(sql::QUOTA_BLOCK).bind(bucket).bind(until.as_millis());
        unit.run(block, &bucket).await?;
        unit.end().await
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
        let mut unit = self.unit().await?;
        let take = statement(sql::QUOTA_TAKE)
            .bind(&bucket)
            .bind(now.as_millis())
            .bind(millis(quota.each()))
            .bind(millis(room));
        let read = |row: &Columns<'_>| row.time("until");
        let taken = unit.one(take, "quota_block", read).await?;
        if taken.is_some() {
            unit.end().await?;
            return Ok(None);
        }
        // Nobody changes it before the unit is over.
        let blocked = statement(sql::QUOTA_BLOCKED).bind(&bucket).bind(now.as_millis());
        let full_at = unit.one(blocked, "quota_block", read).await?.unwrap_or(now);
        Ok(Some(full_at - room))
    }
}
