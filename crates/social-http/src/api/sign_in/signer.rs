//! Small signed texts: access tokens, and what a browser keeps for us during a sign-in elsewhere.

use std::fmt;
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use social_core::Timestamp;
use social_core::domain::{Role, SessionId, WorkspaceId};
use social_core::engine::OpenSession;

/// How long an access token is good. Short, since a copy of it works anywhere; a session that was
/// ended is refused at once all the same.
pub(crate) const ACCESS: Duration = Duration::from_secs(10 * 60);

/// Signs with HMAC-SHA256 under a key that never leaves the server. Each text says what it is for,
/// so that none passes for another.
pub(crate) struct Signer {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

#[derive(Serialize, Deserialize)]
struct Signed<T> {
    aud: String,
    exp: i64,
    #[serde(flatten)]
    claims: T,
}

/// What an access token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Access {
    /// Who.
    sub: String,
    /// Where.
    #[serde(rename = "ws")]
    pub(crate) workspace: WorkspaceId,
    /// As what, when it was issued; what counts is what they are now.
    role: Role,
    /// In which session.
    #[serde(rename = "sid")]
    pub(crate) session: SessionId,
    iat: i64,
}

/// It could not be signed.
#[derive(Debug, thiserror::Error)]
#[error("a token could not be signed: {0}")]
pub(crate) struct NotSigned(#[from] jsonwebtoken::errors::Error);

impl Signer {
    pub(crate) fn new(key: &[u8]) -> Self {
        Self { encoding: EncodingKey::from_secret(key), decoding: DecodingKey::from_secret(key) }
    }

    /// Signs `claims` for one use, until `until`.
    pub(crate) fn sign<T: Serialize>(
        &self,
        audience: &str,
        until: Timestamp,
        claims: T,
    ) -> Result<String, NotSigned> {
        let signed = Signed { aud: audience.to_owned(), exp: until.as_secs(), claims };
        Ok(jsonwebtoken::encode(&Header::new(Algorithm::HS256), &signed, &self.encoding)?)
    }

    /// What was signed for this use, while it is good.
    pub(crate) fn read<T: DeserializeOwned>(
        &self,
        audience: &str,
        token: &str,
        now: Timestamp,
    ) -> Option<T> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_audience(&[audience]);
        // The time is the engine's, see below.
        rules.validate_exp = false;
        let signed = jsonwebtoken::decode::<Signed<T>>(token, &self.decoding, &rules).ok()?;
        (Timestamp::from_secs(signed.claims.exp) > now).then_some(signed.claims.claims)
    }

    /// An access token of this session.
    pub(crate) fn access(&self, open: &OpenSession, now: Timestamp) -> Result<String, NotSigned> {
        let claims = Access {
            sub: open.person.id.to_string(),
            workspace: open.person.workspace_id,
            role: open.person.role,
            session: open.session.id,
            iat: now.as_secs(),
        };
        self.sign("access", now + ACCESS, claims)
    }
}

/// Whether a token has the form of an access token; a key never has it.
pub(crate) fn is_access(token: &str) -> bool {
    token.split('.').count() == 3
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer")
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Word {
        word: String,
    }

    #[test]
    fn a_text_is_good_for_its_use_its_time_and_its_key_alone() {
        let signer = Signer::new(&[1; 32]);
        let end = Timestamp::from_secs(1_800_000_000);
        let word = || Word { word: "w".into() };
        let token = signer.sign("one", end, word()).unwrap();
        let before = end - Duration::from_secs(1);
        let read =
            |signer: &Signer, audience, token: &str, now| signer.read::<Word>(audience, token, now);
        assert_eq!(read(&signer, "one", &token, before), Some(word()));
        assert_eq!(read(&signer, "one", &token, end), None);
        assert_eq!(read(&signer, "two", &token, before), None);
        assert_eq!(read(&Signer::new(&[2; 32]), "one", &token, before), None);
        // The header does not choose how it is checked.
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        let claims = token.split('.').nth(1).unwrap();
        assert_eq!(read(&signer, "one", &format!("{none}.{claims}."), before), None);
    }
}
