//! Keys that were recognised a moment ago, so that not each request reads the database for one.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use social_core::Timestamp;
use social_core::domain::{ApiKey, KeyId};

/// For how long a key is taken for good without a look. One that is revoked here ends at once; one
/// that another process revokes ends after this.
const FRESH: Duration = Duration::from_secs(2);

/// Beyond so many, all are looked up again.
const MOST: usize = 10_000;

/// What hashes to what: the secrets themselves are not kept.
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<HashMap<[u8; 32], (ApiKey, Timestamp)>>);

impl Known {
    /// The key of this secret, where it was recognised a moment ago and has not ended since.
    pub(crate) fn get(&self, secret: &SecretString, now: Timestamp) -> Option<ApiKey> {
        let keys = self.keys();
        let (key, at) = keys.get(&hash(secret))?;
        let ended = key.expires_at.is_some_and(|end| end <= now);
        (!ended && *at <= now && now.since(*at) < FRESH).then(|| key.clone())
    }

    /// It was recognised at `now`.
    pub(crate) fn put(&self, secret: &SecretString, key: &ApiKey, now: Timestamp) {
        let mut keys = self.keys();
        if keys.len() >= MOST {
            keys.clear();
        }
        keys.insert(hash(secret), (key.clone(), now));
    }

    /// It was revoked.
    pub(crate) fn forget(&self, id: KeyId) {
        self.keys().retain(|_, (key, _)| key.id != id);
    }

    fn keys(&self) -> MutexGuard<'_, HashMap<[u8; 32], (ApiKey, Timestamp)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash(secret: &SecretString) -> [u8; 32] {
    Sha256::digest(secret.expose_secret()).into()
}
