//! What all handlers share.

use std::fmt;
use std::sync::Arc;

use social_core::Timestamp;
use social_core::domain::ApiKey;
use social_core::engine::{
    Accounts, Analytics, Audit, Confirmations, Keys, Library, Ports, Posts, Tokens,
};
use social_core::ports::{Activity, ContentEngine};
use tokio::sync::broadcast;

use super::config::ApiConfig;
use super::limits::Limits;

/// Begins to listen to what is going on.
pub(crate) type Subscribe = Arc<dyn Fn() -> broadcast::Receiver<Activity> + Send + Sync>;

/// What all handlers share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) ports: Ports,
    pub(crate) config: ApiConfig,
    pub(crate) content: Option<Arc<dyn ContentEngine>>,
    pub(crate) activities: Option<Subscribe>,
    pub(crate) limits: Limits,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("config", &self.0.config).finish_non_exhaustive()
    }
}

impl std::ops::Deref for App {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl App {
    pub(crate) fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }

    pub(crate) fn posts(&self) -> Posts {
        Posts::new(self.ports.clone())
    }

    pub(crate) fn accounts(&self) -> Accounts {
        Accounts::new(self.ports.clone())
    }

    pub(crate) fn analytics(&self) -> Analytics {
        Analytics::new(self.ports.clone())
    }

    pub(crate) fn library(&self) -> Library {
        Library::new(self.ports.clone())
    }

    pub(crate) fn keys(&self) -> Keys {
        Keys::new(self.ports.clone())
    }

    pub(crate) fn tokens(&self) -> Tokens {
        Tokens::new(self.ports.clone())
    }

    pub(crate) fn confirmations(&self) -> Confirmations {
        Confirmations::new(self.ports.clone())
    }

    /// Puts on record what a key did. What is done is done: a record that fails is an error of
    /// the operator's and none of the client's.
    pub(crate) async fn record(&self, key: &ApiKey, action: &str, subject: &str) {
        let audit = Audit::new(self.ports.clone());
        let actor = key.id.to_string();
        if let Err(error) = audit.record(key.workspace_id, &actor, action, subject).await {
            tracing::error!(%error, %actor, action, subject, "not on record");
        }
    }
}
