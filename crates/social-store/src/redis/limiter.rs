//! Quotas in Redis.

use std::time::Duration;

use ::redis::{AsyncCommands as _, Script};
use async_trait::async_trait;
use social_core::Timestamp;
use social_core::ports::{Quota, RateLimiter, StoreError};

use super::RedisShared;
use crate::shared::millis;

/// A later instant wins.
const BLOCK: &str = "
local there = tonumber(redis.call('GET', KEYS[1]) or '0')
if tonumber(ARGV[1]) > there then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return 1";

/// Takes a call where there is room; otherwise the instant at which all calls are back.
const TAKE: &str = "
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(ARGV[1]))
if full - ARGV[1] > tonumber(ARGV[3]) then return {0, full} end
full = full + ARGV[2]
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', ARGV[4])
return {1, full}";

/// The server keeps a block this long beyond its end, since its clock may be another.
const SLACK: Duration = Duration::from_secs(24 * 60 * 60);

impl RedisShared {
    /// Tells the server of a block.
    async fn tell(&self, bucket: &str, until: Timestamp) -> bool {
        let key = self.link.key("block", bucket);
        let keep = until.since(self.clock.now()).saturating_add(SLACK);
        let keep = u64::try_from(keep.as_millis()).unwrap_or(u64::MAX);
        let tell = async |link: &mut ::redis::aio::ConnectionManager| {
            let script = Script::new(BLOCK);
            let mut call = script.key(key);
            call.arg(until.as_millis()).arg(keep).invoke_async::<i64>(link).await
        };
        self.link.ask(tell).await.is_some()
    }

    /// Tells the server of all that it missed.
    async fn tell_missed(&self, now: Timestamp) {
        let missed: Vec<(String, Timestamp)> = {
            let mut here = self.here();
            here.blocks.retain(|_, until| *until > now);
            let here = &mut *here;
            here.untold.retain(|bucket| here.blocks.contains_key(bucket));
            let until = |bucket: &String| here.blocks.get(bucket).copied();
            here.untold.iter().filter_map(|b| Some((b.clone(), until(b)?))).collect()
        };
        for (bucket, until) in missed {
            if !self.tell(&bucket, until).await {
                return;
            }
            self.here().untold.remove(&bucket);
        }
    }
}

#[async_trait]
impl RateLimiter for RedisShared {
    async fn reach(&self) -> Result<(), StoreError> {
        self.link.reach().await
    }

    async fn blocked(&self, bucket: &str, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.tell_missed(now).await;
        let key = self.link.key("block", bucket);
        let there = self.link.ask(async |link| link.get::<_, Option<i64>>(key).await).await;
        let there = there.flatten().map(Timestamp::from_millis).filter(|until| *until > now);
        let mut here = self.here();
        let until = here.blocks.get(bucket).copied().max(there).filter(|until| *until > now);
        // Known here from now on, should the server go.
        match until {
            Some(until) => here.blocks.insert(bucket.to_owned(), until),
            None => here.blocks.remove(bucket),
        };
        Ok(until)
    }

    async fn block(&self, bucket: &str, until: Timestamp) -> Result<(), StoreError> {
        let until = {
            let mut here = self.here();
            let row = here.blocks.entry(bucket.to_owned()).or_insert(until);
            *row = until.max(*row);
            let until = *row;
            here.untold.insert(bucket.to_owned());
            until
        };
        if self.tell(bucket, until).await {
            self.here().untold.remove(bucket);
        }
        Ok(())
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
        self.tell_missed(now).await;
        let (each, key) = (quota.each(), self.link.key("block", &bucket));
        let keep_for = millis(quota.per.saturating_add(SLACK));
        let take = async |link: &mut ::redis::aio::ConnectionManager| {
            let script = Script::new(TAKE);
            let mut call = script.key(key);
            call.arg(now.as_millis()).arg(millis(each)).arg(millis(room)).arg(keep_for);
            call.invoke_async::<(bool, i64)>(link).await
        };
        let answer = self.link.ask(take).await;
        let mut here = self.here();
        let known = here.blocks.get(&bucket).copied().unwrap_or(now).max(now);
        let (taken, full_at) = match answer {
            Some((taken, full_at)) => (taken, Timestamp::from_millis(full_at)),
            // Each process then counts for itself, and tells what it took once the server is back.
            None if known.since(now) > room => (false, known),
            None => {
                here.untold.insert(bucket.clone());
                (true, known + each)
            }
        };
        here.blocks.insert(bucket, full_at.max(known));
        Ok((!taken).then(|| full_at - room))
    }
}
