//! All that stands before the play begins: the networks, the media server, the engine.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use social::core::ports::{SystemClock, Transport};
use social::platforms::transport::ReqwestTransport;
use social::sim::{SimConfig, SimServer};
use social::{Account, AccountId, Asset, Platform, PostView, Social, Target};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::timeline::Timeline;
use crate::args::Demo;
use crate::browser;
use crate::failure::Failure;
use crate::simulate;

/// A photograph; its licence stands beside it.
pub(super) const PHOTO: &[u8] = include_bytes!("../../../../examples/media/photo.jpg");
/// A clip; its licence stands beside it.
pub(crate) const CLIP: &[u8] = include_bytes!("../../../../examples/media/clip.mp4");

/// The networks, the media server and the engine, running.
pub(super) struct Stage {
    pub(super) social: Social,
    pub(super) networks: SimServer,
    browser: ReqwestTransport,
    callback: Url,
    accounts: Mutex<BTreeMap<AccountId, Account>>,
    media_server: CancellationToken,
    _folder: Option<tempfile::TempDir>,
}

impl Stage {
    /// Sets everything up.
    pub(super) async fn set(options: &Demo, timeline: &Timeline) -> Result<Self, Failure> {
        timeline.headline("Set the stage");
        let mut config = SimConfig::default();
        // A moment for a person who waits; the real one takes up to a minute.
        config.tiktok.moderation = Duration::from_secs(2);
        let networks = simulate::start(config, options.port).await?;
        timeline.note(&format!("four simulated networks   {}__sim/", networks.base_url));
        let (folder, data) = match &options.data {
            Some(path) => (None, path.clone()),
            None => {
                let folder = tempfile::tempdir()?;
                let data = folder.path().to_owned();
                (Some(folder), data)
            }
        };
        // The address must be known before the engine is wired, and the media be served after.
        let listener =
            tokio::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let public_url = address(&listener)?;
        let social = Social::builder()
            .data_dir(&data)
            .simulators(&networks.base_url)
            .public_url(public_url.clone())
            .clock(Arc::new(SystemClock::new()))
            .build()
            .await?;
        timeline.note(&format!("the engine, on SQLite in  {}", data.display()));
        let media_server = CancellationToken::new();
        let stopped = media_server.clone().cancelled_owned();
        let router = social::http::media(social.ports().blobs.clone());
        tokio::spawn(async move {
            let _ = axum::serve(listener, router).with_graceful_shutdown(stopped).await;
        });
        let browser = ReqwestTransport::builder()
            .build()
            .map_err(|error| Failure::later(error.to_string()))?;
        let callback = public_url
            .join("callback/")
            .map_err(|error| Failure::later(format!("no address to come back to: {error}")))?;
        Ok(Self {
            social,
            networks,
            browser,
            callback,
            accounts: Mutex::default(),
            media_server,
            _folder: folder,
        })
    }

    /// Signs in at a network and returns the accounts that came with it.
    pub(super) async fn connect(&self, platform: &Platform) -> Result<Vec<Account>, Failure> {
        let accounts = self.social.accounts();
        let link = accounts.connect(self.social.workspace(), platform, &self.callback).await?;
        let browser: &dyn Transport = &self.browser;
        let back = browser::allow(browser, &link.url).await?;
        let connected = accounts.finish_with_all(&back).await?;
        if connected.accounts.is_empty() {
            return Err(Failure::person(format!("{platform}: no account to publish to")));
        }
        let mut known = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        for account in &connected.accounts {
            known.insert(account.id, account.clone());
        }
        Ok(connected.accounts)
    }

    /// One account of each network: where a sign-in brought several, the first.
    pub(super) fn targets(&self) -> Vec<Target> {
        let known = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut targets: Vec<Target> = Vec::new();
        for account in known.values() {
            if !targets.iter().any(|target| target.platform == account.platform) {
                let platform = account.platform.clone();
                targets.push(Target { platform, account: Some(account.id) });
            }
        }
        targets
    }

    /// An account by its id.
    pub(super) fn account(&self, id: AccountId) -> Option<Account> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// What people call each account.
    pub(super) fn names(&self) -> BTreeMap<AccountId, String> {
        let known = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        known.values().map(|account| (account.id, name(account))).collect()
    }

    /// Takes media in: the given file, or what comes with the command.
    pub(super) async fn add(
        &self,
        path: Option<&Path>,
        own: &'static [u8],
        name: &str,
    ) -> Result<Asset, Failure> {
        let (library, ws) = (self.social.library(), self.social.workspace());
        Ok(match path {
            Some(path) => library.add_file(ws, path).await?,
            None => library.add_bytes(ws, Bytes::from_static(own), Some(name.to_owned())).await?,
        })
    }

    /// Waits a while for the addresses of posts, which the networks tell after publishing.
    pub(super) async fn wait_for_permalinks(&self, views: &mut [PostView]) -> Result<(), Failure> {
        let clock = &self.social.ports().clock;
        let until = clock.now() + Duration::from_secs(8);
        for view in views {
            loop {
                *view = self.social.posts().get(self.social.workspace(), view.post.id).await?;
                let missing = view.deliveries.iter().any(|delivery| {
                    delivery
                        .published
                        .as_ref()
                        .is_some_and(|p| p.permalink.is_none() && p.remote_id.is_some())
                });
                if !missing || clock.now() >= until {
                    break;
                }
                clock.sleep_until(clock.now() + Duration::from_millis(100)).await;
            }
        }
        Ok(())
    }

    /// Takes everything down.
    pub(super) async fn strike(self) {
        self.media_server.cancel();
        self.networks.stop().await;
    }
}

/// What people call an account.
pub(super) fn name(account: &Account) -> String {
    account.handle.clone().unwrap_or_else(|| account.name.clone())
}

fn address(listener: &tokio::net::TcpListener) -> Result<Url, Failure> {
    let port = listener.local_addr()?.port();
    format!("http://127.0.0.1:{port}/")
        .parse()
        .map_err(|error| Failure::later(format!("no address to serve media at: {error}")))
}
