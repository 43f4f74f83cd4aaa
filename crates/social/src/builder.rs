//! Wiring an engine.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use secrecy::{SecretSlice, SecretString};
use social_content::Offline;
use social_core::domain::Platform;
use social_core::engine::{EngineConfig, Error, Flights, Ports, Registry, Throttle, Workspaces};
use social_core::ports::{
    BlobError, BlobStore, Clock, ContentEngine, EventSink, IdSource, JobQueue, MediaPipeline,
    PasswordHasher, PlatformApi, RateLimiter, Sealer, Store, StoreError, SystemClock, SystemIds,
    Transport,
};
use social_media::LocalMedia;
use social_platforms::transport::{Guarded, PrivateHost, ReqwestTransport, Traced};
use social_platforms::{
    ApiVersion, AppCredentials, Config, LinkedInEndpoints, MetaEndpoints, Networks, TikTokEndpoints,
};
use social_store::{Argon2Hasher, FolderBlobs, KeyRingError, RingSealer};
use tokio::io::AsyncWriteExt as _;
use url::Url;

use crate::Social;
use crate::activities::Activities;
use crate::storage::{Opened, Storage, sqlite};

/// Why an engine could not be wired.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The data folder cannot be used.
    #[error("the data folder {path} cannot be used: {source}", path = .path.display())]
    DataDir {
        /// The folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The blob store.
    #[error(transparent)]
    Blobs(#[from] BlobError),
    /// The key file.
    #[error(transparent)]
    Keys(#[from] KeyRingError),
    /// The HTTP client.
    #[error("the HTTP client cannot be set up: {0}")]
    Http(#[from] social_platforms::transport::BuildError),
    /// The first use of it all.
    #[error(transparent)]
    Engine(#[from] Error),
    /// Credentials were given for a network that no built-in client speaks to.
    #[error("there is no built-in client for `{0}`: add one of your own by `Builder::platform`")]
    NoClient(Platform),
    /// An address that leads nowhere.
    #[error("the address of the {what} cannot be used: {why}")]
    Address {
        /// What it is of.
        what: &'static str,
        /// What is wrong, and what to give.
        why: String,
    },
    /// What was asked for was left out of this program.
    #[error("this program was built without the feature `{0}`: build it with it, or leave it out")]
    NoFeature(&'static str),
}

/// Wires an engine. Everything has a default.
#[derive(Debug, Default)]
pub struct Builder {
    data_dir: Option<PathBuf>,
    store: Option<Opened>,
    storage: Storage,
    blobs: Option<Arc<dyn BlobStore>>,
    media: Option<Arc<dyn MediaPipeline>>,
    media_worker: Option<PathBuf>,
    content: Option<Arc<dyn ContentEngine>>,
    sealer: Option<Arc<dyn Sealer>>,
    passwords: Option<Arc<dyn PasswordHasher>>,
    clock: Option<Arc<dyn Clock>>,
    ids: Option<Arc<dyn IdSource>>,
    events: Option<Arc<dyn EventSink>>,
    transport: Option<Arc<dyn Transport>>,
    outbound: Option<Arc<dyn Transport>>,
    private_hosts: Vec<PrivateHost>,
    config: EngineConfig,
    public_url: Option<Url>,
    apps: BTreeMap<Platform, AppCredentials>,
    scopes: BTreeMap<Platform, Vec<String>>,
    versions: BTreeMap<Platform, Vec<ApiVersion>>,
    instagram_login: Option<AppCredentials>,
    endpoints: Endpoints,
    platforms: Vec<Arc<dyn PlatformApi>>,
}

/// For posting as a person and as an organisation, and for reading the numbers of both.
#[cfg(feature = "sim")]
const LINKEDIN_SCOPES: [&str; 8] = [
    "openid",
    "profile",
    "w_member_social",
    "w_organization_social",
    "r_organization_social",
    "rw_organization_admin",
    "r_member_postAnalytics",
    "r_member_profileAnalytics",
];

/// Where the networks' hosts are.
#[derive(Debug, Clone, Default)]
struct Endpoints {
    meta: MetaEndpoints,
    linkedin: LinkedInEndpoints,
    tiktok: TikTokEndpoints,
}

impl Builder {
    /// Keeps everything in this folder. Default: `./social-data`.
    #[must_use]
    pub fn data_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.data_dir = Some(path.into());
        self
    }

    /// Keeps rows in this store, which also hands out jobs and knows who must be left alone.
    /// Default: a SQLite file in the data folder.
    #[must_use]
    pub fn store<S: Store + JobQueue + RateLimiter>(mut self, store: Arc<S>) -> Self {
        self.store = Some(Opened::of(store));
        self
    }

    /// Keeps rows in the database at this address: `postgres://user:password@host/name` (feature
    /// `postgres`), or a SQLite file. All who work on one PostgreSQL go by its clock, unless
    /// [`Builder::clock`] says otherwise, and need the same key files. [`Builder::store`] wins.
    #[must_use]
    pub fn database(mut self, address: impl Into<SecretString>) -> Self {
        self.storage.database = Some(address.into());
        self
    }

    /// Shares quotas and wake-ups with other processes by the Redis or Valkey at this address, such
    /// as `rediss://user:password@host:6379` (feature `redis`). While it is gone everything goes
    /// on: each process then knows what it heard of itself.
    #[must_use]
    pub fn redis(mut self, address: impl Into<SecretString>) -> Self {
        self.storage.redis = Some(address.into());
        self
    }

    /// Keeps media in the bucket at this address (feature `s3`):
    /// `s3://KEY:SECRET@bucket/prefix?region=eu-central-1`, with `&endpoint=https://…` where it is
    /// not Amazon's. [`Builder::blobs`] wins.
    #[must_use]
    pub fn bucket(mut self, address: impl Into<SecretString>) -> Self {
        self.storage.blobs = Some(address.into());
        self
    }

    /// Keeps media here. Default: the folder `media` in the data folder.
    #[must_use]
    pub fn blobs(mut self, blobs: Arc<dyn BlobStore>) -> Self {
        self.blobs = Some(blobs);
        self
    }

    /// Fits media by this pipeline. Default: this machine's, see [`LocalMedia`].
    #[must_use]
    pub fn media(mut self, media: Arc<dyn MediaPipeline>) -> Self {
        self.media = Some(media);
        self
    }

    /// Runs the decoders of clips, HEIC and AVIF by this program. Default: `social-media-worker` beside
    /// the executable that runs. With the feature `video` they run in this process instead.
    #[must_use]
    pub fn media_worker(mut self, program: impl Into<PathBuf>) -> Self {
        self.media_worker = Some(program.into());
        self
    }

    /// Writes text by this engine. Default: [`Offline`].
    #[must_use]
    pub fn content(mut self, content: Arc<dyn ContentEngine>) -> Self {
        self.content = Some(content);
        self
    }

    /// Seals tokens by this. Default: a key file in the data folder, made at the first start.
    #[must_use]
    pub fn sealer(mut self, sealer: Arc<dyn Sealer>) -> Self {
        self.sealer = Some(sealer);
        self
    }

    /// Hashes passwords by this. Default: Argon2id, see [`Argon2Hasher`].
    #[must_use]
    pub fn passwords(mut self, passwords: Arc<dyn PasswordHasher>) -> Self {
        self.passwords = Some(passwords);
        self
    }

    /// Takes the time from here. Default: the machine's clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Takes ids and randomness from here. Default: the operating system's.
    #[must_use]
    pub fn ids(mut self, ids: Arc<dyn IdSource>) -> Self {
        self.ids = Some(ids);
        self
    }

    /// Tells this sink what is going on. Default: nobody.
    #[must_use]
    pub fn events(mut self, events: Arc<dyn EventSink>) -> Self {
        self.events = Some(events);
        self
    }

    /// Goes to the networks this way. Default: HTTP by this machine.
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Goes to addresses that came from users (webhooks, media by their address) this way.
    /// Default: HTTP by this machine, to public addresses and [`Builder::allow_private`] alone.
    #[must_use]
    pub fn outbound(mut self, outbound: Arc<dyn Transport>) -> Self {
        self.outbound = Some(outbound);
        self
    }

    /// Lets addresses that came from users be at this host too, although it is not public.
    #[must_use]
    pub fn allow_private(mut self, host: PrivateHost) -> Self {
        self.private_hosts.push(host);
        self
    }

    /// Is as patient as this says.
    #[must_use]
    pub fn config(mut self, config: EngineConfig) -> Self {
        self.config = config;
        self
    }

    /// The address under which networks reach this app, which serves `/media` there (the feature
    /// `http` has the route). Networks that fetch pictures need it. Default: none.
    #[must_use]
    pub fn public_url(mut self, url: Url) -> Self {
        self.public_url = Some(url);
        self
    }

    /// Publishes to this network as this app.
    #[must_use]
    pub fn app(mut self, platform: Platform, app: AppCredentials) -> Self {
        self.apps.insert(platform, app);
        self
    }

    /// Has people sign in to Instagram by Instagram Login, with this Instagram app, which needs no
    /// Page. The Facebook app of [`app`](Self::app) goes on serving accounts of Facebook Login.
    #[must_use]
    pub fn instagram_login(mut self, app: AppCredentials) -> Self {
        self.instagram_login = Some(app);
        self
    }

    /// Asks people of this network for these scopes. Default: what posting as themselves needs; for
    /// LinkedIn's organisations add `w_organization_social`, `r_organization_social` and
    /// `rw_organization_admin`, which LinkedIn grants to approved apps.
    #[must_use]
    pub fn scopes(
        mut self,
        platform: Platform,
        scopes: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.scopes.insert(platform, scopes.into_iter().map(Into::into).collect());
        self
    }

    /// Speaks these versions of a network's API, oldest first: the first until the network says that
    /// it has ended, then the next. Default: the newest that this release knows.
    #[must_use]
    pub fn versions(
        mut self,
        platform: Platform,
        versions: impl IntoIterator<Item = ApiVersion>,
    ) -> Self {
        self.versions.insert(platform, versions.into_iter().collect());
        self
    }

    /// Publishes to a network by a client of your own.
    #[must_use]
    pub fn platform(mut self, api: Arc<dyn PlatformApi>) -> Self {
        self.platforms.push(api);
        self
    }

    /// Publishes to the simulators at `base` in place of the real networks.
    #[cfg(feature = "sim")]
    #[must_use]
    pub fn simulators(mut self, base: &Url) -> Self {
        let hosts = social_sim::Hosts::under(base);
        let client = social_sim::SimClient::default();
        for platform in
            [Platform::INSTAGRAM, Platform::FACEBOOK, Platform::LINKEDIN, Platform::TIKTOK]
        {
            let app = AppCredentials::new(client.id.clone(), client.secret.clone());
            self.apps.insert(platform, app);
        }
        self.endpoints = Endpoints {
            meta: MetaEndpoints {
                graph: hosts.graph,
                graph_video: hosts.graph_video,
                rupload: hosts.rupload,
                facebook_dialog: hosts.facebook_dialog,
                instagram_graph: hosts.instagram_graph,
                instagram_oauth: hosts.instagram_oauth,
                instagram_dialog: hosts.instagram_dialog,
                ..MetaEndpoints::default()
            },
            linkedin: LinkedInEndpoints {
                oauth: hosts.linkedin_oauth,
                api: hosts.linkedin_api,
                ..LinkedInEndpoints::default()
            },
            tiktok: TikTokEndpoints { auth: hosts.tiktok_auth, api: hosts.tiktok_api },
        };
        // The simulators grant what LinkedIn grants to approved apps alone.
        self.scopes(Platform::LINKEDIN, LINKEDIN_SCOPES)
    }

    /// Wires the engine: opens the store, brings it up to date, and makes the first workspace.
    ///
    /// # Errors
    /// [`BuildError`] says what cannot be used, and what to do about it.
    pub async fn build(mut self) -> Result<Social, BuildError> {
        let own_clock = self.clock.take();
        let clock = own_clock.clone().unwrap_or_else(|| Arc::new(SystemClock::new()));
        let ids = self.ids.take().unwrap_or_else(|| Arc::new(SystemIds));
        let opened = match self.store.take() {
            Some(store) => store,
            None => self.open_store(&clock).await?,
        };
        let clock = own_clock.or_else(|| opened.clock.clone()).unwrap_or(clock);
        let Opened { store, queue, limiter, .. } = self.storage.share(opened, &clock, &*ids)?;
        let blobs = match self.blobs.take() {
            Some(blobs) => blobs,
            None => self.default_blobs(&clock, &*ids).await?,
        };
        let session_key = self.session_key(&*ids).await?;
        let sealer = match self.sealer.take() {
            Some(sealer) => sealer,
            None => {
                Arc::new(RingSealer::from_file(self.folder().await?.join("keys"), ids.clone())?)
            }
        };
        let transport = match self.transport.take() {
            Some(transport) => transport,
            None => {
                let real = ReqwestTransport::builder().blobs(blobs.clone()).build()?;
                Arc::new(Traced::new(Arc::new(real), clock.clone()))
            }
        };
        let outbound = match self.outbound.take() {
            Some(outbound) => outbound,
            None => {
                let hosts = std::mem::take(&mut self.private_hosts);
                let guarded = Guarded::new(ReqwestTransport::builder, hosts)?;
                Arc::new(Traced::new(Arc::new(guarded), clock.clone()))
            }
        };
        let media = match self.media.take() {
            Some(media) => media,
            None => self.default_media().await?,
        };
        let platforms = self.clients(&transport, &clock)?;
        let activities = Arc::new(Activities::new(self.events));
        let ports = Ports {
            store,
            queue,
            limiter,
            blobs,
            media,
            sealer,
            passwords: self.passwords.unwrap_or_else(|| Arc::new(Argon2Hasher::new(ids.clone()))),
            clock,
            ids,
            events: activities.clone(),
            outbound,
            platforms,
            flights: Flights::default(),
            throttle: Throttle::default(),
            config: self.config,
        };
        let workspace = Workspaces::new(ports.clone()).default().await?;
        let content = self.content.unwrap_or_else(|| Arc::new(Offline));
        Ok(Social { ports, workspace, content, activities, session_key })
    }

    /// Works beside the blobs, so that workers are lent a file by a link and not by a copy.
    async fn default_media(&self) -> Result<Arc<dyn MediaPipeline>, BuildError> {
        let mut media = LocalMedia::builder().scratch_dir(self.folder().await?.join("scratch"));
        if let Some(program) = &self.media_worker {
            media = media.worker(program);
        }
        #[cfg(feature = "video")]
        {
            media = media.native(Arc::new(social_media_worker::InProcess));
        }
        Ok(Arc::new(media.build()))
    }

    async fn folder(&self) -> Result<PathBuf, BuildError> {
        let path = self.data_dir.clone().unwrap_or_else(|| PathBuf::from("social-data"));
        match tokio::fs::create_dir_all(&path).await {
            Ok(()) => Ok(path),
            Err(source) => Err(BuildError::DataDir { path, source }),
        }
    }

    async fn open_store(&self, clock: &Arc<dyn Clock>) -> Result<Opened, BuildError> {
        match self.storage.store(clock).await? {
            Some(opened) => Ok(opened),
            None => sqlite(self.folder().await?.join("social.db"), clock).await,
        }
    }

    async fn default_blobs(
        &self,
        clock: &Arc<dyn Clock>,
        ids: &dyn IdSource,
    ) -> Result<Arc<dyn BlobStore>, BuildError> {
        if let Some(bucket) = self.storage.bucket()? {
            return Ok(bucket);
        }
        let folder = FolderBlobs::new(self.folder().await?.join("media"))?;
        let Some(base) = self.public_url.clone() else { return Ok(Arc::new(folder)) };
        // Kept, so that an address that a network was given before a restart works after it.
        let key = self.kept_key("media-links.key", ids).await?;
        Ok(Arc::new(folder.with_public_base(base, &key, clock.clone())))
    }

    /// The key that signs the access tokens of people. Kept where other keys are kept; where an app
    /// keeps these itself, it lasts as long as the process, and people's clients refresh after it.
    async fn session_key(&self, ids: &dyn IdSource) -> Result<SecretSlice<u8>, BuildError> {
        if self.sealer.is_none() {
            return Ok(self.kept_key("sessions.key", ids).await?.into());
        }
        let mut key = vec![0; 32];
        ids.fill(&mut key);
        Ok(key.into())
    }

    /// A key of 32 bytes in a file of the data folder, made where there is none.
    async fn kept_key(&self, name: &str, ids: &dyn IdSource) -> Result<Vec<u8>, BuildError> {
        let path = self.folder().await?.join(name);
        let unusable = |source| BuildError::DataDir { path: path.clone(), source };
        match tokio::fs::read(&path).await {
            Ok(key) if key.len() == 32 => return Ok(key),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(unusable(error)),
        }
        let mut key = vec![0; 32];
        ids.fill(&mut key);
        let mut options = tokio::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        options.mode(0o600);
        let mut file = options.open(&path).await.map_err(unusable)?;
        file.write_all(&key).await.map_err(unusable)?;
        file.sync_all().await.map_err(unusable)?;
        Ok(key)
    }

    fn clients(
        &self,
        transport: &Arc<dyn Transport>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Registry, BuildError> {
        let mut networks =
            Networks { instagram_login: self.instagram_login.clone(), ..Networks::default() };
        let Endpoints { mut meta, mut linkedin, tiktok } = self.endpoints.clone();
        let usual = meta.versions.clone();
        for (platform, app) in &self.apps {
            let own = self.versions.get(platform).cloned();
            if *platform == Platform::LINKEDIN {
                linkedin.versions = own.unwrap_or_else(|| linkedin.versions.clone());
            } else {
                meta.versions = own.unwrap_or_else(|| usual.clone());
            }
            if *platform == Platform::INSTAGRAM {
                networks.instagram = Some(self.config_of(platform, app, &meta));
            } else if *platform == Platform::FACEBOOK {
                networks.facebook = Some(self.config_of(platform, app, &meta));
            } else if *platform == Platform::LINKEDIN {
                networks.linkedin = Some(self.config_of(platform, app, &linkedin));
            } else if *platform == Platform::TIKTOK {
                networks.tiktok = Some(self.config_of(platform, app, &tiktok));
            } else {
                return Err(BuildError::NoClient(platform.clone()));
            }
        }
        let mut registry = Registry::new(social_platforms::all(networks, transport, clock));
        for own in &self.platforms {
            registry.add(own.clone());
        }
        Ok(registry)
    }

    fn config_of<E: Clone + Default>(
        &self,
        platform: &Platform,
        app: &AppCredentials,
        endpoints: &E,
    ) -> Config<E> {
        let config = Config::new(app.clone()).endpoints(endpoints.clone());
        match self.scopes.get(platform) {
            Some(scopes) => config.scopes(scopes),
            None => config,
        }
    }
}
