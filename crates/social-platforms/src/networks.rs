//! All networks at once.

use std::sync::Arc;

use social_core::ports::{Clock, PlatformApi, Transport};

use crate::config::{AppCredentials, Config, LinkedInEndpoints, MetaEndpoints, TikTokEndpoints};
use crate::{Facebook, Instagram, LinkedIn, TikTok};

/// The configurations of the networks that a program serves.
#[derive(Debug, Clone, Default)]
pub struct Networks {
    /// Instagram, where it is served.
    pub instagram: Option<Config<MetaEndpoints>>,
    /// The Instagram app by which people sign in, where that is not by Facebook Login.
    pub instagram_login: Option<AppCredentials>,
    /// Facebook, where it is served.
    pub facebook: Option<Config<MetaEndpoints>>,
    /// LinkedIn, where it is served.
    pub linkedin: Option<Config<LinkedInEndpoints>>,
    /// TikTok, where it is served.
    pub tiktok: Option<Config<TikTokEndpoints>>,
}

/// A client for each network that is configured.
#[must_use]
pub fn all(
    networks: Networks,
    transport: &Arc<dyn Transport>,
    clock: &Arc<dyn Clock>,
) -> Vec<Arc<dyn PlatformApi>> {
    let mut clients: Vec<Arc<dyn PlatformApi>> = Vec::new();
    let (transport, clock) = (|| transport.clone(), || clock.clone());
    if let Some(config) = networks.instagram {
        let client = Instagram::new(config, transport(), clock());
        clients.push(Arc::new(match networks.instagram_login {
            Some(app) => client.instagram_login(app),
            None => client,
        }));
    }
    if let Some(config) = networks.facebook {
        clients.push(Arc::new(Facebook::new(config, transport(), clock())));
    }
    if let Some(config) = networks.linkedin {
        clients.push(Arc::new(LinkedIn::new(config, transport(), clock())));
    }
    if let Some(config) = networks.tiktok {
        clients.push(Arc::new(TikTok::new(config, transport(), clock())));
    }
    clients
}
