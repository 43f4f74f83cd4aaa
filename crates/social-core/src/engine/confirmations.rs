//! Promises that somebody saw a preview.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use super::{Error, Ports};
use crate::Timestamp;
use crate::domain::{Confirmation, WorkspaceId};
use crate::ports::UnitOfWork;

/// For how long a token is good.
const TTL: Duration = Duration::from_secs(15 * 60);

/// What a token begins with.
const PREFIX: &str = "cfm_";

/// A token, and what it is to have been given for.
#[derive(Debug, Clone)]
pub struct Promise {
    /// The token.
    pub token: SecretString,
    /// All that was previewed.
    pub payload: String,
}

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unconfirmed {
    /// It was given for something else, and is still good for that.
    #[error("what is asked is not what was confirmed")]
    Mismatch,
    /// It never was, was used, has expired, or was given to another.
    #[error("this confirmation is unknown, was used already or is over")]
    Unknown,
}

/// Hands out and takes back tokens that stand for a preview somebody saw. Each is good once, for
/// what was previewed, by whom it was given to. Only hashes are kept.
#[derive(Debug, Clone)]
pub struct Confirmations(Ports);

impl Confirmations {
    /// Confirmations over `ports`.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self(ports)
    }

    /// A token for `payload`, which says all that was previewed, and until when it is good.
    ///
    /// # Errors
    /// Of the store.
    pub async fn issue(
        &self,
        ws: WorkspaceId,
        actor: &str,
        payload: &str,
    ) -> Result<(SecretString, Timestamp), Error> {
        let now = self.0.clock.now();
        let token = format!("{PREFIX}{}", self.0.ids.secret());
        let confirmation = Confirmation {
            hash: hash(&token),
            workspace_id: ws,
            actor: actor.to_owned(),
            payload: hash(payload),
            expires_at: now + TTL,
        };
        let mut unit = self.0.store.begin().await?;
        // Taking removes what has expired, so that previews nobody acts on do not pile up.
        unit.confirmations().take(ws, &confirmation.hash, now).await?;
        unit.confirmations().insert(&confirmation).await?;
        unit.commit().await?;
        Ok((token.into(), confirmation.expires_at))
    }

    /// Uses a token up where it was given to `actor` for what it is to have been given for. What is
    /// stored with it uses it up in its own transaction: see [`Posts::with`](super::Posts::with).
    ///
    /// # Errors
    /// [`Error::Unconfirmed`], or of the store.
    pub async fn redeem(
        &self,
        ws: WorkspaceId,
        actor: &str,
        promise: &Promise,
    ) -> Result<(), Error> {
        let mut unit = self.0.store.begin().await?;
        redeem(&mut *unit, self.0.clock.now(), ws, actor, promise).await?;
        unit.commit().await?;
        Ok(())
    }
}

/// Uses a token up in a unit. Where that fails the unit must be dropped, so that it was not taken.
pub(super) async fn redeem(
    unit: &mut dyn UnitOfWork,
    now: Timestamp,
    ws: WorkspaceId,
    actor: &str,
    promise: &Promise,
) -> Result<(), Error> {
    let hashed = hash(promise.token.expose_secret());
    let taken = unit.confirmations().take(ws, &hashed, now).await?;
    let taken = taken.filter(|taken| taken.actor == actor).ok_or(Unconfirmed::Unknown)?;
    if taken.payload != hash(&promise.payload) {
        return Err(Unconfirmed::Mismatch.into());
    }
    Ok(())
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}
