//! The simulator: one function from request to reply, over state behind a lock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::future::join_all;
use social_core::Timestamp;
use social_core::ports::Clock;
use url::Url;

use crate::call::{Call, Fetched};
use crate::callbacks::{self, SignedCall};
use crate::config::SimConfig;
use crate::fault::{Fault, FaultKind};
use crate::grants;
use crate::hosts::Hosts;
use crate::ledger::{Ledger, LedgerEntry};
use crate::network::Network;
use crate::reply::{self, Answer, SimReply};
use crate::routing::{self, Route};
use crate::state::{CallRecord, SimAccount, State};
use crate::tokens::IssuedGrant;
use crate::web;

/// All simulated networks, in one process.
///
/// It reads time from its clock only and draws ids from its seed: the same requests at the same
/// instants get the same answers. Whatever "takes time" is computed from stored instants, so
/// moving a [`ManualClock`](social_core::ports::ManualClock) is all that a test has to do.
#[derive(Debug)]
pub struct Sim {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

impl Sim {
    /// A simulator with nothing posted yet.
    #[must_use]
    pub fn new(config: SimConfig, clock: Arc<dyn Clock>) -> Self {
        let base = config.base_url.clone().unwrap_or_else(default_base);
        Self { clock, state: Mutex::new(State::new(config, base)) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers `request`. The path alone says which network it is for, see [`Hosts`].
    pub async fn handle(&self, request: http::Request<Bytes>) -> SimReply {
        let now = self.clock.now();
        let (mut call, route, fault) = {
            let mut state = self.lock();
            let call = Call::new(now, state.base.path(), request);
            let Some(route) = routing::route(&state, &call) else {
                return SimReply::answer(web::serve(&mut state, &call));
            };
            let fault = state.faults.strike(route.network, route.operation);
            (call, route, fault)
        };
        let reached = !matches!(
            fault,
            Some(
                FaultKind::RequestLost
                    | FaultKind::ServerErrorBefore { .. }
                    | FaultKind::RateLimited { .. }
                    | FaultKind::Answer { performed: false, .. }
            )
        );
        if let Some(FaultKind::ConnectionCut { bytes }) = &fault {
            call.body.truncate(usize::try_from(*bytes).unwrap_or(usize::MAX));
        }
        if reached {
            call.fetched = self.fetch(routing::addresses(&call, &route)).await;
        }
        let mut state = self.lock();
        let faulty = fault.is_some();
        let reply = perform(&mut state, &call, &route, fault);
        let status = match &reply.outcome {
            reply::Outcome::Answer(answer) => Some(answer.status().as_u16()),
            reply::Outcome::NoAnswer => None,
        };
        tracing::debug!(operation = route.operation, ?status, faulty, "simulated");
        state.record(CallRecord {
            at: now,
            platform: route.network,
            operation: route.operation.to_owned(),
            status,
            faulty,
        });
        reply
    }

    async fn fetch(&self, addresses: Vec<String>) -> Fetched {
        let fetcher = self.lock().cfg.fetcher.clone();
        let fetches = addresses.into_iter().map(|address| {
            let fetcher = fetcher.clone();
            async move {
                let found = match Url::parse(&address) {
                    Ok(url) => fetcher.fetch(&url).await,
                    Err(error) => Err(error.to_string()),
                };
                (address, found)
            }
        });
        join_all(fetches).await.into_iter().collect()
    }

    /// All that is or was visible by now.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        ledger(&self.lock(), self.clock.now())
    }

    /// The requests so far, the last ten thousand.
    #[must_use]
    pub fn calls(&self) -> Vec<CallRecord> {
        self.lock().calls.iter().cloned().collect()
    }

    /// The accounts that posts can be made on.
    #[must_use]
    pub fn accounts(&self) -> Vec<SimAccount> {
        self.lock().accounts()
    }

    /// Adds a fault to those in force.
    pub fn add_fault(&self, fault: Fault) {
        self.lock().faults.add(fault);
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.lock().faults.clear();
    }

    /// The address under which the simulator is reached.
    #[must_use]
    pub fn base_url(&self) -> Url {
        self.lock().base.clone()
    }

    /// Sets that address; permalinks and upload addresses handed out later point there.
    pub fn set_base_url(&self, base: Url) {
        self.lock().base = base;
    }

    /// Where each host of the networks is found.
    #[must_use]
    pub fn hosts(&self) -> Hosts {
        Hosts::under(&self.base_url())
    }

    /// A token with every scope, without the OAuth dance: for tests and sandboxes.
    #[must_use]
    pub fn grant(&self, network: Network, account_id: &str) -> Option<IssuedGrant> {
        grants::grant(&mut self.lock(), network, account_id, self.clock.now())
    }

    /// Leaves a token no scopes but these, as a person does who unticks the others.
    pub fn limit_token(&self, token: &str, scopes: &[&str]) {
        if let Some(token) = self.lock().tokens.access.get_mut(token) {
            token.scopes.retain(|scope| scopes.contains(&scope.as_str()));
        }
    }

    /// The person behind an account removes the app in the network's settings: their tokens end.
    /// Gives what the network then calls the app with, where it tells apps at all.
    #[must_use]
    pub fn remove_app(&self, network: Network, account_id: &str) -> Option<SignedCall> {
        callbacks::removed(&mut self.lock(), network, account_id, self.clock.now())
    }

    /// Waits as long as a reply wants to be held back.
    pub(crate) async fn hold(&self, delay: Duration) {
        if !delay.is_zero() {
            self.clock.sleep_until(self.clock.now() + delay).await;
        }
    }

    pub(crate) fn max_body(&self) -> usize {
        self.lock().cfg.max_body
    }
}

/// What an in-process simulator is called: a name that no resolver knows.
fn default_base() -> Url {
    Url::parse("http://sim.test/").unwrap_or_else(|_| unreachable!("a constant that parses"))
}

pub(crate) fn ledger(state: &State, now: Timestamp) -> Ledger {
    let shown = |entry: &&LedgerEntry| {
        entry.visible_at <= now && entry.deleted_at.is_none_or(|gone| gone >= entry.visible_at)
    };
    Ledger { entries: state.ledger.iter().filter(shown).cloned().collect() }
}

fn perform(state: &mut State, call: &Call, route: &Route, fault: Option<FaultKind>) -> SimReply {
    let run = |state: &mut State| -> Answer { routing::run(state, call, route) };
    match fault {
        None => SimReply::answer(run(state)),
        Some(FaultKind::AnswerLost | FaultKind::ConnectionCut { .. }) => {
            drop(run(state));
            SimReply::none()
        }
        Some(FaultKind::RequestLost) => SimReply::none(),
        Some(FaultKind::ServerErrorBefore { status }) => {
            SimReply::answer(routing::server_error(state, route, status))
        }
        Some(FaultKind::ServerErrorAfter { status }) => {
            drop(run(state));
            SimReply::answer(routing::server_error(state, route, status))
        }
        Some(FaultKind::RateLimited { minutes }) => {
            SimReply::answer(routing::rate_limited(state, route, minutes))
        }
        Some(FaultKind::Slow { millis }) => {
            SimReply::answer(run(state)).after(Duration::from_millis(millis))
        }
        Some(FaultKind::ExpiredToken) => {
            if let Some(token) = call.token().map(str::to_owned)
                && let Some(token) = state.tokens.access.get_mut(&token)
            {
                token.expires_at = Some(call.now);
            }
            SimReply::answer(run(state))
        }
        Some(FaultKind::Answer { status, body, performed }) => {
            if performed {
                drop(run(state));
            }
            SimReply::answer(reply::body(status, "application/json", body))
        }
    }
}
