//! Wiring an engine.

mod build;
mod error;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

pub use error::BuildError;
use secrecy::SecretString;
use social_core::domain::Platform;
use social_core::engine::EngineConfig;
use social_core::ports::{
    BlobStore, Clock, ContentEngine, EventSink, IdSource, JobQueue, MediaPipeline, PasswordHasher,
    PlatformApi, RateLimiter, Sealer, Store, SystemClock, Transport,
};
use social_platforms::transport::PrivateHost;
use social_platforms::{
    ApiVersion, AppCredentials, LinkedInEndpoints, MetaEndpoints, TikTokEndpoints,
};
use url::Url;

use crate::storage::{Opened, Storage};

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

    /// Shares quotas, wake-ups and, before PostgreSQL, what is due with other processes by the Redis or Valkey at this address, such
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

    /// What is wrong with the addresses of [`Builder::database`], [`Builder::redis`] and
    /// [`Builder::bucket`], as far as it shows without going there. Must be called within a runtime.
    #[must_use]
    pub fn check_addresses(&self) -> Vec<BuildError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        self.storage.wrong(&clock)
    }

    /// Keeps media here. Default: the folder `media` in the data folder.
    #[must_use]
    pub fn blobs(mut self, blobs: Arc<dyn BlobStore>) -> Self {
        self.blobs = Some(blobs);
        self
    }

    /// Fits media by this pipeline. Default: this machine's, see [`LocalMedia`](social_media::LocalMedia).
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

    /// Writes text by this engine. Default: [`Offline`](social_content::Offline).
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

    /// Hashes passwords by this. Default: Argon2id, see [`Argon2Hasher`](social_store::Argon2Hasher).
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
}
