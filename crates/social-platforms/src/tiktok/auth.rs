//! Signing in to TikTok.
//!
//! TikTok for Developers, "Login Kit" and "Manage user access tokens". Its client id is called
//! `client_key`, its PKCE challenge is hexadecimal, its errors may come with HTTP 200.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use social_core::domain::TokenSet;
use social_core::flow::Effect;
use social_core::ports::{FoundAccount, Request, Response, SignInCode, SignInRequest, SignedIn};
use social_core::{ErrorKind, PlatformError, Retry, Timestamp};
use url::Url;

use super::TikTok;
use super::open::Open;
use crate::config::at;
use crate::endpoint::{self, Endpoint, call};
use crate::http::{Build, json, redact};
use crate::oauth::{self, SIGN_IN, missing, split_scopes};

/// What publishing needs.
pub(super) const NEEDED: &[&str] = &["user.info.basic", "video.publish"];

/// All that the operations here use.
pub(super) const SCOPES: &[&str] = &[
    "user.info.basic",
    "user.info.profile",
    "user.info.stats",
    "video.publish",
    "video.upload",
    "video.list",
];

#[derive(Debug, Deserialize)]
struct Tokens {
    access_token: SecretString,
    expires_in: u64,
    open_id: String,
    refresh_token: SecretString,
    refresh_expires_in: Option<u64>,
    #[serde(default)]
    scope: String,
}

impl Tokens {
    fn set(&self, now: Timestamp) -> TokenSet {
        let refresh = &self.refresh_token;
        let is_empty = refresh.expose_secret().is_empty();
        TokenSet {
            access: self.access_token.clone(),
            refresh: (!is_empty).then(|| refresh.clone()),
            expires_at: Some(now + Duration::from_secs(self.expires_in)),
            refresh_expires_at: self.refresh_expires_in.map(|it| now + Duration::from_secs(it)),
            scopes: split_scopes(&self.scope),
        }
    }
}

#[derive(Debug, Deserialize)]
struct Refusal {
    error: String,
    #[serde(default)]
    error_description: String,
}

/// The challenge for `verifier`: not as in RFC 7636, where it is base64.
pub(super) fn challenge(verifier: &SecretString) -> String {
    hex::encode(Sha256::digest(verifier.expose_secret().as_bytes()))
}

impl TikTok {
    pub(super) fn authorize(&self, request: &SignInRequest) -> Url {
        let mut url = at(&self.config.endpoints.auth, "v2/auth/authorize/");
        url.query_pairs_mut()
            .append_pair("client_key", &self.config.app.client_id)
            .append_pair("response_type", "code")
            .append_pair("scope", &self.config.scopes_or(SCOPES).join(","))
            .append_pair("redirect_uri", request.redirect_uri.as_str())
            .append_pair("state", &request.state)
            .append_pair("code_challenge", &challenge(&request.verifier))
            .append_pair("code_challenge_method", "S256");
        url
    }

    pub(super) async fn enter(&self, code: &SignInCode) -> Result<SignedIn, PlatformError> {
        let answer = self
            .token(&[
                ("grant_type", "authorization_code"),
                ("code", code.code.expose_secret()),
                ("redirect_uri", code.redirect_uri.as_str()),
                ("code_verifier", code.verifier.expose_secret()),
            ])
            .await?;
        let tokens = answer.set(self.clock.now());
        let open = self.open(&tokens.access);
        let user = UserInfo { scopes: &tokens.scopes };
        let user = call(&*self.transport, open.platform, &open, &user).await?;
        Ok(SignedIn {
            missing_scopes: missing(NEEDED, &tokens.scopes),
            accounts: vec![user.account(&answer.open_id)],
            subject: answer.open_id,
            tokens,
        })
    }

    /// The refresh token may change each time: what comes back replaces what there was.
    pub(super) async fn renew(&self, tokens: &TokenSet) -> Result<TokenSet, PlatformError> {
        let platform = &self.rules.platform;
        let Some(refresh) = &tokens.refresh else {
            let detail = "there is no way to renew the sign-in";
            return Err(
                PlatformError::new(platform.clone(), ErrorKind::Auth, detail).action(SIGN_IN)
            );
        };
        let answer = self
            .token(&[("grant_type", "refresh_token"), ("refresh_token", refresh.expose_secret())])
            .await?;
        let mut fresh = answer.set(self.clock.now());
        fresh.refresh = fresh.refresh.or_else(|| Some(refresh.clone()));
        if fresh.scopes.is_empty() {
            fresh.scopes.clone_from(&tokens.scopes);
        }
        Ok(fresh)
    }

    pub(super) async fn give_back(&self, tokens: &TokenSet) -> Result<(), PlatformError> {
        let fields = [("token", tokens.access.expose_secret())];
        let answer = self.post("v2/oauth/revoke/", &fields).await?;
        // Success has no body.
        self.refused(&answer).map_or(Ok(()), Err)
    }

    async fn token(&self, fields: &[(&str, &str)]) -> Result<Tokens, PlatformError> {
        let answer = self.post("v2/oauth/token/", fields).await?;
        match self.refused(&answer) {
            Some(error) => Err(error),
            None => json(&self.rules.platform, &answer),
        }
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Result<Response, PlatformError> {
        let platform = &self.rules.platform;
        let app = &self.config.app;
        let mut form = vec![
            ("client_key", app.client_id.as_str()),
            ("client_secret", app.client_secret.expose_secret()),
        ];
        form.extend_from_slice(fields);
        let request = Build::post(at(&self.config.endpoints.api, path)).form(&form);
        let request = request.finish(platform)?;
        let sent = endpoint::send(&*self.transport, platform, "oauth_token", request).await;
        sent.map_err(|error| PlatformError::transport(platform.clone(), error))
    }

    /// The refusal in an answer of the OAuth endpoints, whatever its status.
    fn refused(&self, answer: &Response) -> Option<PlatformError> {
        let platform = &self.rules.platform;
        if let Ok(refusal) = serde_json::from_slice::<Refusal>(answer.body()) {
            let detail = redact(&refusal.error_description);
            return Some(oauth::by_code(platform, &refusal.error, &detail));
        }
        if answer.status().is_success() {
            return None;
        }
        let error = super::errors::classify(platform, Effect::Prepare, answer);
        Some(if answer.status().is_server_error() { error.retry(Retry::Backoff) } else { error })
    }
}

/// `GET /v2/user/info/` with the fields that the scopes allow.
#[derive(Debug)]
pub(super) struct UserInfo<'a> {
    pub(super) scopes: &'a [String],
}

#[derive(Debug, Deserialize)]
struct Holder {
    user: User,
}

#[derive(Debug, Deserialize)]
pub(super) struct User {
    #[serde(default)]
    pub(super) display_name: String,
    pub(super) username: Option<String>,
    pub(super) avatar_url: Option<Url>,
    pub(super) follower_count: Option<u64>,
}

impl User {
    pub(super) fn handle(&self) -> Option<String> {
        self.username.as_ref().map(|name| format!("@{name}"))
    }

    fn account(&self, open_id: &str) -> FoundAccount {
        FoundAccount {
            remote_id: open_id.to_owned(),
            name: self.display_name.clone(),
            handle: self.handle(),
            kind: "creator".to_owned(),
            token: None,
            attributes: BTreeMap::new(),
        }
    }
}

impl Endpoint<Open<'_>> for UserInfo<'_> {
    type Output = User;
    const OPERATION: &'static str = "tiktok.user_info";

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn request(&self, open: &Open<'_>) -> Result<Request, PlatformError> {
        let mut fields = "open_id,display_name,avatar_url".to_owned();
        for (scope, more) in
            [("user.info.profile", ",username"), ("user.info.stats", ",follower_count")]
        {
            if self.scopes.iter().any(|has| has == scope) {
                fields.push_str(more);
            }
        }
        open.get("v2/user/info/").query("fields", &fields).finish(open.platform)
    }

    fn parse(&self, open: &Open<'_>, response: &Response) -> Result<User, PlatformError> {
        open.read::<Holder>(self.effect(), response).map(|holder| holder.user)
    }
}
