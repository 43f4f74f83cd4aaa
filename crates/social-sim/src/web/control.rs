//! The controls as JSON: ledger, calls, faults, grants.

use serde::Serialize;
use serde_json::{Value, json};
use social_core::Timestamp;

use crate::call::Call;
use crate::fault::Fault;
use crate::grants;
use crate::network::Network;
use crate::operations;
use crate::reply::{self, Answer};
use crate::sim;
use crate::state::State;

fn answer<T: Serialize>(value: &T) -> Answer {
    match serde_json::to_value(value) {
        Ok(value) => reply::json(200, &value),
        Err(error) => refuse(500, &error.to_string()),
    }
}

fn refuse(status: u16, why: &str) -> Answer {
    reply::json(status, &json!({ "error": why }))
}

pub(super) fn ledger(state: &State, now: Timestamp) -> Answer {
    let ledger = sim::ledger(state, now);
    let duplicates: Vec<Vec<u64>> = ledger
        .duplicates()
        .into_iter()
        .map(|group| group.into_iter().map(|entry| entry.seq).collect())
        .collect();
    answer(&json!({"entries": ledger.entries, "duplicates": duplicates}))
}

pub(super) fn calls(state: &State) -> Answer {
    answer(&json!({ "calls": state.calls }))
}

pub(super) fn accounts(state: &State) -> Answer {
    answer(&json!({ "accounts": state.accounts() }))
}

pub(super) fn operations() -> Answer {
    let rows: Vec<Value> = operations::ALL
        .iter()
        .map(|(name, text)| json!({"operation": name, "description": text}))
        .collect();
    answer(&json!({ "operations": rows }))
}

pub(super) fn faults(state: &State) -> Answer {
    answer(&json!({ "faults": state.faults.list() }))
}

/// One fault, or a list of them.
pub(super) fn add_faults(state: &mut State, call: &Call) -> Answer {
    let faults = match call.json() {
        Some(list @ Value::Array(_)) => serde_json::from_value::<Vec<Fault>>(list),
        Some(one) => serde_json::from_value::<Fault>(one).map(|fault| vec![fault]),
        None => return refuse(400, "the body is not JSON"),
    };
    match faults {
        Ok(faults) => {
            let unknown =
                faults.iter().filter_map(|fault| fault.matches.operation.as_deref()).find(|name| {
                    let stem = name.strip_suffix('*').unwrap_or(name);
                    !operations::ALL.iter().any(|(known, _)| {
                        if stem.len() == name.len() {
                            known == name
                        } else {
                            known.starts_with(stem)
                        }
                    })
                });
            if let Some(name) = unknown {
                return refuse(400, &format!("no operation is called {name}"));
            }
            faults.into_iter().for_each(|fault| state.faults.add(fault));
            self::faults(state)
        }
        Err(error) => refuse(400, &error.to_string()),
    }
}

pub(super) fn clear_faults(state: &mut State) -> Answer {
    state.faults.clear();
    faults(state)
}

/// `{"platform": "tiktok", "account": "…"}`: a token without the dance.
pub(super) fn grant(state: &mut State, call: &Call) -> Answer {
    let body = call.json().unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let grant = Network::parse(text("platform"))
        .and_then(|network| grants::grant(state, network, text("account"), call.now));
    match grant {
        Some(grant) => answer(&grant),
        None => refuse(404, "there is no such account"),
    }
}
