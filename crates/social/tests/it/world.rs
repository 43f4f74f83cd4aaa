//! An engine in memory, the simulated networks in the same process, and a clock that is moved.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use social::core::domain::media::{
    AudioProbe, ColourProfile, DocumentFormat, DocumentProbe, ImageFormat, ImagePlan, ImageProbe,
    MediaProbe, VideoPlan, VideoProbe,
};
use social::core::ports::{
    BlobKey, BlobStore, Body, JobQueue, ManualClock, MediaError, MediaErrorKind, MediaPipeline,
    MediaSource, Processed, Progress, RateLimiter, SeededIds, Store, ThumbnailAt, Transport,
};
use social::platforms::ApiVersion;
use social::sim::{FetchedMedia, Fetcher, Sim, SimConfig, SimTransport};
use social::store::{KeyRing, MemoryBlobs, MemoryStore, RingSealer};
use social::{
    Account, AppCredentials, MediaRef, Platform, PostRequest, PostView, Social, Target, Timestamp,
};
use url::Url;

use crate::receiver::Receiver;

/// When every test begins.
pub(crate) const START: i64 = 1_800_000_000;

/// A picture that every network takes as it is.
pub(crate) fn picture(shade: u8) -> Bytes {
    let pixels = image::RgbImage::from_pixel(640, 640, image::Rgb([shade, 90, 140]));
    let mut jpeg = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    jpeg.into_inner().into()
}

/// The same, made once for each shade that is asked for.
pub(crate) fn picture_once(shade: u8) -> Bytes {
    static MADE: Mutex<BTreeMap<u8, Bytes>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap();
    made.entry(shade).or_insert_with(|| picture(shade)).clone()
}

/// A clip that every network takes as it is: the demo's, fitted once for all tests.
pub(crate) async fn clip() -> Bytes {
    static CLIP: tokio::sync::OnceCell<Bytes> = tokio::sync::OnceCell::const_new();
    let make = async || {
        let raw = include_bytes!("../../../../examples/media/clip.mp4");
        let source = MediaSource::Bytes(Bytes::from_static(raw));
        let rules = social::core::rules::instagram();
        let rule = rules.kind(social::PostKind::Video).unwrap().media.clone().unwrap();
        let native = Arc::new(social::InProcess);
        let media = social::media::LocalMedia::builder().native(native).build();
        let fitted = media.optimize_for_platform(&source, &rule, &Progress::none()).await.unwrap();
        match fitted.content {
            MediaSource::File(path) => std::fs::read(path).unwrap().into(),
            MediaSource::Bytes(bytes) => bytes,
        }
    };
    CLIP.get_or_init(make).await.clone()
}

/// The clip, padded to `len` bytes with a box that players skip.
pub(crate) async fn long_clip(len: usize) -> Bytes {
    let mut clip = clip().await.to_vec();
    let free = len - clip.len();
    clip.extend(u32::try_from(free).unwrap().to_be_bytes());
    clip.extend(b"free");
    clip.resize(len, 0);
    clip.into()
}

/// All that a store is to an engine.
pub(crate) trait Backend: Store + JobQueue + RateLimiter {}

impl<T: Store + JobQueue + RateLimiter> Backend for T {}

/// Everything that outlives a process: rows, media, keys; and the world outside it.
pub(crate) struct World {
    pub clock: Arc<ManualClock>,
    pub sim: Arc<Sim>,
    pub store: Arc<MemoryStore>,
    pub blobs: Arc<dyn BlobStore>,
    pub receiver: Arc<Receiver>,
    sealer: Arc<RingSealer>,
    ids: Arc<SeededIds>,
    /// Whether people sign in to Instagram by Instagram Login.
    pub instagram_login: bool,
    /// Which versions of networks' APIs are spoken, where not the usual ones.
    pub versions: Vec<(Platform, Vec<ApiVersion>)>,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        Self::with(SimConfig::default().with_seed(seed))
    }

    pub(crate) fn with(config: SimConfig) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_secs(START)));
        let base = "https://media.example/".parse().unwrap();
        let blobs: Arc<dyn BlobStore> =
            Arc::new(MemoryBlobs::new().with_public_base(base, &[7; 32], clock.clone()));
        let ids = Arc::new(SeededIds::new(config.seed));
        let config = config.with_fetcher(Arc::new(FromBlobs(blobs.clone())));
        let sealer = Arc::new(RingSealer::new(KeyRing::generate(&*ids), ids.clone()).unwrap());
        let sim = Arc::new(Sim::new(config, clock.clone()));
        let store = Arc::new(MemoryStore::new());
        Self {
            clock,
            sim,
            store,
            blobs,
            receiver: Arc::default(),
            sealer,
            ids,
            instagram_login: false,
            versions: Vec::new(),
        }
    }

    pub(crate) fn transport(&self) -> Arc<dyn Transport> {
        Arc::new(SimTransport::with_blobs(self.sim.clone(), self.blobs.clone()))
    }

    /// A process on this world.
    pub(crate) async fn engine(&self) -> Social {
        self.engine_on(self.store.clone(), self.transport()).await
    }

    /// A process on this world, by this store and this way to the networks.
    pub(crate) async fn engine_on<S: Store + JobQueue + RateLimiter>(
        &self,
        store: Arc<S>,
        transport: Arc<dyn Transport>,
    ) -> Social {
        self.engine_with(store, transport, self.receiver.clone()).await
    }

    /// A process on this world, by this store and these ways to the networks and to others.
    pub(crate) async fn engine_with<S: Store + JobQueue + RateLimiter>(
        &self,
        store: Arc<S>,
        transport: Arc<dyn Transport>,
        outbound: Arc<dyn Transport>,
    ) -> Social {
        let mut builder = Social::builder();
        if self.instagram_login {
            builder = builder.instagram_login(AppCredentials::new("sim-app", "sim-secret"));
        }
        for (platform, versions) in &self.versions {
            builder = builder.versions(platform.clone(), versions.clone());
        }
        builder
            .store(store)
            .blobs(self.blobs.clone())
            .sealer(self.sealer.clone())
            .clock(self.clock.clone())
            .ids(self.ids.clone())
            .media(Arc::new(AsItIs))
            .simulators(&self.sim.base_url())
            .transport(transport)
            .outbound(outbound)
            .build()
            .await
            .unwrap()
    }

    /// Signs in at a network, through its own pages.
    pub(crate) async fn connect(&self, social: &Social, platform: &Platform) -> Vec<Account> {
        sign_in(&*self.transport(), social, platform).await
    }

    /// Uploads media and asks for a post of it in ten minutes and a bit.
    pub(crate) async fn request(
        &self,
        social: &Social,
        account: &Account,
        text: &str,
        media: &[Bytes],
    ) -> PostRequest {
        let target = Target { platform: account.platform.clone(), account: Some(account.id) };
        let at = Timestamp::from_secs(START) + Duration::from_secs(700);
        let mut request = PostRequest::new(social.workspace(), text, [target]).at(at);
        for bytes in media {
            let asset =
                social.library().add_bytes(social.workspace(), bytes.clone(), None).await.unwrap();
            request = request.with_media(MediaRef::new(asset.id));
        }
        request
    }

    /// Works for a while after a post is settled, or until the process fails.
    pub(crate) async fn work_for(&self, social: &Social, time: Duration) {
        let worker = social.worker();
        let until = social.ports().clock.now() + time;
        while social.ports().clock.now() < until {
            let Ok((done, next_due)) = worker.run_once().await else { return };
            if done == 0 {
                let now = social.ports().clock.now();
                let next =
                    next_due.filter(|due| *due > now).unwrap_or(now + Duration::from_secs(5));
                self.clock.advance_to(next.min(until));
            }
        }
    }

    /// Works, and moves the clock to whatever is due next, until all deliveries of the post are
    /// settled, the process fails, or a day has passed.
    pub(crate) async fn run(&self, social: &Social, post: social::PostId) -> Option<PostView> {
        let worker = social.worker();
        let until = Timestamp::from_secs(START) + Duration::from_secs(24 * 3600);
        while social.ports().clock.now() < until {
            let (done, next_due) = worker.run_once().await.ok()?;
            let view = social.posts().get(social.workspace(), post).await.ok()?;
            if view.deliveries.iter().all(|delivery| delivery.status.is_settled()) {
                return Some(view);
            }
            if done == 0 {
                let now = social.ports().clock.now();
                let idle = now + Duration::from_secs(60);
                // A job that is due and not handed out is in a lane that is taken: its lease ends.
                let next =
                    next_due.filter(|due| *due > now).unwrap_or(now + Duration::from_secs(1));
                self.clock.advance_to(next.min(idle));
            }
        }
        let view = social.posts().get(social.workspace(), post).await.unwrap();
        panic!("a day passed and the post is not settled: {:#?}", view.deliveries);
    }
}

/// Signs in at a network, through its own pages.
pub(crate) async fn sign_in(
    networks: &dyn Transport,
    social: &Social,
    platform: &Platform,
) -> Vec<Account> {
    let back: Url = "http://127.0.0.1:9999/callback/".parse().unwrap();
    let accounts = social.accounts();
    let link = accounts.connect(social.workspace(), platform, &back).await.unwrap();
    let form = http::Request::post(link.url.as_str())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("decision=allow"))
        .unwrap();
    let answer = networks.send(form).await.unwrap();
    let location = answer
        .headers()
        .get("location")
        .unwrap_or_else(|| panic!("{platform}: {}", String::from_utf8_lossy(answer.body())));
    let connected =
        accounts.finish_with_all(&location.to_str().unwrap().parse().unwrap()).await.unwrap();
    assert_eq!(connected.missing_scopes, Vec::<String>::new());
    connected.accounts
}

/// Networks fetch media from the blob store.
#[derive(Debug)]
pub(crate) struct FromBlobs(pub(crate) Arc<dyn BlobStore>);

#[async_trait]
impl Fetcher for FromBlobs {
    async fn fetch(&self, url: &Url) -> Result<FetchedMedia, String> {
        let key = url.path().strip_prefix("/media/").ok_or("not a media address")?;
        let key = BlobKey::new(key).map_err(|error| error.to_string())?;
        if !self.0.allows(&key, url.query().unwrap_or_default()) {
            return Err("the address has expired".into());
        }
        let bytes = self.0.get(&key).await.map_err(|error| error.to_string())?;
        Ok(FetchedMedia { bytes, content_type: None })
    }
}

/// Takes media for what the networks want, so that no test of publishing waits for an encoder.
#[derive(Debug)]
pub(crate) struct AsItIs;

impl AsItIs {
    fn bytes(source: &MediaSource) -> Result<Bytes, MediaError> {
        match source {
            MediaSource::Bytes(bytes) => Ok(bytes.clone()),
            MediaSource::File(_) => Err(MediaError::new(MediaErrorKind::Io, "no files here")),
        }
    }

    fn probe_bytes(bytes: &Bytes) -> MediaProbe {
        let len = bytes.len() as u64;
        if bytes.starts_with(b"%PDF-") {
            let format = DocumentFormat::Pdf;
            return MediaProbe::Document(DocumentProbe { format, bytes: len });
        }
        if bytes.starts_with(&[0xff, 0xd8]) {
            return MediaProbe::Image(ImageProbe {
                format: ImageFormat::Jpeg,
                width: 640,
                height: 640,
                bytes: len,
                orientation: 1,
                alpha: false,
                animated: false,
                colour: ColourProfile::Untagged,
                metadata: false,
                motion: None,
                focus: None,
            });
        }
        MediaProbe::Video(VideoProbe {
            container: "mp4".into(),
            codec: "h264".into(),
            pixel_format: "yuv420p".into(),
            audio: Some(AudioProbe { codec: "aac".into(), channels: 2, sample_rate: 48_000 }),
            width: 1280,
            height: 720,
            rotation: 0,
            duration: Duration::from_millis(5_300),
            fps: 25.0,
            bitrate: 1_600_000,
            bytes: len,
            index_first: true,
            edit_list: false,
        })
    }
}

#[async_trait]
impl MediaPipeline for AsItIs {
    async fn probe(&self, source: &MediaSource) -> Result<MediaProbe, MediaError> {
        Ok(Self::probe_bytes(&Self::bytes(source)?))
    }

    async fn process_image(
        &self,
        source: &MediaSource,
        _: &ImagePlan,
    ) -> Result<Processed, MediaError> {
        let bytes = Self::bytes(source)?;
        let probe = Self::probe_bytes(&bytes);
        let mime = if probe.is_video() { "video/mp4" } else { "image/jpeg" };
        Ok(Processed { content: MediaSource::Bytes(bytes), mime: mime.into(), probe, guard: None })
    }

    async fn process_video(
        &self,
        source: &MediaSource,
        _: &VideoPlan,
        _: &Progress,
    ) -> Result<Processed, MediaError> {
        let plan = ImagePlan { keep: true, ..ImagePlan::scaled(0, 0, ImageFormat::Jpeg) };
        self.process_image(source, &plan).await
    }

    async fn generate_thumbnail(
        &self,
        _: &MediaSource,
        _: ThumbnailAt,
        _: u32,
    ) -> Result<Processed, MediaError> {
        Err(MediaError::new(MediaErrorKind::Unsupported, "no test needs one"))
    }
}
