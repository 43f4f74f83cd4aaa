//! A whole engine in memory behind the API, and a client of it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use social::core::domain::{Person, Role, Scope, WritePolicy};
use social::core::engine::{Keys, NewKey, NewPerson, Workspaces};
use social::core::ports::{
    BlobStore, JobQueue, ManualClock, RateLimiter, SeededIds, Store, Transport,
};
use social::sim::{Sim, SimConfig, SimTransport};
use social::store::{Argon2Hasher, FolderBlobs, KeyRing, MemoryBlobs, MemoryStore, RingSealer};
use social::{Platform, Social, Timestamp, WorkspaceId};
use social_http::{Api, ApiConfig};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::receiver::Receiver;

/// 2027-01-15T08:00:00Z.
pub(crate) const START: i64 = 1_800_000_000;

/// What everybody signs in with.
pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) struct House {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) sim: Arc<Sim>,
    pub(crate) social: Social,
    pub(crate) app: Router,
    pub(crate) receiver: Arc<Receiver>,
    /// Cancelled, the server stops.
    pub(crate) closing: CancellationToken,
    transport: Arc<dyn Transport>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: axum::body::Bytes,
    pub(crate) text: String,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Fails unless it is a problem of this status and code, in the form that all have.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, code: &str) -> &Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text);
        let body = &self.body;
        assert_eq!(body["code"], code, "{}", self.text);
        assert_eq!(body["status"], status);
        assert_eq!(body["request_id"].as_str(), self.header("x-request-id"));
        assert!(body["type"].as_str().unwrap().ends_with(&format!("/docs/errors#{code}")));
        for member in ["title", "detail", "fix"] {
            assert!(!body[member].as_str().unwrap().is_empty(), "{member}: {}", self.text);
        }
        assert!(body["retryable"].is_boolean());
        body
    }

    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> &Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert!(self.header("x-request-id").is_some() && self.header("cache-control").is_some());
        &self.body
    }
}

/// A request under way.
#[derive(Debug)]
pub(crate) struct Ask {
    builder: http::request::Builder,
    body: Body,
}

pub(crate) fn ask(method: &str, path: &str) -> Ask {
    let builder = Request::builder().method(method).uri(path).header("host", "localhost");
    Ask { builder, body: Body::empty() }
}

impl Ask {
    pub(crate) fn key(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.builder.headers_mut().unwrap().remove(name);
        self.builder = self.builder.header(name, value);
        self
    }

    pub(crate) fn header_bytes(mut self, name: &'static str, value: http::HeaderValue) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").raw(body.to_string())
    }

    pub(crate) fn raw(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// What a form of a page of this server sends.
    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = "application/x-www-form-urlencoded";
        self.header("content-type", kind).header("origin", "http://localhost").raw(body)
    }

    pub(crate) fn request(self) -> Request<Body> {
        self.builder.body(self.body).unwrap()
    }
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut ApiConfig)) -> Self {
        Self::built(change, |_, api| api).await
    }

    /// A house whose API is built with more than the usual.
    pub(crate) async fn built(
        change: impl FnOnce(&mut ApiConfig),
        build: impl FnOnce(&Social, Api) -> Api,
    ) -> Self {
        Self::keeping(Arc::new(MemoryStore::new()), None, change, build).await
    }

    /// A house with a store of its own, that keeps its media in a folder where one is named.
    pub(crate) async fn keeping<S: Store + JobQueue + RateLimiter>(
        store: Arc<S>,
        folder: Option<&Path>,
        change: impl FnOnce(&mut ApiConfig),
        build: impl FnOnce(&Social, Api) -> Api,
    ) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_secs(START)));
        let base = "https://media.example/".parse().unwrap();
        let blobs: Arc<dyn BlobStore> = match folder {
            Some(folder) => Arc::new(FolderBlobs::new(folder).unwrap()),
            None => Arc::new(MemoryBlobs::new().with_public_base(base, &[7; 32], clock.clone())),
        };
        let ids = Arc::new(SeededIds::new(1));
        let sealer = RingSealer::new(KeyRing::generate(&*ids), ids.clone()).unwrap();
        let sim = Arc::new(Sim::new(SimConfig::default(), clock.clone()));
        let transport: Arc<dyn Transport> =
            Arc::new(SimTransport::with_blobs(sim.clone(), blobs.clone()));
        let (receiver, closing) = (Arc::new(Receiver::default()), CancellationToken::new());
        let social = Social::builder()
            .store(store)
            .blobs(blobs)
            .sealer(Arc::new(sealer))
            .passwords(Arc::new(Argon2Hasher::weak_for_tests(ids.clone())))
            .clock(clock.clone())
            .ids(ids)
            .simulators(&sim.base_url())
            .transport(transport.clone())
            .outbound(receiver.clone())
            .build()
            .await
            .unwrap();
        let mut config = ApiConfig::new("http://127.0.0.1:8080".parse().unwrap());
        change(&mut config);
        let api = Api::builder(social.ports().clone(), config).content(social.content().clone());
        let api = api.closing(closing.clone());
        let app = build(&social, api).build();
        Self { clock, sim, social, app, receiver, closing, transport }
    }

    /// A house with a Facebook Page connected, and an agent's key whose posts go out unasked.
    pub(crate) async fn ready() -> (Self, String) {
        let house = Self::new().await;
        house.connect(&Platform::FACEBOOK).await;
        let key = house.key_of(WritePolicy::None).await;
        (house, key)
    }

    pub(crate) async fn send(&self, ask: Ask) -> Answer {
        let response = self.app.clone().oneshot(ask.request()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_str(&text).unwrap_or_default();
        Answer { status: parts.status, headers: parts.headers, bytes, text, body }
    }

    /// The status alone, for answers that may not end.
    pub(crate) async fn status_of(&self, ask: Ask) -> StatusCode {
        self.app.clone().oneshot(ask.request()).await.unwrap().status()
    }

    pub(crate) async fn make_key(&self, ws: WorkspaceId, new: NewKey) -> String {
        let keys = Keys::new(self.social.ports().clone());
        keys.create(ws, new).await.unwrap().1.expose_secret().to_owned()
    }

    /// An agent's key of this policy.
    pub(crate) async fn key_of(&self, policy: WritePolicy) -> String {
        let new = NewKey { policy, ..NewKey::for_agent("agent") };
        self.make_key(self.social.workspace(), new).await
    }

    /// A key of these scopes alone.
    pub(crate) async fn key_with(&self, scopes: impl IntoIterator<Item = Scope>) -> String {
        let scopes: BTreeSet<Scope> = scopes.into_iter().collect();
        let new = NewKey { scopes, policy: WritePolicy::None, ..NewKey::for_agent("narrow") };
        self.make_key(self.social.workspace(), new).await
    }

    /// A person's key.
    pub(crate) async fn human_key(&self) -> String {
        self.key_with(Scope::ALL).await
    }

    /// A person of this role, who signs in with [`PASSWORD`].
    pub(crate) async fn person(&self, ws: WorkspaceId, email: &str, role: Role) -> Person {
        let people = self.social.people();
        let link = people.invite(ws, email.parse().unwrap(), role, "system").await.unwrap();
        let name = Some(format!("A {role}"));
        let new = NewPerson { name, email: None, password: PASSWORD.into() };
        people.accept(&link.secret, new).await.unwrap()
    }

    /// The access token of a new person of this role.
    pub(crate) async fn person_token(&self, role: Role) -> String {
        let email = format!("{role}@example.com");
        self.person(self.social.workspace(), &email, role).await;
        self.sign_in_as(&email).await["access_token"].as_str().unwrap().to_owned()
    }

    /// Signs a person in, and gives what they get, the refresh token too.
    pub(crate) async fn sign_in_as(&self, email: &str) -> Value {
        let body = serde_json::json!({ "email": email, "password": PASSWORD, "cookie": false });
        let answer = self.send(ask("POST", "/api/auth/login").json(&body)).await;
        answer.is(200).clone()
    }

    /// The status of an answer whose body may never end.
    pub(crate) async fn status(&self, ask: Ask) -> u16 {
        self.app.clone().oneshot(ask.request()).await.unwrap().status().as_u16()
    }

    /// A key of another workspace that may do anything.
    pub(crate) async fn stranger(&self) -> String {
        let ws = Workspaces::new(self.social.ports().clone()).create("other").await.unwrap();
        let new = NewKey { scopes: BTreeSet::from(Scope::ALL), ..NewKey::for_agent("stranger") };
        self.make_key(ws, new).await
    }

    /// Signs in by the address that the API gave. Gives where the network sends the person back to,
    /// and the cookie that this server left in their browser.
    pub(crate) async fn sign_in(&self, connect_url: &str, decision: &str) -> (String, String) {
        let page = connect_url.strip_prefix("http://127.0.0.1:8080").unwrap_or_default();
        let hop = self.send(ask("GET", page)).await;
        assert_eq!(hop.status, 303, "{}", hop.text);
        let cookie = hop.header("set-cookie").unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        let cookie = cookie.split(';').next().unwrap().to_owned();
        (self.allow(hop.header("location").unwrap(), decision).await, cookie)
    }

    /// Answers on the network's own page, and gives where it sends the person back to.
    pub(crate) async fn allow(&self, connect_url: &str, decision: &str) -> String {
        let form = Request::post(connect_url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(social::core::ports::Body::from(format!("decision={decision}")))
            .unwrap();
        let answer = self.transport.send(form).await.unwrap();
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    pub(crate) async fn connect(&self, platform: &Platform) {
        let back = "http://127.0.0.1:8080/api/auth/callback".parse().unwrap();
        let accounts = self.social.accounts();
        let link = accounts.connect(self.social.workspace(), platform, &back).await.unwrap();
        let back = self.allow(link.url.as_str(), "allow").await;
        accounts.finish_with_all(&back.parse().unwrap()).await.unwrap();
    }

    /// Works and lets time pass, for so many seconds.
    pub(crate) async fn work(&self, seconds: u64) {
        let worker = self.social.worker();
        for _ in 0..seconds {
            while worker.run_once().await.unwrap().0 > 0 {}
            self.clock.advance(Duration::from_secs(1));
        }
    }

    /// Sends, while a worker works and time passes.
    pub(crate) async fn send_while_working(&self, ask: Ask) -> Answer {
        let working = async {
            loop {
                self.work(1).await;
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            answer = self.send(ask) => answer,
            () = working => unreachable!("a worker works for ever"),
        }
    }

    /// How many posts there are, up to `most`.
    pub(crate) async fn stored_of(&self, most: u32) -> usize {
        let filter = social::core::ports::PostFilter { limit: most, ..Default::default() };
        let posts = self.social.posts();
        posts.list(self.social.workspace(), &filter).await.unwrap().len()
    }

    /// How many posts there are.
    pub(crate) async fn stored(&self) -> usize {
        let posts = self.social.posts();
        posts.list(self.social.workspace(), &Default::default()).await.unwrap().len()
    }
}
