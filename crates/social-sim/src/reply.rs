//! What comes back for a request.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode, header};
use serde_json::Value;

/// A whole answer.
pub(crate) type Answer = Response<Bytes>;

/// What the simulator does about a request.
#[derive(Debug)]
pub struct SimReply {
    /// The answer, or none.
    pub outcome: Outcome,
    /// How long to hold it back. A server waits, a deterministic test need not.
    pub delay: Duration,
}

/// Whether there is an answer.
#[derive(Debug)]
pub enum Outcome {
    /// The network answers.
    Answer(Response<Bytes>),
    /// The connection drops. What the request did, it did.
    NoAnswer,
}

impl SimReply {
    pub(crate) fn answer(answer: Answer) -> Self {
        Self { outcome: Outcome::Answer(answer), delay: Duration::ZERO }
    }

    pub(crate) fn none() -> Self {
        Self { outcome: Outcome::NoAnswer, delay: Duration::ZERO }
    }

    pub(crate) fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The answer, where there is one.
    #[must_use]
    pub fn into_answer(self) -> Option<Response<Bytes>> {
        match self.outcome {
            Outcome::Answer(answer) => Some(answer),
            Outcome::NoAnswer => None,
        }
    }
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

pub(crate) fn body(code: u16, mime: &'static str, bytes: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(bytes.into());
    *answer.status_mut() = status(code);
    answer.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(mime));
    answer
}

pub(crate) fn json(code: u16, value: &Value) -> Answer {
    body(code, "application/json; charset=UTF-8", value.to_string())
}

pub(crate) fn html(code: u16, page: String) -> Answer {
    body(code, "text/html; charset=utf-8", page)
}

pub(crate) fn empty(code: u16) -> Answer {
    let mut answer = Response::new(Bytes::new());
    *answer.status_mut() = status(code);
    answer
}

pub(crate) fn redirect(to: &str) -> Answer {
    with_header(empty(302), "location", to)
}

/// Sets a header; a value that no header can have is left out.
pub(crate) fn with_header(mut answer: Answer, name: &'static str, value: &str) -> Answer {
    if let Ok(value) = header::HeaderValue::from_str(value) {
        answer.headers_mut().insert(header::HeaderName::from_static(name), value);
    }
    answer
}
