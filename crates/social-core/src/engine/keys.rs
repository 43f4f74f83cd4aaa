//! API keys: made, recognised, revoked.

use std::collections::BTreeSet;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::audit::note;
use super::{Error, Missing, Ports};
use crate::Timestamp;
use crate::domain::{ApiKey, Budget, KeyId, Permission, Scope, WorkspaceId, WritePolicy};

/// What a secret begins with, so that scanners of leaked secrets know it.
const PREFIX: &str = "sk_social_";

/// How often the last use of a key is written at most.
const TOUCH: Duration = Duration::from_secs(60);

/// A key to be made.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// Its name, for people.
    pub name: String,
    /// What it allows.
    pub scopes: BTreeSet<Scope>,
    /// What the skill's configuration allows; by default all of it.
    #[serde(default = "all_permissions")]
    pub permissions: BTreeSet<Permission>,
    /// What must happen before its posts go out.
    #[serde(default)]
    pub policy: WritePolicy,
    /// What it may spend.
    #[serde(default)]
    pub budget: Budget,
    /// When it ends by itself.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
}

fn all_permissions() -> BTreeSet<Permission> {
    BTreeSet::from(Permission::ALL)
}

impl NewKey {
    /// A key that may do all but approve: what an agent gets.
    pub fn for_agent(name: impl Into<String>) -> Self {
        let mut scopes = BTreeSet::from(Scope::ALL);
        scopes.remove(&Scope::ApprovalsWrite);
        Self {
            name: name.into(),
            scopes,
            permissions: all_permissions(),
            policy: WritePolicy::default(),
            budget: Budget::default(),
            expires_at: None,
        }
    }
}

/// Makes, recognises and revokes API keys.
#[derive(Debug, Clone)]
pub struct Keys {
    ports: Ports,
    actor: Option<String>,
}

impl Keys {
    /// Keys over `ports`.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self { ports, actor: None }
    }

    /// The same for somebody (`key_…`, a person's id), whose acts are put on record, each in the
    /// transaction that does it.
    #[must_use]
    pub fn by(mut self, actor: impl Into<String>) -> Self {
        self.actor = Some(actor.into());
        self
    }

    /// A new key, and its secret, which is not kept and never shown again.
    ///
    /// # Errors
    /// For a key without a name or scope, and of the store.
    pub async fn create(
        &self,
        ws: WorkspaceId,
        new: NewKey,
    ) -> Result<(ApiKey, SecretString), Error> {
        if new.name.trim().is_empty() || new.scopes.is_empty() {
            let message = "a key needs a name and at least one scope".to_owned();
            return Err(Error::Refused(message));
        }
        let now = self.ports.clock.now();
        let secret = format!("{PREFIX}{}", self.ports.ids.secret());
        let key = ApiKey {
            id: KeyId::from_uuid(self.ports.ids.uuid(now)),
            workspace_id: ws,
            name: new.name,
            hash: hash(&secret),
            hint: secret[..PREFIX.len() + 4].to_owned(),
            scopes: new.scopes,
            permissions: new.permissions,
            policy: new.policy,
            budget: new.budget,
            created_at: now,
            expires_at: new.expires_at,
            revoked_at: None,
            last_used_at: None,
        };
        let mut unit = self.ports.store.begin().await?;
        unit.keys().insert(&key).await?;
        if let Some(actor) = &self.actor {
            note(&mut *unit, now, ws, actor, "key.create", &key.id.to_string()).await?;
        }
        unit.commit().await?;
        Ok((key, secret.into()))
    }

    /// The key of this secret, where it is good now. Looked up by its hash, so the time it takes
    /// tells nothing about the secrets that exist.
    ///
    /// # Errors
    /// Of the store.
    pub async fn recognise(&self, secret: &SecretString) -> Result<Option<ApiKey>, Error> {
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.read().await?;
        let Some(key) = unit.keys().by_hash(&hash(secret.expose_secret())).await? else {
            return Ok(None);
        };
        drop(unit);
        if key.revoked_at.is_some() || key.expires_at.is_some_and(|at| at <= now) {
            return Ok(None);
        }
        if key.last_used_at.is_none_or(|at| now.since(at) >= TOUCH) {
            let mut unit = self.ports.store.begin().await?;
            unit.keys().touch(key.workspace_id, key.id, now).await?;
            unit.commit().await?;
        }
        Ok(Some(key))
    }

    /// All keys of a workspace, without their secrets.
    ///
    /// # Errors
    /// Of the store.
    pub async fn list(&self, ws: WorkspaceId) -> Result<Vec<ApiKey>, Error> {
        let mut unit = self.ports.store.begin().await?;
        Ok(unit.keys().list(ws).await?)
    }

    /// Ends a key now.
    ///
    /// # Errors
    /// Where there is none, or of the store.
    pub async fn revoke(&self, ws: WorkspaceId, id: KeyId) -> Result<(), Error> {
        let mut unit = self.ports.store.begin().await?;
        let now = self.ports.clock.now();
        if !unit.keys().list(ws).await?.iter().any(|key| key.id == id) {
            return Err(Error::NotFound(Missing::Key(id)));
        }
        unit.keys().revoke(ws, id, now).await?;
        if let Some(actor) = &self.actor {
            note(&mut *unit, now, ws, actor, "key.revoke", &id.to_string()).await?;
        }
        unit.commit().await?;
        Ok(())
    }
}

fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}
