//! The same request again is the same post (draft-ietf-httpapi-idempotency-key-header).
//!
//! The key is its caller's own: two programs may well count their posts alike. What was asked is
//! known by a hash of the body, its members in order and without those that say how to ask and not
//! what. The first answer is stored with the post, in one transaction. Where it was only that a
//! post for now is under way, the end is the answer once it is there, since that is what the
//! request is about.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use social_core::ports::KeptAnswer;

use super::super::auth::Caller;
use super::super::codes;
use crate::Problem;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Members of a body that change nothing of the post. Whoever learned from an answer that a
/// confirmation is needed, or that a second post of the same text is meant, asks for the same.
const HOW: [&str; 3] = ["idempotency_key", "confirm", "allow_duplicate"];

/// A request under a key.
#[derive(Debug)]
pub(crate) struct Keyed {
    /// The key, as it is stored.
    pub(crate) key: String,
    /// What was asked.
    pub(crate) request: String,
}

impl Keyed {
    /// The key of a request, where it has one.
    pub(crate) fn read(
        caller: &Caller,
        headers: &HeaderMap,
        body: &Value,
    ) -> Result<Option<Self>, Problem> {
        let key = key(headers, body["idempotency_key"].as_str())?;
        let keyed = |key| Self { key: format!("{}/{key}", caller.actor()), request: hash(body) };
        Ok(key.map(keyed))
    }
}

fn key(headers: &HeaderMap, body: Option<&str>) -> Result<Option<String>, Problem> {
    let header = headers.get(KEY).map(|key| key.to_str().unwrap_or_default());
    // The draft of the standard writes the key as a quoted string, most clients without quotes.
    let header = header.map(|key| key.trim().trim_matches('"'));
    let key = match (header, body) {
        (Some(header), Some(body)) if header != body => {
            let detail = "the header and the body name different idempotency keys";
            return Err(codes::IDEMPOTENCY_KEY_CONFLICT.problem(detail));
        }
        (key, None) | (_, key) => key,
    };
    match key {
        Some(key) if key.is_empty() || key.len() > 255 => {
            let detail = format!("an idempotency key of {} characters", key.len());
            Err(codes::IDEMPOTENCY_KEY_MISSING.problem(detail))
        }
        key => Ok(key.map(str::to_owned)),
    }
}

fn hash(body: &Value) -> String {
    let mut what = body.clone();
    if let Value::Object(members) = &mut what {
        members.retain(|name, _| !HOW.contains(&name.as_str()));
    }
    what.sort_all_objects();
    hex::encode(Sha256::digest(what.to_string()))
}

/// The keys of requests that are being answered by this process.
#[derive(Debug, Default)]
pub(crate) struct Running(Mutex<HashSet<String>>);

/// Ends with the request, however that ends.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    running: &'a Running,
    key: String,
}

impl Running {
    /// Refuses a request while another under the same key is being answered.
    pub(crate) fn begin(&self, keyed: &Keyed) -> Result<Turn<'_>, Problem> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if running.insert(keyed.key.clone()) {
            return Ok(Turn { running: self, key: keyed.key.clone() });
        }
        Err(in_progress())
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.running.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

/// The first request with this key is still being answered, here or by another process.
pub(crate) fn in_progress() -> Problem {
    let detail = "the first request with this key is still running";
    codes::IDEMPOTENCY_IN_PROGRESS.problem(detail).retry_after(1)
}

/// Whether an answer told that the post is still under way.
pub(crate) fn tells_no_end(answer: &KeptAnswer) -> bool {
    answer.headers.iter().any(|(name, _)| name == header::RETRY_AFTER.as_str())
}

/// A kept answer as it goes out.
pub(crate) fn respond(answer: KeptAnswer, replayed: bool) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let json = [(header::CONTENT_TYPE, "application/json")];
    let mut response = (status, json, Body::from(answer.body)).into_response();
    let headers = response.headers_mut();
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            headers.insert(name, value);
        }
    }
    if replayed {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_order_of_members_and_how_it_is_asked_change_nothing() {
        let one =
            json!({ "content": "x", "overrides": { "a": { "content": "1", "options": {} } } });
        let two: Value = serde_json::from_str(
            r#"{"overrides":{"a":{"options":{},"content":"1"}},"confirm":"cfm_1","content":"x"}"#,
        )
        .unwrap();
        assert_eq!(hash(&one), hash(&two));
        for other in [json!({ "content": "y" }), json!({ "content": "x", "draft": true })] {
            assert_ne!(hash(&one), hash(&other));
        }
    }

    #[test]
    fn a_key_has_one_turn_at_a_time() {
        let running = Running::default();
        let keyed = Keyed { key: "key_1/a".into(), request: String::new() };
        let turn = running.begin(&keyed).unwrap();
        assert_eq!(running.begin(&keyed).unwrap_err().code(), "idempotency_in_progress");
        drop(turn);
        running.begin(&keyed).unwrap();
    }
}
