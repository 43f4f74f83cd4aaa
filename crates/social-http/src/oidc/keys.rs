//! The keys that a provider signs with. Providers change them without a word: one that is not
//! known yet is asked for, and not more often than is polite.

use std::time::Duration;

use jsonwebtoken::Header;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use serde::Deserialize;
use social_core::Timestamp;
use social_core::ports::Transport;
use url::Url;

use super::{OidcError, discovery};

/// A key that was taken away must be forgotten some time.
const KEPT: Duration = Duration::from_secs(60 * 60);

/// Who sends tokens with made-up keys must not make us ask the provider for each.
const POLITE: Duration = Duration::from_secs(30);

/// The keys of a provider, as they were when it was asked last.
#[derive(Debug, Default)]
pub(super) struct KeySet {
    asked_at: Option<Timestamp>,
    /// When it was asked in vain.
    futile_at: Option<Timestamp>,
    keys: Vec<Jwk>,
}

/// A set may hold keys of kinds that are not known here: those are no use, and no harm.
#[derive(Deserialize)]
struct Published {
    keys: Vec<serde_json::Value>,
}

impl KeySet {
    /// The key for a token with this header; the provider is asked where it is not known.
    pub(super) async fn get(
        &mut self,
        header: &Header,
        transport: &dyn Transport,
        at: &Url,
        now: Timestamp,
    ) -> Result<Jwk, OidcError> {
        if let Some(key) = self.find(header, now) {
            return Ok(key);
        }
        if self.futile_at.is_some_and(|asked| now.since(asked) < POLITE) {
            return Err(OidcError::UnknownKey);
        }
        self.renew(transport, at, now).await?;
        let found = self.find(header, now);
        self.futile_at = found.is_none().then_some(now);
        found.ok_or(OidcError::UnknownKey)
    }

    /// Where a header names no key, there must be one alone.
    fn find(&self, header: &Header, now: Timestamp) -> Option<Jwk> {
        if self.asked_at.is_none_or(|at| now.since(at) >= KEPT) {
            return None;
        }
        let named = |key: &&Jwk| match &header.kid {
            Some(kid) => key.common.key_id.as_ref() == Some(kid),
            None => self.keys.len() == 1,
        };
        self.keys.iter().find(named).cloned()
    }

    async fn renew(
        &mut self,
        transport: &dyn Transport,
        at: &Url,
        now: Timestamp,
    ) -> Result<(), OidcError> {
        let published: Published = discovery::get(transport, at.as_str(), None).await?;
        let known = published.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
        self.keys = known
            .filter(|key: &Jwk| {
                !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption))
            })
            .collect();
        self.asked_at = Some(now);
        Ok(())
    }
}
