//! Faults by plan: what goes wrong, at which request.

use serde::{Deserialize, Serialize};

use crate::ids::draw;
use crate::network::Network;

/// One thing that goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// At which requests.
    #[serde(default)]
    pub matches: FaultMatch,
    /// What happens.
    pub kind: FaultKind,
}

impl Fault {
    /// `kind` at every request of `operation`.
    #[must_use]
    pub fn on(operation: &str, kind: FaultKind) -> Self {
        let matches = FaultMatch { operation: Some(operation.to_owned()), ..Default::default() };
        Self { matches, kind }
    }

    /// Only at the `n`th matching request, counted from 1.
    #[must_use]
    pub fn nth(mut self, n: u64) -> Self {
        self.matches.nth = Some(n);
        self
    }

    /// At every `n`th matching request.
    #[must_use]
    pub fn every(mut self, n: u64) -> Self {
        self.matches.every = Some(n);
        self
    }

    /// With this probability, drawn from the simulator's seed.
    #[must_use]
    pub fn probability(mut self, probability: f64) -> Self {
        self.matches.probability = Some(probability);
        self
    }
}

/// At which requests a fault strikes. Whatever is left out does not narrow it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FaultMatch {
    /// Requests to this network.
    pub platform: Option<Network>,
    /// Requests of this operation (see [`crate::operations`]); `instagram.*` for all of a network.
    pub operation: Option<String>,
    /// The nth request that matches, from 1.
    pub nth: Option<u64>,
    /// Every nth request that matches.
    pub every: Option<u64>,
    /// With this probability, between 0 and 1.
    pub probability: Option<f64>,
    /// At most this often.
    pub times: Option<u64>,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultKind {
    /// The request is performed; its answer never arrives.
    AnswerLost,
    /// The request never arrives.
    RequestLost,
    /// The connection breaks while the body goes up: this many bytes arrive, and no answer.
    ConnectionCut {
        /// How many bytes of the body.
        bytes: u64,
    },
    /// The network fails before it does anything.
    ServerErrorBefore {
        /// The HTTP status.
        status: u16,
    },
    /// The network does what was asked and then fails.
    ServerErrorAfter {
        /// The HTTP status.
        status: u16,
    },
    /// The network's own way to say "too fast"; nothing is performed.
    RateLimited {
        /// How many minutes it says to wait, where it says so (Meta only).
        #[serde(default)]
        minutes: u32,
    },
    /// The answer is held back.
    Slow {
        /// For so many milliseconds.
        millis: u64,
    },
    /// The token that the request carries has expired, from now on.
    ExpiredToken,
    /// An answer of your own.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The body, sent as JSON.
        body: String,
        /// Whether the request is performed first.
        performed: bool,
    },
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    seen: u64,
    struck: u64,
}

/// The faults in force, and how often each was met.
#[derive(Debug, Default)]
pub(crate) struct FaultPlan {
    seed: u64,
    armed: Vec<Armed>,
}

impl FaultPlan {
    pub(crate) fn new(seed: u64, faults: Vec<Fault>) -> Self {
        let mut plan = Self { seed, armed: Vec::new() };
        faults.into_iter().for_each(|fault| plan.add(fault));
        plan
    }

    pub(crate) fn add(&mut self, fault: Fault) {
        self.armed.push(Armed { fault, seen: 0, struck: 0 });
    }

    pub(crate) fn clear(&mut self) {
        self.armed.clear();
    }

    pub(crate) fn list(&self) -> Vec<Fault> {
        self.armed.iter().map(|armed| armed.fault.clone()).collect()
    }

    /// Counts the request with every fault that it matches; the first that strikes is answered.
    pub(crate) fn strike(&mut self, network: Network, operation: &str) -> Option<FaultKind> {
        let mut struck = None;
        for (index, armed) in self.armed.iter_mut().enumerate() {
            let matches = &armed.fault.matches;
            if matches.platform.is_some_and(|wanted| wanted != network)
                || matches.operation.as_deref().is_some_and(|wanted| !covers(wanted, operation))
            {
                continue;
            }
            armed.seen += 1;
            let hit = matches.nth.is_none_or(|n| armed.seen == n)
                && matches.every.is_none_or(|n| n > 0 && armed.seen.is_multiple_of(n))
                && matches.times.is_none_or(|n| armed.struck < n)
                && matches.probability.is_none_or(|p| {
                    let (index, seen) = (index.to_string(), armed.seen.to_string());
                    let roll = draw(self.seed, &["fault", &index, &seen]) % 1_000_000;
                    (roll as f64) < p * 1_000_000.0
                });
            if hit && struck.is_none() {
                armed.struck += 1;
                struck = Some(armed.fault.kind.clone());
            }
        }
        struck
    }
}

fn covers(wanted: &str, operation: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(start) => operation.starts_with(start),
        None => wanted == operation,
    }
}
