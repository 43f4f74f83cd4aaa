//! The simulated networks on a clock that stands still, and a small engine.

use std::collections::HashMap;
use std::io::Cursor;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use secrecy::ExposeSecret as _;
use social_core::domain::{PostKind, Published};
use social_core::flow::{CommitTrace, Content, ContentMedia, Effect, FlowContext, FlowState, Step};
use social_core::ports::{
    AccountAuth, BlobError, BlobKey, BlobStore, Clock, ManualClock, PlatformApi, Transport,
};
use social_core::{ErrorKind, PlatformError, Retry, Timestamp};
use social_platforms::{
    AppCredentials, Config, LinkedInEndpoints, MetaEndpoints, Networks, TikTokEndpoints, all,
};
use social_sim::{Fault, FaultKind, Network, Sim, SimConfig, SimTransport, TableFetcher};
use url::Url;

pub(crate) const MEMBER: &str = "urn:li:person:Rb7hQ2sim1";
pub(crate) const ORGANIZATION: &str = "urn:li:organization:90210001";

#[derive(Debug, Default)]
pub(crate) struct Blobs(Mutex<HashMap<String, Bytes>>);

#[async_trait]
impl BlobStore for Blobs {
    async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<(), BlobError> {
        self.0.lock().unwrap().insert(key.to_string(), bytes);
        Ok(())
    }
    async fn put_file(&self, key: &BlobKey, path: &Path) -> Result<(), BlobError> {
        self.put(key, std::fs::read(path).unwrap().into()).await
    }
    async fn len(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        Ok(self.0.lock().unwrap().get(key.as_str()).map(|bytes| bytes.len() as u64))
    }
    async fn read(
        &self,
        key: &BlobKey,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, BlobError>>, BlobError> {
        let found = self.0.lock().unwrap().get(key.as_str()).cloned();
        let bytes = found.ok_or_else(|| BlobError::NotFound(key.clone()))?;
        let end = range.end.min(bytes.len() as u64) as usize;
        let cut = bytes.slice(range.start as usize..end);
        let pieces: Vec<_> = cut.chunks(64 << 10).map(|c| Ok(Bytes::copy_from_slice(c))).collect();
        Ok(stream::iter(pieces).boxed())
    }
    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        self.0.lock().unwrap().remove(key.as_str());
        Ok(())
    }
    async fn public_url(&self, _: &BlobKey, _: Duration) -> Result<Option<Url>, BlobError> {
        Ok(None)
    }
}

pub(crate) struct Kit {
    pub(crate) sim: Arc<Sim>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) blobs: Arc<Blobs>,
    media: Arc<TableFetcher>,
    /// Whether people sign in to Instagram by Instagram Login.
    pub(crate) instagram_login: bool,
}

/// What became of a post.
#[derive(Debug)]
pub(crate) enum Outcome {
    Published(Published),
    Failed(PlatformError),
    Unconfirmed,
}

impl Outcome {
    pub(crate) fn published(self) -> Published {
        match self {
            Self::Published(published) => published,
            other => panic!("not published: {other:?}"),
        }
    }
}

impl Kit {
    pub(crate) fn new() -> Self {
        Self::with(SimConfig::default())
    }

    pub(crate) fn with(config: SimConfig) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_secs(1_795_420_800)));
        let media = Arc::new(TableFetcher::new());
        let sim = Arc::new(Sim::new(config.with_fetcher(media.clone()), clock.clone()));
        let blobs = Arc::new(Blobs::default());
        let transport = Arc::new(SimTransport::with_blobs(sim.clone(), blobs.clone()));
        Self { sim, clock, transport, blobs, media, instagram_login: false }
    }

    pub(crate) fn api(&self, network: Network) -> Arc<dyn PlatformApi> {
        let hosts = self.sim.hosts();
        let app = || AppCredentials::new("sim-app", "sim-secret");
        let meta = || {
            Config::new(app()).endpoints(MetaEndpoints {
                graph: hosts.graph.clone(),
                graph_video: hosts.graph_video.clone(),
                rupload: hosts.rupload.clone(),
                facebook_dialog: hosts.facebook_dialog.clone(),
                instagram_graph: hosts.instagram_graph.clone(),
                instagram_oauth: hosts.instagram_oauth.clone(),
                instagram_dialog: hosts.instagram_dialog.clone(),
                ..MetaEndpoints::default()
            })
        };
        let linkedin = LinkedInEndpoints {
            oauth: hosts.linkedin_oauth.clone(),
            api: hosts.linkedin_api.clone(),
            ..LinkedInEndpoints::default()
        };
        let tiktok =
            TikTokEndpoints { auth: hosts.tiktok_auth.clone(), api: hosts.tiktok_api.clone() };
        let scopes = [
            "openid",
            "profile",
            "w_member_social",
            "w_organization_social",
            "r_organization_social",
            "rw_organization_admin",
            "r_member_postAnalytics",
        ];
        let networks = Networks {
            instagram: Some(meta()),
            instagram_login: self.instagram_login.then(app),
            facebook: Some(meta()),
            linkedin: Some(Config::new(app()).endpoints(linkedin).scopes(scopes)),
            tiktok: Some(Config::new(app()).endpoints(tiktok)),
        };
        let clock: Arc<dyn Clock> = self.clock.clone();
        all(networks, &self.transport, &clock)
            .into_iter()
            .find(|api| api.platform().as_str() == network.as_str())
            .unwrap()
    }

    pub(crate) fn auth(&self, network: Network, account: &str) -> AccountAuth {
        let grant = self.sim.grant(network, account).unwrap();
        let kind = if account == MEMBER { "member" } else { "organization" };
        AccountAuth {
            remote_id: account.to_owned(),
            kind: kind.to_owned(),
            attributes: Default::default(),
            token: grant.access_token.into(),
            scopes: grant.scopes,
        }
    }

    /// The same with no more than these scopes.
    pub(crate) fn auth_with(
        &self,
        network: Network,
        account: &str,
        scopes: &[&str],
    ) -> AccountAuth {
        let auth = self.auth(network, account);
        self.sim.limit_token(auth.token.expose_secret(), scopes);
        AccountAuth { scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(), ..auth }
    }

    /// The first account of a network.
    pub(crate) fn first(&self, network: Network) -> AccountAuth {
        let accounts = self.sim.accounts();
        let account = accounts.iter().find(|account| account.platform == network).unwrap();
        self.auth(network, &account.id)
    }

    pub(crate) fn fault(&self, operation: &str, kind: FaultKind) {
        self.sim.add_fault(Fault::on(operation, kind).nth(1));
    }

    pub(crate) async fn jpeg(&self, name: &str) -> ContentMedia {
        let mut bytes = Cursor::new(Vec::new());
        let color = name.bytes().fold(7, u8::wrapping_add);
        image::RgbImage::from_pixel(1080, 1080, image::Rgb([color, 60, 30]))
            .write_to(&mut bytes, image::ImageFormat::Jpeg)
            .unwrap();
        self.media(name, "image/jpeg", bytes.into_inner().into(), None).await
    }

    pub(crate) async fn clip(&self, padding: usize) -> ContentMedia {
        let bytes = mp4(8_000, padding);
        self.media("clip.mp4", "video/mp4", bytes, Some(Duration::from_secs(8))).await
    }

    pub(crate) async fn media(
        &self,
        name: &str,
        mime: &str,
        bytes: Bytes,
        duration: Option<Duration>,
    ) -> ContentMedia {
        let key = BlobKey::new(format!("renditions/{name}")).unwrap();
        let url: Url = format!("https://media.example/{name}").parse().unwrap();
        self.media.put(url.as_str(), bytes.clone());
        let len = bytes.len() as u64;
        self.blobs.put(&key, bytes).await.unwrap();
        let alt = mime.starts_with("image/").then(|| format!("A picture, {name}"));
        let (width, height) = (1080, 1080);
        let mime = mime.to_owned();
        ContentMedia { key, bytes: len, mime, width, height, duration, alt, url: Some(url) }
    }

    pub(crate) async fn content(&self, network: Network, kind: PostKind, text: &str) -> Content {
        // TikTok cuts a clip in two from 20 MB on.
        let padding = if network == Network::Tiktok { 20_500_000 } else { 9_000_000 };
        let media = match kind {
            PostKind::Text => vec![],
            PostKind::Image => vec![self.jpeg("a.jpg").await],
            PostKind::Carousel => {
                vec![self.jpeg("a.jpg").await, self.jpeg("b.jpg").await, self.jpeg("c.jpg").await]
            }
            PostKind::Document => {
                let pdf = Bytes::from_static(b"%PDF-1.7 one page");
                vec![self.media("plan.pdf", "application/pdf", pdf, None).await]
            }
            _ => vec![self.clip(padding).await],
        };
        Content { kind, text: text.to_owned(), media, options: Default::default() }
    }

    /// Publishes as an engine does, and says which steps it took.
    pub(crate) async fn publish(
        &self,
        api: &dyn PlatformApi,
        auth: &AccountAuth,
        content: &Content,
    ) -> (Outcome, Vec<String>) {
        self.publish_minding(api, auth, content, &|_| ()).await
    }

    /// The same, where `before` is told of each operation before it is sent.
    pub(crate) async fn publish_minding(
        &self,
        api: &dyn PlatformApi,
        auth: &AccountAuth,
        content: &Content,
        before: &(dyn Fn(&str) + Sync),
    ) -> (Outcome, Vec<String>) {
        let (steps, sent, last) = (Vec::new(), None, None);
        let mut run = Run { kit: self, api, auth, content, before, steps, sent, last };
        let outcome = run.publish().await;
        (outcome, run.steps)
    }
}

struct Run<'a> {
    kit: &'a Kit,
    api: &'a dyn PlatformApi,
    auth: &'a AccountAuth,
    content: &'a Content,
    before: &'a (dyn Fn(&str) + Sync),
    steps: Vec<String>,
    sent: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Run<'_> {
    fn cx(&self) -> FlowContext<'_> {
        FlowContext {
            auth: self.auth,
            content: self.content,
            now: self.kit.clock.now(),
            again: false,
        }
    }

    /// As if another worker had taken over: the state as it is stored.
    fn stored(state: &FlowState) -> FlowState {
        let text = serde_json::to_string(state).unwrap();
        assert!(!text.contains("EAA") && !text.contains("act."), "a token is stored: {text}");
        serde_json::from_str(&text).unwrap()
    }

    async fn publish(&mut self) -> Outcome {
        let mut state = self.api.begin(&self.cx()).unwrap();
        let mut tries = 0;
        for _ in 0..400 {
            state = Self::stored(&state);
            let call = match self.api.next(&self.cx(), &state) {
                Ok(Step::Done(published)) => return Outcome::Published(published),
                Ok(Step::Wait(time)) => {
                    self.kit.clock.advance(time);
                    continue;
                }
                Ok(Step::Send(call)) => call,
                Ok(other) => panic!("{other:?} while publishing"),
                Err(error) => return Outcome::Failed(error),
            };
            let (effect, at) = (call.effect, self.kit.clock.now());
            self.steps.push(format!("{} {:?}", call.operation, effect));
            (self.before)(call.operation);
            let answer = self.kit.transport.send(call.request).await;
            let outcome = match answer {
                Ok(answer) => self.api.advance(&self.cx(), &state, &answer),
                Err(error) => Err(PlatformError::transport(self.api.platform().clone(), error)),
            };
            let error = match outcome {
                Ok(next) => {
                    state = next;
                    tries = 0;
                    continue;
                }
                Err(error) => error,
            };
            tries += 1;
            let unsure =
                error.retry == Retry::ReconcileFirst || error.kind == ErrorKind::Unavailable;
            if effect == Effect::Commit && unsure {
                self.sent.get_or_insert(at);
                self.last = Some(at);
                self.kit.clock.advance(Duration::from_secs(15));
                match self.look(&state).await {
                    Ok(next) => state = next,
                    Err(outcome) => return outcome,
                }
                continue;
            }
            match error.retry {
                Retry::Never => return Outcome::Failed(error),
                _ if tries > 5 => return Outcome::Failed(error),
                Retry::After(time) => self.kit.clock.advance(time),
                _ => self.kit.clock.advance(Duration::from_secs(2)),
            }
        }
        panic!("publishing does not end: {:?}", self.steps);
    }

    async fn look(&mut self, publish: &FlowState) -> Result<FlowState, Outcome> {
        for looks in 0..4 {
            let trace = CommitTrace {
                first_sent_at: self.sent.unwrap(),
                last_sent_at: self.last.unwrap(),
                looks,
            };
            let mut state = self.api.reconcile(&self.cx(), publish, &trace).unwrap();
            for _ in 0..200 {
                state = Self::stored(&state);
                match self.api.next(&self.cx(), &state).unwrap() {
                    Step::Done(published) => return Err(Outcome::Published(published)),
                    Step::Absent(state) => {
                        self.steps.push("absent".into());
                        (self.sent, self.last) = (None, None);
                        return Ok(state);
                    }
                    Step::Repeat(state) => {
                        self.steps.push("repeat".into());
                        return Ok(state);
                    }
                    Step::Unknown => break,
                    Step::Wait(time) => self.kit.clock.advance(time),
                    Step::Send(call) => {
                        assert_ne!(call.effect, Effect::Commit, "looking publishes");
                        self.steps.push(format!("{} {:?}", call.operation, call.effect));
                        let answer = self.kit.transport.send(call.request).await.unwrap();
                        match self.api.advance(&self.cx(), &state, &answer) {
                            Ok(next) => state = next,
                            Err(error) if error.retry == Retry::Never => {
                                return Err(Outcome::Failed(error));
                            }
                            Err(_) => self.kit.clock.advance(Duration::from_secs(2)),
                        }
                    }
                }
            }
            self.kit.clock.advance(Duration::from_secs(240));
        }
        Err(Outcome::Unconfirmed)
    }
}

fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut whole = (body.len() as u32 + 8).to_be_bytes().to_vec();
    whole.extend_from_slice(kind);
    whole.extend_from_slice(body);
    whole
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// The smallest clip that the networks take, 1080 by 1920 at 30 frames a second.
pub(crate) fn mp4(millis: u32, padding: usize) -> Bytes {
    let mut mvhd = words(&[0, 0, 0, 1_000, millis]);
    mvhd.resize(100, 0);
    let mut tkhd = words(&[0, 0, 0, 1, 0, millis, 0, 0, 0, 0]);
    tkhd.extend(words(&[0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000]));
    tkhd.extend(words(&[1080 << 16, 1920 << 16]));
    let mdhd = boxed(b"mdhd", &words(&[0, 0, 0, 30_000, 30 * millis, 0]));
    let mut hdlr = words(&[0, 0]);
    hdlr.extend_from_slice(b"vide");
    let mut stsd = words(&[0, 1, 16]);
    stsd.extend_from_slice(b"avc1");
    stsd.extend(words(&[0, 0]));
    let stts = boxed(b"stts", &words(&[0, 1, millis * 30 / 1_000, 1_000]));
    let stbl = boxed(b"stbl", &[boxed(b"stsd", &stsd), stts].concat());
    let mdia = boxed(b"mdia", &[mdhd, boxed(b"hdlr", &hdlr), boxed(b"minf", &stbl)].concat());
    let trak = boxed(b"trak", &[boxed(b"tkhd", &tkhd), mdia].concat());
    let moov = boxed(b"moov", &[boxed(b"mvhd", &mvhd), trak].concat());
    [boxed(b"ftyp", b"isomiso2"), moov, boxed(b"mdat", &vec![7; padding])].concat().into()
}
