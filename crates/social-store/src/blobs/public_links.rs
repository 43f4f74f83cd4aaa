//! Addresses that let anyone read one blob for a while.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use social_core::Timestamp;
use social_core::ports::{BlobError, BlobKey, Clock};
use url::Url;
use zeroize::Zeroizing;

/// Makes and checks addresses such as
/// `https://example.org/media/{key}?expires={seconds}&sig={hex}`.
///
/// The signature is HMAC-SHA256 over the key and the expiry, so an address opens one blob, until
/// then, and cannot be made without the signing key.
pub struct PublicLinks {
    base: Url,
    signing_key: Zeroizing<Vec<u8>>,
    clock: Arc<dyn Clock>,
}

impl PublicLinks {
    /// Links below `base`, signed with `signing_key`.
    #[must_use]
    pub fn new(base: Url, signing_key: &[u8], clock: Arc<dyn Clock>) -> Self {
        Self { base, signing_key: Zeroizing::new(signing_key.to_vec()), clock }
    }

    /// The address of `key`, good for `ttl`.
    ///
    /// # Errors
    /// [`BlobError::Io`] where the base cannot bear a path.
    pub fn url(&self, key: &BlobKey, ttl: Duration) -> Result<Url, BlobError> {
        // Rounded up, so that it is good for all of `ttl`.
        let expires = (self.clock.now() + ttl + Duration::from_millis(999)).as_secs();
        let sig = hex::encode(self.mac(key, expires).finalize().into_bytes());
        let base = self.base.as_str().trim_end_matches('/');
        format!("{base}/media/{key}?expires={expires}&sig={sig}")
            .parse()
            .map_err(|error| BlobError::Io(Box::new(error)))
    }

    /// Whether `sig` is ours for this key and expiry, and `expires` is not over at `now`. Takes
    /// the same time wherever a wrong signature differs.
    #[must_use]
    pub fn verify(&self, key: &BlobKey, expires: i64, sig: &str, now: Timestamp) -> bool {
        let Ok(sig) = hex::decode(sig) else { return false };
        self.mac(key, expires).verify_slice(&sig).is_ok() && now < Timestamp::from_secs(expires)
    }

    /// The same for the query of an address, at this moment.
    #[must_use]
    pub fn allows(&self, key: &BlobKey, query: &str) -> bool {
        let (mut expires, mut sig) = (None, None);
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "expires" => expires = value.parse().ok(),
                "sig" => sig = Some(value),
                _ => {}
            }
        }
        let (Some(expires), Some(sig)) = (expires, sig) else { return false };
        self.verify(key, expires, &sig, self.clock.now())
    }

    #[allow(clippy::expect_used, reason = "HMAC takes a key of any length")]
    fn mac(&self, key: &BlobKey, expires: i64) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.signing_key)
            .expect("HMAC takes a key of any length");
        // A key holds no line break, so no two pairs give the same bytes.
        mac.update(format!("media\n{key}\n{expires}").as_bytes());
        mac
    }
}

impl fmt::Debug for PublicLinks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicLinks({})", self.base)
    }
}
