//! The networks an app publishes to.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Error;
use crate::domain::Platform;
use crate::ports::PlatformApi;

/// The networks an app publishes to, built explicitly: nothing registers itself.
#[derive(Debug, Clone, Default)]
pub struct Registry(BTreeMap<Platform, Arc<dyn PlatformApi>>);

impl Registry {
    /// A registry of these networks; of two of one name the later one stays.
    pub fn new(apis: impl IntoIterator<Item = Arc<dyn PlatformApi>>) -> Self {
        Self(apis.into_iter().map(|api| (api.platform().clone(), api)).collect())
    }

    /// Adds a network, or takes the place of one of its name.
    pub fn add(&mut self, api: Arc<dyn PlatformApi>) {
        self.0.insert(api.platform().clone(), api);
    }

    /// The client of a network.
    ///
    /// # Errors
    /// [`Error::UnknownPlatform`], which names the known ones.
    pub fn get(&self, platform: &Platform) -> Result<&Arc<dyn PlatformApi>, Error> {
        self.0
            .get(platform)
            .ok_or_else(|| Error::UnknownPlatform(platform.to_string(), self.names()))
    }

    /// The names of all, for messages.
    #[must_use]
    pub fn names(&self) -> String {
        self.0.keys().map(Platform::as_str).collect::<Vec<_>>().join(", ")
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn PlatformApi>> {
        self.0.values()
    }
}
