//! A town with a notice board, in place of a network, for the example of a client of one's own.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use social::core::flow::Content;
use social::core::ports::{
    AccountAuth, BodyPart, Clock, Request, Response, Transport, TransportError,
};
use social::{PostKind, Timestamp};

/// What hangs on the board.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Notice {
    /// Its number.
    pub id: String,
    /// What it says.
    pub text: String,
    /// Since when it hangs there.
    pub at: Timestamp,
}

/// The town. `POST` pins a notice up, `GET` lists; both answer with all that hangs there.
#[derive(Debug)]
pub struct Town {
    board: Mutex<Vec<Notice>>,
    clock: Arc<dyn Clock>,
}

impl Town {
    /// A town with an empty board.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { board: Mutex::default(), clock }
    }

    /// How many notices hang there.
    #[must_use]
    pub fn count(&self) -> usize {
        self.board.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[async_trait]
impl Transport for Town {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        if let [BodyPart::Bytes(body)] = &request.body().parts[..] {
            let said: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
            let text = said["text"].as_str().unwrap_or_default().to_owned();
            let id = board.len().to_string();
            board.push(Notice { id, text, at: self.clock.now() });
        }
        let body = serde_json::to_vec(&*board).unwrap_or_default();
        Ok(http::Response::new(body.into()))
    }
}

/// Somebody who may pin notices up.
#[must_use]
pub fn citizen() -> AccountAuth {
    AccountAuth {
        remote_id: "citizen".into(),
        kind: "person".into(),
        attributes: Default::default(),
        token: "a-token-of-the-town".into(),
        scopes: Vec::new(),
    }
}

/// A notice to be pinned up.
#[must_use]
pub fn notice(text: &str) -> Content {
    let kind = PostKind::Text;
    Content { kind, text: text.into(), media: Vec::new(), options: Default::default() }
}
