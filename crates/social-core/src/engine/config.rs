//! How patient the engine is.

use std::time::Duration;

use crate::ports::IdSource;

/// How patient the engine is. The defaults suit a server; tests make them short.
#[derive(Debug, Clone, PartialEq)]
pub struct EngineConfig {
    /// For how long a worker holds a job before another may take it. Renewed while it works.
    pub lease: Duration,
    /// How many jobs a worker runs at once. Of one workspace it is half of them, where others wait.
    pub concurrency: usize,
    /// How long before it is due a worker takes a job and waits for its instant, so that it begins
    /// on time however long the store takes to hand it out. Much shorter than `lease`, which runs
    /// meanwhile.
    pub ahead: Duration,
    /// How many posts a worker brings to one network at once, so that a slow one leaves places to
    /// the others.
    pub platform_concurrency: usize,
    /// How many posts all workers together bring to one network at once. Default: as many as there
    /// are workers with their own `platform_concurrency`, since each claim has to count for it, one
    /// after the other.
    pub platform_total: Option<u32>,
    /// How long a worker sleeps at most while nothing is known to be due.
    pub poll: Duration,
    /// How often a step that surely had no effect is tried before the delivery fails.
    pub max_failures: u32,
    /// How long to wait before the second try; it doubles with each one.
    pub backoff: Duration,
    /// How long to wait at most between two tries.
    pub backoff_cap: Duration,
    /// How soon to look whether something became visible whose answer was lost.
    pub look_after: Duration,
    /// How often to look to the end without an answer before a person must.
    pub max_looks: u32,
    /// How often a job may be begun without progress before it is parked.
    pub max_attempts: u32,
    /// How long before its end a token is renewed.
    pub refresh_ahead: Duration,
    /// How long an address handed to a network for fetching media works.
    pub media_url_ttl: Duration,
    /// At which ages of a published post its numbers are read.
    pub analytics_ages: Vec<Duration>,
    /// How long a sign-in may take.
    pub sign_in_ttl: Duration,
    /// How many webhooks a worker tells at once, beside its `concurrency`.
    pub webhook_concurrency: usize,
    /// How long a worker goes without looking for events that another process appended.
    pub event_poll: Duration,
    /// For how long events that were told are kept, for listeners that come back.
    pub event_window: Duration,
    /// For how long it is kept what webhooks were told.
    pub message_log: Duration,
    /// For how long a post for now can be called off before it goes out, unless it says otherwise.
    /// Default: not at all, since who sends it mostly waits for it.
    pub undo: Duration,
    /// For how long, at least, an idempotency key is kept after the end of its post.
    pub key_ttl: Duration,
    /// For how long a rendition that nobody uses is kept; it is made again where it is wanted.
    pub rendition_ttl: Duration,
    /// The most bytes that all renditions have; those go that rested longest.
    pub rendition_bytes: u64,
    /// For how long a rendition is surely kept after its last use: longer than a network takes to
    /// fetch it.
    pub rendition_rest: Duration,
    /// How many bytes stay free on the disk of the media, where that is known: below, renditions go,
    /// and new media are refused.
    pub media_reserve: u64,
    /// How long before its time an occurrence of a series becomes a post.
    pub series_ahead: Duration,
    /// An occurrence of a series that is late by no more than this was not missed.
    pub series_grace: Duration,
    /// How often what is over is cleared away.
    pub tidy_every: Duration,
}

impl Default for EngineConfig {
    fn default() -> Self {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 60 * MINUTE;
        const DAY: u64 = 24 * HOUR;
        Self {
            lease: Duration::from_secs(30),
            concurrency: 8,
            ahead: Duration::from_millis(50),
            platform_concurrency: 6,
            platform_total: None,
            poll: Duration::from_secs(1),
            max_failures: 8,
            backoff: Duration::from_secs(2),
            backoff_cap: Duration::from_secs(10 * MINUTE),
            look_after: Duration::from_secs(2),
            max_looks: 10,
            max_attempts: 12,
            refresh_ahead: Duration::from_secs(30 * MINUTE),
            media_url_ttl: Duration::from_secs(2 * HOUR),
            analytics_ages: [MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 2 * DAY, 7 * DAY, 30 * DAY]
                .map(Duration::from_secs)
                .to_vec(),
            sign_in_ttl: Duration::from_secs(15 * MINUTE),
            webhook_concurrency: 16,
            event_poll: Duration::from_secs(5),
            event_window: Duration::from_secs(7 * DAY),
            message_log: Duration::from_secs(30 * DAY),
            undo: Duration::ZERO,
            key_ttl: Duration::from_secs(DAY),
            rendition_ttl: Duration::from_secs(30 * DAY),
            rendition_bytes: 20 << 30,
            rendition_rest: Duration::from_secs(DAY),
            media_reserve: 512 << 20,
            series_ahead: Duration::from_secs(2 * DAY),
            series_grace: Duration::from_secs(15 * MINUTE),
            tidy_every: Duration::from_secs(MINUTE),
        }
    }
}

impl EngineConfig {
    /// How long to wait after the `failures`-th failure: doubling, capped, with full jitter so
    /// that many that failed together do not come back together.
    pub(crate) fn backoff(&self, failures: u32, ids: &dyn IdSource) -> Duration {
        let doubled = self.backoff.saturating_mul(1 << failures.saturating_sub(1).min(20));
        let most = doubled.min(self.backoff_cap);
        let millis = u64::try_from(most.as_millis()).unwrap_or(u64::MAX);
        // Never less than half: full jitter down to zero would hammer a network that is down.
        Duration::from_millis(millis / 2 + ids.below(millis / 2 + 1))
    }
}
