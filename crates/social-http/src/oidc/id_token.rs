//! What an ID token must say (OpenID Connect Core 1.0, 3.1.3.7).

use std::time::Duration;

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde::Deserialize;
use social_core::Timestamp;
use social_core::domain::Subject;

use super::OidcError;

/// How far the provider's clock may be off.
const SLACK: Duration = Duration::from_secs(60);

/// What a token may be signed by. Signatures that our own secret could make are none of these, so
/// that a leaked client secret, or a public key taken for a secret, makes no token.
const ALLOWED: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// What a token must say to be for us and for this sign-in.
#[derive(Debug)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Timestamp,
}

/// What a token says.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    iss: String,
    pub(super) sub: String,
    aud: Audience,
    exp: f64,
    iat: f64,
    azp: Option<String>,
    nonce: Option<String>,
    #[serde(flatten)]
    pub(super) profile: Profile,
}

/// What a provider tells of a person.
#[derive(Debug, Deserialize)]
pub(super) struct Profile {
    pub(super) email: Option<String>,
    #[serde(default)]
    pub(super) email_verified: Flag,
    pub(super) name: Option<String>,
}

/// What it tells besides the ID token.
#[derive(Debug, Deserialize)]
pub(super) struct UserInfo {
    pub(super) sub: String,
    #[serde(flatten)]
    pub(super) profile: Profile,
}

impl Claims {
    pub(super) fn subject(&self) -> Subject {
        Subject { issuer: self.iss.clone(), subject: self.sub.clone() }
    }
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Some providers write the truth in quotes.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
pub(super) enum Flag {
    Bool(bool),
    Text(String),
    #[default]
    Missing,
}

impl Flag {
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Bool(flag) => *flag,
            Self::Text(text) => text == "true",
            Self::Missing => false,
        }
    }
}

/// What stands before the signature: how it is made, by which key.
pub(super) fn header(token: &str) -> Result<Header, OidcError> {
    let header = jsonwebtoken::decode_header(token)
        .map_err(|_| OidcError::Token("its header is not readable"))?;
    if !ALLOWED.contains(&header.alg) {
        return Err(OidcError::Token("it is not signed in a way that is allowed"));
    }
    Ok(header)
}

/// What the token says, where all of it is as it must be.
pub(super) fn check(token: &str, key: &Jwk, expected: &Expected<'_>) -> Result<Claims, OidcError> {
    let algorithm = header(token)?.alg;
    if matches!(key.algorithm, AlgorithmParameters::OctetKey(_)) {
        return Err(OidcError::Token("its key is a secret and no public key"));
    }
    // A key that says what it is for is for nothing else.
    if key.common.key_algorithm.is_some_and(|own| own != algorithm.into()) {
        return Err(OidcError::Token("its key is for another algorithm"));
    }
    let decoding =
        DecodingKey::from_jwk(key).map_err(|_| OidcError::Token("its key is not usable"))?;
    let mut rules = Validation::new(algorithm);
    // What it says is checked below, by the engine's clock.
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    let claims: Claims = jsonwebtoken::decode(token, &decoding, &rules)
        .map_err(|_| OidcError::Token("its signature is not the provider's"))?
        .claims;
    claims.check(expected)?;
    Ok(claims)
}

impl Claims {
    fn check(&self, expected: &Expected<'_>) -> Result<(), OidcError> {
        let ours = |audience: &String| audience == expected.client_id;
        let (for_us, alone) = match &self.aud {
            Audience::One(one) => (ours(one), true),
            Audience::Several(all) => (all.iter().any(ours), all.len() == 1),
        };
        let party = match &self.azp {
            Some(party) => ours(party),
            None => alone,
        };
        let at = |seconds: f64| Timestamp::from_millis((seconds * 1000.0) as i64);
        let rules = [
            (self.iss == expected.issuer, "another issuer made it"),
            (for_us && party, "it is for another audience"),
            (at(self.exp) + SLACK > expected.now, "it has expired"),
            (at(self.iat) < expected.now + SLACK, "it is of the future"),
            (self.nonce.as_deref() == Some(expected.nonce), "its nonce is of another sign-in"),
            (!self.sub.is_empty(), "it names nobody"),
        ];
        match rules.into_iter().find(|(good, _)| !good) {
            Some((_, why)) => Err(OidcError::Token(why)),
            None => Ok(()),
        }
    }
}
