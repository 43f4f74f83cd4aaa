//! A transport over plain HTTP, a cache, a clock that never waits, and models that say what they
//! are told to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt as _;
use http_body_util::{BodyExt as _, BodyStream, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use social_content::{ByModel, MemoryLedger, ModelConfig};
use social_core::Timestamp;
use social_core::domain::WorkspaceId;
use social_core::ports::{
    BodyPart, Brief, Cache, Clock, Completion, ManualClock, ModelError, OnPiece, Prompt, Request,
    Response, StoreError, Streamed, TextModel, Tokens, Transport, TransportError,
};
use social_core::rules::{TextRule, TextUnit};
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct PlainHttp(Client<HttpConnector, Full<Bytes>>);

impl PlainHttp {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Client::builder(TokioExecutor::new()).build_http()))
    }
}

#[async_trait]
impl Transport for PlainHttp {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let (head, mut body) = self.stream(request).await?.into_parts();
        let mut whole = Vec::new();
        while let Some(piece) = body.next().await {
            whole.extend_from_slice(&piece?);
        }
        Ok(http::Response::from_parts(head, whole.into()))
    }

    async fn stream(&self, request: Request) -> Result<Streamed, TransportError> {
        let (head, body) = request.into_parts();
        let bytes: Vec<u8> = body
            .parts
            .iter()
            .flat_map(|part| match part {
                BodyPart::Bytes(bytes) => bytes.to_vec(),
                BodyPart::Blob { .. } => panic!("no blobs here"),
            })
            .collect();
        let request = http::Request::from_parts(head, Full::new(Bytes::from(bytes)));
        let answer = self.0.request(request).await.map_err(|error| {
            if error.is_connect() {
                TransportError::not_sent("no connection").because(error)
            } else {
                TransportError::no_answer("no answer").because(error)
            }
        })?;
        Ok(answer.map(|body| {
            BodyStream::new(body.map_err(|error| TransportError::no_answer("cut").because(error)))
                .filter_map(async |frame| match frame {
                    Ok(frame) => frame.into_data().ok().map(Ok),
                    Err(error) => Some(Err(error)),
                })
                .boxed()
        }))
    }
}

#[derive(Debug, Default)]
pub(crate) struct MapCache(Mutex<BTreeMap<String, (Bytes, Timestamp)>>);

#[async_trait]
impl Cache for MapCache {
    async fn get(&self, key: &str, now: Timestamp) -> Result<Option<Bytes>, StoreError> {
        let map = self.0.lock().unwrap();
        Ok(map.get(key).filter(|(_, until)| *until > now).map(|(value, _)| value.clone()))
    }

    async fn put(
        &self,
        key: &str,
        value: Bytes,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<(), StoreError> {
        self.0.lock().unwrap().insert(key.to_owned(), (value, now + ttl));
        Ok(())
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.0.lock().unwrap().remove(key);
        Ok(())
    }
}

/// A clock on which every wait is over at once, and is written down.
#[derive(Debug, Default)]
pub(crate) struct Hurried(pub(crate) Mutex<Vec<Duration>>);

#[async_trait]
impl Clock for Hurried {
    fn now(&self) -> Timestamp {
        Timestamp::from_secs(1_700_000_000)
    }

    async fn sleep_until(&self, until: Timestamp) {
        self.0.lock().unwrap().push(until.since(self.now()));
    }
}

/// A model that answers what it was told to, in turn, and keeps what it was asked.
#[derive(Debug, Default)]
pub(crate) struct Scripted {
    pub(crate) answers: Mutex<VecDeque<Result<String, ModelError>>>,
    pub(crate) asked: Mutex<Vec<Prompt>>,
}

impl Scripted {
    pub(crate) fn new<const N: usize>(answers: [Result<&str, ModelError>; N]) -> Arc<Self> {
        let answers = answers.into_iter().map(|answer| answer.map(str::to_owned)).collect();
        Arc::new(Self { answers: Mutex::new(answers), asked: Mutex::default() })
    }
}

#[async_trait]
impl TextModel for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn sees(&self) -> bool {
        true
    }

    async fn complete(
        &self,
        prompt: &Prompt,
        on: &mut OnPiece<'_>,
    ) -> Result<Completion, ModelError> {
        self.asked.lock().unwrap().push(prompt.clone());
        let next = self.answers.lock().unwrap().pop_front();
        match next {
            Some(answer) => {
                let text = answer?;
                on(&text);
                Ok(Completion { text, tokens: Tokens { input: 1000, output: 100 } })
            }
            // It never answers.
            None => futures::future::pending().await,
        }
    }
}

/// An engine over a model, with what a test looks at.
pub(crate) struct Desk {
    pub(crate) engine: ByModel,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) ledger: Arc<MemoryLedger>,
}

pub(crate) fn desk(model: Arc<dyn TextModel>, config: ModelConfig) -> Desk {
    let clock = Arc::new(ManualClock::new(Timestamp::from_secs(1_700_000_000)));
    let ledger = Arc::new(MemoryLedger::default());
    let engine =
        ByModel::new(model, Arc::new(MapCache::default()), ledger.clone(), clock.clone(), config);
    Desk { engine, clock, ledger }
}

pub(crate) fn workspace() -> WorkspaceId {
    WorkspaceId::from_uuid(Uuid::from_u128(7))
}

pub(crate) fn rule(max: u32) -> TextRule {
    TextRule {
        max,
        unit: TextUnit::Weighted,
        required: true,
        max_hashtags: Some(3),
        max_mentions: Some(3),
        max_alt: None,
    }
}

pub(crate) fn brief() -> Brief {
    Brief {
        link: Some("https://harbour.example.com/menu".into()),
        workspace: Some(workspace()),
        ..Brief::about("Our winter menu is here, with 12 dishes. We cook from Friday on.")
    }
}
