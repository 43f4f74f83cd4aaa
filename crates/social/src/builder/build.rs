//! Making an engine of what was given, and defaults for the rest.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretSlice;
use social_content::Offline;
use social_core::domain::Platform;
use social_core::engine::{Flights, Ports, Registry, Throttle, Workspaces};
use social_core::ports::{
    BlobStore, Clock, IdSource, MediaPipeline, SystemClock, SystemIds, Transport,
};
use social_media::LocalMedia;
use social_platforms::transport::{Guarded, ReqwestTransport, Traced};
use social_platforms::{AppCredentials, Config, Networks};
use social_store::{Argon2Hasher, FolderBlobs, RingSealer};
use tokio::io::AsyncWriteExt as _;

use super::{BuildError, Builder, Endpoints};
use crate::Social;
use crate::activities::Activities;
use crate::storage::{Opened, sqlite};

impl Builder {
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
