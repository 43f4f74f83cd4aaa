//! How often a key, a person and an address may ask.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use http::{HeaderMap, HeaderName, HeaderValue};
use social_core::ports::Clock;

use super::auth::Caller;
use super::codes;
use crate::Problem;

/// Beyond so many, those that did not ask for a while are forgotten.
const REMEMBERED: usize = 10_000;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// The limiter's time is the engine's, so that a test can move it.
#[derive(Debug, Clone)]
struct EngineTime(Arc<dyn Clock>);

impl governor::clock::Clock for EngineTime {
    type Instant = Duration;
    fn now(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.now().as_millis()).unwrap_or(0))
    }
}

type Limiter<K> = RateLimiter<K, HashMapStateStore<K>, EngineTime, StateInformationMiddleware>;

/// Both limits.
pub(crate) struct Limits {
    callers: Limiter<String>,
    addresses: Limiter<IpAddr>,
    clock: EngineTime,
}

/// How a limit stands, for the headers of the answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    name: &'static str,
    quota: u32,
    left: u32,
    /// Seconds until there is one more than is left now.
    wait: u64,
}

impl Limits {
    pub(crate) fn new(clock: Arc<dyn Clock>, callers: NonZeroU32, addresses: NonZeroU32) -> Self {
        let clock = EngineTime(clock);
        let limiter = |per_minute| Quota::per_minute(per_minute);
        Self {
            callers: RateLimiter::hashmap_with_clock(limiter(callers), clock.clone())
                .with_middleware(),
            addresses: RateLimiter::hashmap_with_clock(limiter(addresses), clock.clone())
                .with_middleware(),
            clock,
        }
    }

    pub(crate) fn caller(&self, caller: &Caller) -> Result<Standing, Problem> {
        let name = match caller {
            Caller::Key(_) => "key",
            Caller::Person(_) => "person",
        };
        ask(&self.callers, &caller.actor(), name, &self.clock)
    }

    pub(crate) fn address(&self, address: IpAddr) -> Result<Standing, Problem> {
        // The lower half of an IPv6 address is its owner's to choose.
        let address = match address {
            IpAddr::V6(six) => IpAddr::V6((u128::from(six) & (u128::MAX << 64)).into()),
            four => four,
        };
        ask(&self.addresses, &address, "address", &self.clock)
    }
}

fn ask<K: std::hash::Hash + Eq + Clone>(
    limiter: &Limiter<K>,
    key: &K,
    name: &'static str,
    clock: &EngineTime,
) -> Result<Standing, Problem> {
    use governor::clock::Clock as _;
    if limiter.len() > REMEMBERED {
        limiter.retain_recent();
    }
    match limiter.check_key(key) {
        Ok(state) => {
            let quota = state.quota();
            Ok(Standing {
                name,
                quota: quota.burst_size().get(),
                left: state.remaining_burst_capacity(),
                wait: quota.replenish_interval().as_secs().max(1),
            })
        }
        Err(until) => {
            let wait = until.wait_time_from(clock.now()).as_secs() + 1;
            let quota = until.quota().burst_size().get();
            let standing = Standing { name, quota, left: 0, wait };
            let mut problem = codes::RATE_LIMITED
                .problem(format!("more than {quota} requests a minute by this {name}"))
                .retry_after(wait);
            for (name, value) in standing.headers() {
                problem = problem.header(name, &value);
            }
            Err(problem)
        }
    }
}

impl Standing {
    /// As draft-ietf-httpapi-ratelimit-headers writes it.
    fn headers(self) -> [(HeaderName, String); 2] {
        let Self { name, quota, left, wait } = self;
        [
            (POLICY, format!("\"{name}\";q={quota};w=60")),
            (LIMIT, format!("\"{name}\";r={left};t={wait}")),
        ]
    }

    pub(crate) fn write(self, headers: &mut HeaderMap) {
        for (name, value) in self.headers() {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
    }
}
