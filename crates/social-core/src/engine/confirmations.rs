//! Promises that somebody saw a preview.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use super::{Error, Ports};
use crate::Timestamp;
use crate::domain::{Confirmation, WorkspaceId};

/// For how long a token is good.
const TTL: Duration = Duration::from_secs(15 * 60);

/// What a token begins with.
const PREFIX: &str = "cfm_";

/// What came of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redeemed {
    /// It was good, and is used up now.
    Yes,
    /// It was given for something else, and is still good for that.
    Mismatch,
    /// It never was, was used, has expired, or was given to another.
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

    /// Uses a token up where it was given to `actor` for `payload`.
    ///
    /// # Errors
    /// Of the store.
    pub async fn redeem(
        &self,
        ws: WorkspaceId,
        actor: &str,
        token: &SecretString,
        payload: &str,
    ) -> Result<Redeemed, Error> {
        let now = self.0.clock.now();
        let mut unit = self.0.store.begin().await?;
        let taken = unit.confirmations().take(ws, &hash(token.expose_secret()), now).await?;
        let Some(taken) = taken.filter(|taken| taken.actor == actor) else {
            return Ok(Redeemed::Unknown);
        };
        if taken.payload != hash(payload) {
            // The unit is dropped, so the token was not taken.
            return Ok(Redeemed::Mismatch);
        }
        unit.commit().await?;
        Ok(Redeemed::Yes)
    }
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}
