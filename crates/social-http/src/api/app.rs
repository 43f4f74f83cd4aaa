//! What all handlers share.

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;
use social_core::Timestamp;
use social_core::domain::ApiKey;
use social_core::engine::{
    Accounts, Analytics, Audit, Confirmations, Error, Keys, Library, People, Ports, Posts,
    Sessions, Tokens, Webhooks,
};
use social_core::ports::ContentEngine;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::auth::Caller;
use super::config::ApiConfig;
use super::events::Listeners;
use super::known::Known;
use super::limits::Limits;
use super::posts::Running;
use super::sign_in::signer::Signer;
use crate::oidc::Oidc;

/// What all handlers share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) ports: Ports,
    pub(crate) config: ApiConfig,
    pub(crate) content: Option<Arc<dyn ContentEngine>>,
    pub(crate) listeners: Listeners,
    /// Cancelled when the server stops, so that streams end.
    pub(crate) closing: CancellationToken,
    pub(crate) limits: Limits,
    /// One for each request that may be under way.
    pub(crate) places: Semaphore,
    /// Keys that were recognised a moment ago.
    pub(crate) known: Known,
    pub(crate) signer: Signer,
    pub(crate) oidc: Option<Oidc>,
    pub(crate) running: Running,
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

    /// Posts of who asks: on record, and within the budget.
    pub(crate) fn posts_of(&self, caller: &Caller) -> Posts {
        self.posts().by(caller.actor()).within(caller.budget().clone())
    }

    pub(crate) fn accounts(&self) -> Accounts {
        Accounts::new(self.ports.clone())
    }

    /// Accounts whose changes are on record.
    pub(crate) fn accounts_of(&self, caller: &Caller) -> Accounts {
        self.accounts().by(caller.actor())
    }

    pub(crate) fn analytics(&self) -> Analytics {
        Analytics::new(self.ports.clone())
    }

    pub(crate) fn library(&self) -> Library {
        Library::new(self.ports.clone())
    }

    /// A library whose changes are on record.
    pub(crate) fn library_of(&self, caller: &Caller) -> Library {
        self.library().by(caller.actor())
    }

    pub(crate) fn keys(&self) -> Keys {
        Keys::new(self.ports.clone())
    }

    /// The key of this secret, where it is good.
    pub(crate) async fn recognise(&self, secret: &SecretString) -> Result<Option<ApiKey>, Error> {
        let now = self.now();
        if let Some(key) = self.known.get(secret, now) {
            return Ok(Some(key));
        }
        let found = self.keys().recognise(secret).await?;
        if let Some(key) = &found {
            self.known.put(secret, key, now);
        }
        Ok(found)
    }

    pub(crate) fn people(&self) -> People {
        People::new(self.ports.clone())
    }

    pub(crate) fn sessions(&self) -> Sessions {
        Sessions::new(self.ports.clone())
    }

    /// Webhooks, for somebody.
    pub(crate) fn webhooks(&self, caller: &Caller) -> Webhooks {
        Webhooks::new(self.ports.clone()).by(caller.actor())
    }

    pub(crate) fn tokens(&self) -> Tokens {
        Tokens::new(self.ports.clone())
    }

    pub(crate) fn confirmations(&self) -> Confirmations {
        Confirmations::new(self.ports.clone())
    }

    /// Puts on record what somebody did. What is done is done: a record that fails is an error of
    /// the operator's and none of the client's.
    pub(crate) async fn record(&self, caller: &Caller, action: &str, subject: &str) {
        let audit = Audit::new(self.ports.clone());
        let actor = caller.actor();
        if let Err(error) = audit.record(caller.workspace(), &actor, action, subject).await {
            tracing::error!(%error, %actor, action, subject, "not on record");
        }
    }
}
