//! Signing in by an OpenID provider: the authorization code flow with PKCE, and what its ID token
//! must say (OpenID Connect Core 1.0; RFC 9700).

mod discovery;
mod error;
mod exchange;
mod id_token;
mod keys;

use std::fmt;
use std::sync::Arc;

use oauth2::{CsrfToken, PkceCodeChallenge, PkceCodeVerifier, Scope};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use social_core::Timestamp;
use social_core::domain::{Email, Subject, WorkspaceId};
use social_core::engine::{Newcomer, Newcomers};
use social_core::ports::{IdSource, Transport};
use tokio::sync::Mutex;
use url::Url;

use discovery::Provider;
pub(crate) use error::OidcError;
use id_token::{Claims, Expected, Profile, UserInfo};
use keys::KeySet;

/// How people sign in by an OpenID provider.
#[derive(Debug, Clone)]
pub struct OidcConfig {
    /// How people know the provider, such as `Google`.
    pub name: String,
    /// The provider's address, as it stands in its own documents.
    pub issuer: String,
    /// This server's id there.
    pub client_id: String,
    /// Its secret there.
    pub client_secret: SecretString,
    /// Where people come in.
    pub workspace: WorkspaceId,
    /// What becomes of somebody who is not known yet.
    pub newcomers: Newcomers,
    /// The domains that addresses must be of; empty means any. A provider that anybody can have an
    /// account at needs this, or [`Newcomers::Invited`].
    pub domains: Vec<String>,
}

/// A provider, and what is known of it by now.
pub(crate) struct Oidc {
    config: OidcConfig,
    transport: Arc<dyn Transport>,
    ids: Arc<dyn IdSource>,
    known: Mutex<Known>,
}

/// What was fetched of the provider.
#[derive(Debug, Default)]
struct Known {
    provider: Option<(Timestamp, Arc<Provider>)>,
    keys: KeySet,
}

/// A sign-in under way; the person's browser keeps it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Pending {
    state: String,
    nonce: String,
    verifier: String,
    /// Where to go afterwards.
    pub(crate) next: String,
}

/// What the provider sent back with the person.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Back {
    pub(crate) code: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) iss: Option<String>,
    pub(crate) error: Option<String>,
}

impl Oidc {
    pub(crate) fn new(
        config: OidcConfig,
        transport: Arc<dyn Transport>,
        ids: Arc<dyn IdSource>,
    ) -> Self {
        Self { config, transport, ids, known: Mutex::default() }
    }

    pub(crate) fn config(&self) -> &OidcConfig {
        &self.config
    }

    /// Where to send a person, and what to remember until they come back to `back`.
    pub(crate) async fn begin(
        &self,
        back: &Url,
        next: String,
        now: Timestamp,
    ) -> Result<(Url, Pending), OidcError> {
        let provider = self.provider(now).await?;
        let (state, nonce, verifier) = (self.ids.secret(), self.ids.secret(), self.ids.secret());
        let pkce = PkceCodeVerifier::new(verifier.clone());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&pkce);
        let to_send = CsrfToken::new(state.clone());
        let client = exchange::client(&self.config, &provider, back);
        let (url, _) = client
            .authorize_url(move || to_send)
            .add_scopes(["openid", "email", "profile"].map(|name| Scope::new(name.to_owned())))
            .add_extra_param("nonce", &nonce)
            .set_pkce_challenge(challenge)
            .url();
        Ok((url, Pending { state, nonce, verifier, next }))
    }

    /// Whom the provider vouches for, by what came back with the person.
    pub(crate) async fn finish(
        &self,
        back: &Url,
        came: &Back,
        pending: &Pending,
        now: Timestamp,
    ) -> Result<Newcomer, OidcError> {
        if came.state.as_ref() != Some(&pending.state) {
            return Err(OidcError::Foreign);
        }
        if let Some(code) = &came.error {
            return Err(OidcError::Refused(printable(code)));
        }
        let provider = self.provider(now).await?;
        // Which provider answers, where it says so (RFC 9207).
        if came.iss.as_ref().is_some_and(|issuer| *issuer != provider.issuer) {
            return Err(OidcError::Foreign);
        }
        let code = came.code.as_deref().ok_or(OidcError::Foreign)?;
        let client = exchange::client(&self.config, &provider, back);
        let tokens =
            exchange::redeem(client, code, &pending.verifier, self.transport.clone()).await?;
        let expected = Expected {
            issuer: &provider.issuer,
            client_id: &self.config.client_id,
            nonce: &pending.nonce,
            now,
        };
        let token = tokens.id.expose_secret();
        let key = self.key(&provider, token, now).await?;
        let claims = id_token::check(token, &key, &expected)?;
        let subject = claims.subject();
        let profile = self.profile(&provider, claims, &tokens.access).await?;
        self.vouched(subject, profile)
    }

    /// What the provider tells of the person: in the ID token, or beside it (OpenID Connect Core
    /// 1.0, 5.4), where it must be of the same person.
    async fn profile(
        &self,
        provider: &Provider,
        claims: Claims,
        access: &SecretString,
    ) -> Result<Profile, OidcError> {
        let at = match &provider.userinfo_endpoint {
            Some(at) if claims.profile.email.is_none() => at.as_str(),
            _ => return Ok(claims.profile),
        };
        let told: UserInfo = discovery::get(&*self.transport, at, Some(access)).await?;
        if told.sub != claims.sub {
            return Err(OidcError::Token("what is told besides is of somebody else"));
        }
        Ok(told.profile)
    }

    fn vouched(&self, subject: Subject, profile: Profile) -> Result<Newcomer, OidcError> {
        let email = profile.email.filter(|_| profile.email_verified.is_true());
        let email = email.ok_or(OidcError::EmailNotVerified)?;
        let email: Email = email.parse().map_err(|_| OidcError::EmailNotVerified)?;
        let domains = &self.config.domains;
        if !domains.is_empty()
            && !domains.iter().any(|domain| domain.eq_ignore_ascii_case(email.domain()))
        {
            return Err(OidcError::Domain(email.domain().to_owned()));
        }
        Ok(Newcomer { subject, email, name: profile.name })
    }

    async fn provider(&self, now: Timestamp) -> Result<Arc<Provider>, OidcError> {
        let mut known = self.known.lock().await;
        if let Some((at, provider)) = &known.provider
            && now.since(*at) < discovery::KEPT
        {
            return Ok(provider.clone());
        }
        let found = discovery::fetch(&*self.transport, &self.config.issuer).await?;
        let found = Arc::new(found);
        known.provider = Some((now, found.clone()));
        Ok(found)
    }

    /// The key that a token says it is signed by.
    async fn key(
        &self,
        provider: &Provider,
        token: &str,
        now: Timestamp,
    ) -> Result<jsonwebtoken::jwk::Jwk, OidcError> {
        let header = id_token::header(token)?;
        let mut known = self.known.lock().await;
        known.keys.get(&header, &*self.transport, &provider.jwks_uri, now).await
    }
}

impl fmt::Debug for Oidc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oidc").field("config", &self.config).finish_non_exhaustive()
    }
}

/// The start of what somebody else wrote, fit for a log and a page.
fn printable(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(100).collect()
}
