//! Walking flows by hand-made answers, and the shape of what is sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use http::header::AUTHORIZATION;
use serde_json::Value;
use social_core::domain::{PostKind, Published};
use social_core::flow::{CommitTrace, Content, ContentMedia, Effect, FlowContext, FlowState, Step};
use social_core::ports::{
    AccountAuth, BlobKey, Body, BodyPart, ManualClock, PlatformApi, Request, Response, Transport,
    TransportError,
};
use social_core::{PlatformError, Timestamp};

use crate::config::AppCredentials;

pub(crate) const NOW: i64 = 1_795_420_800;

/// Query and form fields that are secret.
const SECRET: &[&str] = &[
    "appsecret_proof",
    "access_token",
    "client_secret",
    "fb_exchange_token",
    "input_token",
    "code",
    "code_verifier",
    "refresh_token",
    "token",
];

pub(crate) fn app() -> AppCredentials {
    AppCredentials::new("app-1", "app-secret")
}

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(Timestamp::from_secs(NOW)))
}

pub(crate) fn auth(remote_id: &str, kind: &str, scopes: &[&str]) -> AccountAuth {
    AccountAuth {
        remote_id: remote_id.to_owned(),
        kind: kind.to_owned(),
        attributes: Default::default(),
        token: "the-token".into(),
        scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
    }
}

pub(crate) fn content(kind: PostKind) -> Content {
    let item = |name: &str, mime: &str, bytes| ContentMedia {
        key: BlobKey::new(format!("r/{name}")).unwrap(),
        bytes,
        mime: mime.to_owned(),
        width: 1080,
        height: 1350,
        duration: mime.starts_with("video").then(|| Duration::from_secs(8)),
        alt: mime.starts_with("image").then(|| format!("Alt of {name}")),
        url: Some(format!("https://media.example/{name}").parse().unwrap()),
    };
    let media = match kind {
        PostKind::Image => vec![item("a.jpg", "image/jpeg", 900)],
        PostKind::Carousel => {
            vec![item("a.jpg", "image/jpeg", 900), item("b.jpg", "image/jpeg", 901)]
        }
        PostKind::Video => vec![item("clip.mp4", "video/mp4", 25_000_000)],
        _ => vec![],
    };
    Content { kind, text: "Fresh (new) #beans".to_owned(), media, options: Default::default() }
}

pub(crate) fn answer(status: u16, body: &Value) -> Response {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    http::Response::builder().status(status).body(body.into()).unwrap()
}

fn fields(text: &str) -> String {
    let pairs = form_urlencoded::parse(text.as_bytes()).map(|(name, value)| {
        if SECRET.contains(&&*name) {
            format!("{name}=[redacted]")
        } else {
            format!("{name}={value}")
        }
    });
    pairs.collect::<Vec<_>>().join(" & ")
}

/// What a request looks like, without secrets.
pub(crate) fn shape(request: &Request) -> String {
    let uri = request.uri();
    let mut text = format!("{} {}{}", request.method(), uri.authority().unwrap(), uri.path());
    if let Some(query) = uri.query() {
        text.push_str(&format!("\n  ? {}", fields(query)));
    }
    let mut headers: Vec<_> = request.headers().iter().collect();
    headers.sort_by_key(|(name, _)| name.as_str());
    for (name, value) in headers {
        let value = value.to_str().unwrap();
        if name == AUTHORIZATION {
            text.push_str(&format!("\n  authorization: {} …", value.split(' ').next().unwrap()));
        } else {
            text.push_str(&format!("\n  {name}: {value}"));
        }
    }
    let form = request
        .headers()
        .get("content-type")
        .is_some_and(|kind| kind == "application/x-www-form-urlencoded");
    for part in &request.body().parts {
        text.push_str("\n  > ");
        match part {
            BodyPart::Bytes(bytes) if form => {
                text.push_str(&fields(std::str::from_utf8(bytes).unwrap()));
            }
            BodyPart::Bytes(bytes) => {
                text.push_str(&String::from_utf8_lossy(bytes).replace("\r\n", "⏎"))
            }
            BodyPart::Blob { key, offset, len } => {
                text.push_str(&format!("[{len} bytes of {key} from {offset}]"));
            }
        }
    }
    text.push('\n');
    text
}

/// Walks a flow; its state goes through text between any two steps.
pub(crate) struct Walk<'a> {
    pub(crate) api: &'a dyn PlatformApi,
    pub(crate) auth: AccountAuth,
    pub(crate) content: Content,
    pub(crate) now: Timestamp,
    pub(crate) state: FlowState,
    pub(crate) shapes: String,
}

#[allow(clippy::needless_pass_by_value, reason = "answers are written in place")]
impl<'a> Walk<'a> {
    pub(crate) fn begin(api: &'a dyn PlatformApi, auth: AccountAuth, content: Content) -> Self {
        let now = Timestamp::from_secs(NOW);
        let cx = FlowContext { auth: &auth, content: &content, now, again: false };
        let state = api.begin(&cx).unwrap();
        Self { api, auth, content, now, state, shapes: String::new() }
    }

    fn cx(&self) -> FlowContext<'_> {
        FlowContext { auth: &self.auth, content: &self.content, now: self.now, again: false }
    }

    /// From here on it is looked up what became of a Commit that left now.
    pub(crate) fn doubt(&mut self) {
        let trace = CommitTrace { first_sent_at: self.now, last_sent_at: self.now, looks: 0 };
        self.doubt_since(&trace);
    }

    pub(crate) fn doubt_since(&mut self, trace: &CommitTrace) {
        self.state = self.api.reconcile(&self.cx(), &self.state, trace).unwrap();
    }

    pub(crate) fn step(&mut self) -> Step {
        let text = serde_json::to_string(&self.state).unwrap();
        assert!(!text.contains("the-token"));
        self.state = serde_json::from_str(&text).unwrap();
        self.api.next(&self.cx(), &self.state).unwrap()
    }

    /// The next request is `operation`; whatever wait comes before is waited, and told.
    pub(crate) fn sends(&mut self, operation: &str, effect: Effect) -> Duration {
        let start = self.now;
        loop {
            match self.step() {
                Step::Wait(time) => self.now = self.now + time,
                Step::Send(call) => {
                    assert_eq!((call.operation, call.effect), (operation, effect));
                    let shape = shape(&call.request);
                    self.shapes.push_str(&format!("{operation} ({effect:?})\n{shape}\n"));
                    return self.now.since(start);
                }
                other => panic!("{operation} expected, found {other:?}"),
            }
        }
    }

    pub(crate) fn gets(&mut self, status: u16, body: Value) {
        self.gets_response(&answer(status, &body)).unwrap();
    }

    pub(crate) fn refused(&mut self, status: u16, body: Value) -> PlatformError {
        self.gets_response(&answer(status, &body)).unwrap_err()
    }

    pub(crate) fn gets_response(&mut self, response: &Response) -> Result<(), PlatformError> {
        self.state = self.api.advance(&self.cx(), &self.state, response)?;
        Ok(())
    }

    pub(crate) fn done(&mut self) -> Published {
        match self.step() {
            Step::Done(published) => published,
            other => panic!("done expected, found {other:?}"),
        }
    }

    pub(crate) fn unknown(&mut self) {
        let step = self.step();
        assert!(matches!(step, Step::Unknown), "{step:?}");
    }

    /// It is absent; publishing goes on.
    pub(crate) fn absent(&mut self) {
        match self.step() {
            Step::Absent(state) => self.state = state,
            other => panic!("absent expected, found {other:?}"),
        }
    }

    /// It may be there, and the network does not make it twice.
    pub(crate) fn repeats(&mut self) {
        match self.step() {
            Step::Repeat(state) => self.state = state,
            other => panic!("repeat expected, found {other:?}"),
        }
    }
}

/// Answers in order, and keeps what was asked.
#[derive(Debug, Default)]
pub(crate) struct Canned {
    answers: Mutex<VecDeque<Response>>,
    asked: Mutex<String>,
}

impl Canned {
    pub(crate) fn new(answers: impl IntoIterator<Item = Value>) -> Arc<Self> {
        let answers = answers.into_iter().map(|body| answer(200, &body)).collect();
        Arc::new(Self { answers: Mutex::new(answers), asked: Mutex::default() })
    }

    pub(crate) fn asked(&self) -> String {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Transport for Canned {
    async fn send(&self, request: http::Request<Body>) -> Result<Response, TransportError> {
        self.asked.lock().unwrap().push_str(&format!("{}\n", shape(&request)));
        let answer = self.answers.lock().unwrap().pop_front();
        answer.ok_or_else(|| TransportError::not_sent("no answer is left"))
    }
}
