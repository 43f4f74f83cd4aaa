//! Asking no network more than it takes: quotas by its rules, what its headers tell, and a breaker.
//!
//! Everything lies in the [`RateLimiter`](crate::ports::RateLimiter), so all workers share it.
//! Publishing goes first: reading numbers leaves half of a quota to it, and stops while a network
//! says that little is left.

use std::time::Duration;

use super::{Error, Ports};
use crate::Timestamp;
use crate::domain::{AccountId, Platform};
use crate::error::{ErrorKind, PlatformError, Retry};
use crate::ports::{AccountAuth, PlatformApi, Quota, Usage};
use crate::rules::{QuotaRule, QuotaScope};

/// So many failures in such a time open the breaker.
const TROUBLE: Quota = Quota { calls: 6, per: Duration::from_secs(60) };

/// For how long it stays open; the next failure opens it again.
const OPEN: Duration = Duration::from_secs(30);

/// From which use on only publishing goes on.
const SCARCE: f64 = 0.8;

/// How long reading waits where all but nothing is left.
const READ_PAUSE: Duration = Duration::from_secs(15 * 60);

/// How long everything waits where nothing is left and the network does not say how long.
const PAUSE: Duration = Duration::from_secs(5 * 60);

/// What is left of a quota, and how much of it a post takes.
pub(super) struct QuotaLeft {
    pub(super) rule: QuotaRule,
    pub(super) calls: u32,
    pub(super) needs: u32,
}

/// The quotas of one account.
pub(super) struct Quotas<'a> {
    ports: &'a Ports,
    platform: &'a Platform,
    account: AccountId,
}

impl<'a> Quotas<'a> {
    pub(super) fn of(ports: &'a Ports, platform: &'a Platform, account: AccountId) -> Self {
        Self { ports, platform, account }
    }

    /// The bucket of the account: what one account may no longer do, another still may.
    pub(super) fn account(&self) -> String {
        format!("{}/{}", self.platform, self.account)
    }

    fn app(&self) -> String {
        format!("{}/app", self.platform)
    }

    fn breaker(&self) -> String {
        format!("{}/breaker", self.platform)
    }

    fn bucket(&self, scope: QuotaScope) -> String {
        match scope {
            QuotaScope::App => self.app(),
            QuotaScope::Account => self.account(),
        }
    }

    fn bucket_of(&self, rule: &QuotaRule) -> String {
        format!("{}/{}", self.bucket(rule.scope), rule.operations.join("+"))
    }

    /// Until when nothing at all may be asked, if so.
    pub(super) async fn blocked(&self) -> Result<Option<Timestamp>, Error> {
        self.latest([self.breaker(), self.app(), self.account()]).await
    }

    async fn latest<const N: usize>(
        &self,
        buckets: [String; N],
    ) -> Result<Option<Timestamp>, Error> {
        let now = self.ports.clock.now();
        let each = self.ports.limiter.blocked_each(&buckets, now).await?;
        Ok(each.into_iter().flatten().max())
    }

    /// Takes what one request needs; else until when there is none.
    pub(super) async fn take(&self, operation: &str) -> Result<Option<Timestamp>, Error> {
        self.take_keeping(operation, |_| 0).await
    }

    /// Takes what reading numbers by so many requests needs, unless that is to be left to
    /// publishing.
    pub(super) async fn take_to_read(&self, calls: u32) -> Result<Option<Timestamp>, Error> {
        let scarce = [format!("{}/read", self.app()), format!("{}/read", self.account())];
        let blocked = self.blocked().await?.max(self.latest(scarce).await?);
        if blocked.is_some() {
            return Ok(blocked);
        }
        let operation = format!("{}.analytics", self.platform);
        for _ in 0..calls {
            let until = self.take_keeping(&operation, |quota| quota.calls / 2).await?;
            if until.is_some() {
                return Ok(until);
            }
        }
        Ok(None)
    }

    async fn take_keeping(
        &self,
        operation: &str,
        keep: impl Fn(Quota) -> u32,
    ) -> Result<Option<Timestamp>, Error> {
        let now = self.ports.clock.now();
        let rules = self.ports.platforms.get(self.platform)?.rules();
        for rule in rules.quotas.iter().filter(|rule| rule.counts(operation)) {
            let bucket = self.bucket_of(rule);
            let keep = keep(rule.quota);
            let until = self.ports.limiter.take(&bucket, rule.quota, keep, now).await?;
            if until.is_some() {
                return Ok(until);
            }
        }
        Ok(None)
    }

    /// What is left at `at` of each quota that a post of so many media items takes from. Reads only.
    pub(super) async fn left_for(
        &self,
        items: usize,
        at: Timestamp,
    ) -> Result<Vec<QuotaLeft>, Error> {
        let now = self.ports.clock.now();
        let rules = self.ports.platforms.get(self.platform)?.rules();
        let rules: Vec<_> = rules.quotas.iter().filter(|rule| rule.taken_by(items) > 0).collect();
        if rules.is_empty() {
            return Ok(Vec::new());
        }
        let buckets: Vec<_> =
            rules.iter().map(|rule| Quota::bucket(&self.bucket_of(rule))).collect();
        let full_at = self.ports.limiter.blocked_each(&buckets, now).await?;
        let left = rules.into_iter().zip(full_at).map(|(rule, full_at)| QuotaLeft {
            rule: rule.clone(),
            calls: rule.quota.left(full_at, at),
            needs: rule.taken_by(items),
        });
        Ok(left.collect())
    }

    /// Asks the network what is left, and learns it. That it does not say stops nothing.
    pub(super) async fn ask(&self, api: &dyn PlatformApi, auth: &AccountAuth) -> Result<(), Error> {
        let left = match api.left(auth).await {
            Ok(Some(left)) => left,
            Ok(None) => return Ok(()),
            Err(error) => {
                tracing::debug!(%error, "what is left of a quota is not told");
                return Ok(());
            }
        };
        let now = self.ports.clock.now();
        let names = |rule: &&QuotaRule| rule.operations.iter().any(|it| it == left.operation);
        for rule in api.rules().quotas.iter().filter(names) {
            let calls = left.calls.min(rule.quota.calls);
            self.ports.limiter.know(&self.bucket_of(rule), rule.quota, calls, now).await?;
        }
        Ok(())
    }

    /// Learns from what the headers of an answer say.
    pub(super) async fn learn(&self, usages: &[Usage]) -> Result<(), Error> {
        let now = self.ports.clock.now();
        for usage in usages {
            let bucket = self.bucket(usage.scope);
            if let Some(time) = usage.regained_in {
                self.ports.limiter.block(&bucket, now + time).await?;
            } else if usage.used >= 1.0 {
                self.ports.limiter.block(&bucket, now + PAUSE).await?;
            } else if usage.used >= SCARCE {
                let share = (usage.used - SCARCE) / (1.0 - SCARCE);
                let time = READ_PAUSE.mul_f64(share.max(0.1));
                self.ports.limiter.block(&format!("{bucket}/read"), now + time).await?;
            }
        }
        Ok(())
    }

    /// Counts a failure that says that the network is not well; many of them leave it alone.
    pub(super) async fn failed(&self, error: &PlatformError) -> Result<(), Error> {
        if !matches!(error.kind, ErrorKind::Unavailable | ErrorKind::OutcomeUnknown) {
            return Ok(());
        }
        let (limiter, now) = (&self.ports.limiter, self.ports.clock.now());
        let trouble = format!("{}/trouble", self.platform);
        if limiter.take(&trouble, TROUBLE, 0, now).await?.is_some() {
            tracing::warn!(platform = %self.platform, "the network is not well; it is left alone");
            limiter.block(&self.breaker(), now + OPEN).await?;
        }
        Ok(())
    }

    /// The network gave no numbers. Where it asks for a pause, reading is paused: until when.
    pub(super) async fn refused_to_tell(
        &self,
        error: &PlatformError,
    ) -> Result<Option<Timestamp>, Error> {
        if error.kind != ErrorKind::RateLimited {
            return Ok(None);
        }
        let time = match error.retry {
            Retry::After(time) => time,
            Retry::Never | Retry::Backoff | Retry::ReconcileFirst => PAUSE * 2,
        };
        let until = self.ports.clock.now() + time;
        self.ports.limiter.block(&format!("{}/read", self.account()), until).await?;
        Ok(Some(until))
    }
}
