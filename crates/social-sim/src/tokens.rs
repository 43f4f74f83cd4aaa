//! Codes, access tokens and refresh tokens of all networks.

use std::collections::BTreeMap;
use std::time::Duration;

use social_core::Timestamp;

/// Who issued a token. Instagram's come from Facebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Issuer {
    Meta,
    Linkedin,
    Tiktok,
}

/// An authorisation code.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub issuer: Issuer,
    pub client: String,
    pub redirect_uri: String,
    pub scopes: Vec<String>,
    /// Who gave consent.
    pub user: String,
    pub challenge: Option<String>,
    pub expires_at: Timestamp,
    pub used: bool,
}

/// An access token.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub issuer: Issuer,
    pub client: String,
    /// Who gave consent.
    pub user: String,
    /// The page, for a page's token.
    pub page: Option<String>,
    pub scopes: Vec<String>,
    pub issued_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub revoked: bool,
    pub long_lived: bool,
}

impl Token {
    pub(crate) fn expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| now >= end)
    }

    /// Whether it came by Instagram Login, and so works on that host alone.
    pub(crate) fn by_instagram(&self) -> bool {
        self.issuer == Issuer::Meta && self.allows("instagram_business_basic")
    }

    pub(crate) fn allows(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
    }
}

/// A refresh token.
#[derive(Debug, Clone)]
pub(crate) struct Refresh {
    pub issuer: Issuer,
    pub client: String,
    pub user: String,
    pub scopes: Vec<String>,
    pub expires_at: Timestamp,
    pub dead: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct TokenBook {
    pub codes: BTreeMap<String, Code>,
    pub access: BTreeMap<String, Token>,
    pub refresh: BTreeMap<String, Refresh>,
}

impl TokenBook {
    /// Withdraws everything that `user` gave to `client`.
    pub(crate) fn revoke_user(&mut self, issuer: Issuer, client: &str, user: &str) {
        for token in self.access.values_mut() {
            if token.issuer == issuer && token.client == client && token.user == user {
                token.revoked = true;
            }
        }
        for token in self.refresh.values_mut() {
            if token.issuer == issuer && token.client == client && token.user == user {
                token.dead = true;
            }
        }
    }
}

/// An access token handed out without the OAuth dance, see [`crate::Sim::grant`].
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct IssuedGrant {
    /// The account it was asked for.
    pub account_id: String,
    /// The account's name.
    pub account_name: String,
    /// The token: a Page's token for Facebook and Instagram.
    pub access_token: String,
    /// When it ends, if ever.
    pub expires_at: Option<Timestamp>,
    /// The refresh token, where the network gives one.
    pub refresh_token: Option<String>,
    /// What it allows.
    pub scopes: Vec<String>,
}

pub(crate) const DAY: Duration = Duration::from_secs(86_400);
