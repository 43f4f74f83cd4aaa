//! The simulated networks inside the server, and accounts on them.

use std::time::Duration;

use social::core::ports::Transport;
use social::platforms::transport::ReqwestTransport;
use social::sim::{SimConfig, SimServer};
use social::{Platform, Social};
use url::Url;

use super::Settings;
use crate::browser;
use crate::failure::Failure;
use crate::simulate;

/// The simulated networks, where they were asked for.
pub(super) struct Networks(Option<SimServer>);

impl Networks {
    pub(super) async fn start(settings: &Settings) -> Result<Self, Failure> {
        if !settings.simulators {
            return Ok(Self(None));
        }
        let mut config = SimConfig::default();
        // A moment for a person who waits; the real one takes up to a minute.
        config.tiktok.moderation = Duration::from_secs(2);
        Ok(Self(Some(simulate::start(config, 0).await?)))
    }

    pub(super) fn base_url(&self) -> Option<&Url> {
        self.0.as_ref().map(|server| &server.base_url)
    }

    /// Signs in at each network through its own page. Every time: what the simulators know ends
    /// with the process, the tokens of the last one with it.
    pub(super) async fn connect(&self, social: &Social, address: &Url) -> Result<(), Failure> {
        let transport = ReqwestTransport::builder()
            .build()
            .map_err(|error| Failure::later(error.to_string()))?;
        let transport: &dyn Transport = &transport;
        let back = address
            .join("sandbox/callback")
            .map_err(|error| Failure::later(format!("no address to come back to: {error}")))?;
        let accounts = social.accounts();
        for platform in
            [Platform::INSTAGRAM, Platform::FACEBOOK, Platform::LINKEDIN, Platform::TIKTOK]
        {
            let link = accounts.connect(social.workspace(), &platform, &back).await?;
            let callback = browser::allow(transport, &link.url).await?;
            for account in accounts.finish_with_all(&callback).await?.accounts {
                tracing::info!(%platform, account = %account.id, "connected");
            }
        }
        Ok(())
    }

    pub(super) async fn stop(self) {
        if let Some(server) = self.0 {
            server.stop().await;
        }
    }
}
