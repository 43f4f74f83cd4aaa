//! Somebody else's server, to which the engine tells what happens.

use std::fmt;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use social::core::ports::{BodyPart, Request, Response, Transport, TransportError};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub url: String,
    pub headers: http::HeaderMap,
    pub body: String,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

type Answer = Box<dyn FnMut(&Got) -> Option<Result<Response, TransportError>> + Send>;

/// Answers as it is told, and keeps what it got.
pub(crate) struct Receiver {
    got: Mutex<Vec<Got>>,
    answer: Mutex<Answer>,
}

impl Default for Receiver {
    fn default() -> Self {
        let answer: Answer = Box::new(|_| Some(status(204)));
        Self { got: Mutex::default(), answer: Mutex::new(answer) }
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receiver")
    }
}

/// An answer of this status.
pub(crate) fn status(code: u16) -> Result<Response, TransportError> {
    Ok(http::Response::builder().status(code).body(Bytes::from_static(b"as told")).unwrap())
}

impl Receiver {
    /// Answers so from now on; `None` never answers.
    pub(crate) fn answer(
        &self,
        answer: impl FnMut(&Got) -> Option<Result<Response, TransportError>> + Send + 'static,
    ) {
        *self.answer.lock().unwrap() = Box::new(answer);
    }

    /// Answers with this status from now on.
    pub(crate) fn always(&self, code: u16) {
        self.answer(move |_| Some(status(code)));
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }
}

#[async_trait]
impl Transport for Receiver {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let (head, body) = request.into_parts();
        let mut bytes = Vec::new();
        for part in &body.parts {
            match part {
                BodyPart::Bytes(part) => bytes.extend_from_slice(part),
                BodyPart::Blob { .. } => panic!("nobody is told a file"),
            }
        }
        let body = String::from_utf8(bytes).unwrap();
        let got = Got { url: head.uri.to_string(), headers: head.headers, body };
        self.got.lock().unwrap().push(got.clone());
        let answer = (self.answer.lock().unwrap())(&got);
        match answer {
            Some(answer) => answer,
            None => std::future::pending().await,
        }
    }
}
