//! Workspaces, grants and accounts: who may publish where.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{AccountId, GrantId, Platform, WorkspaceId};
use crate::Timestamp;
use crate::ports::{Sealed, WrappedKey};

/// A tenant. Nothing of one is ever seen from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// The key its secrets are sealed with, itself sealed; destroying it destroys them all.
    pub data_key: WrappedKey,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Whether a grant still works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantStatus {
    /// It does, as far as anyone knows.
    Active,
    /// The network said that it does not: a person must sign in again.
    NeedsReauth,
    /// We gave it back.
    Revoked,
}

/// An OAuth authorisation, shared by the accounts that came with it. Its tokens are sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The network that gave it.
    pub platform: Platform,
    /// The network's id of the person who signed in.
    pub subject: String,
    /// What it allows.
    pub scopes: Vec<String>,
    /// The access token.
    pub access: Sealed,
    /// The refresh token, where the network gives one.
    pub refresh: Option<Sealed>,
    /// When the access token ends; `None` is the network's explicit "never".
    pub expires_at: Option<Timestamp>,
    /// When the refresh token ends, where the network says so.
    pub refresh_expires_at: Option<Timestamp>,
    /// Whether it still works.
    pub status: GrantStatus,
    /// Until when one worker alone may refresh it.
    pub refreshing_until: Option<Timestamp>,
    /// Rises with each change; a write with an old one is refused.
    pub version: i64,
}

/// One connected destination: a page, a profile, an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The grant it lives by.
    pub grant_id: GrantId,
    /// Its network.
    pub platform: Platform,
    /// The network's own id of it.
    pub remote_id: String,
    /// Its name for people.
    pub name: String,
    /// Its handle, such as `@harbour.coffee`, where it has one.
    pub handle: Option<String>,
    /// What it is there: `page`, `organization`, `member`, `business`, `creator`, …
    pub kind: String,
    /// A token of its own, as pages have.
    pub token: Option<Sealed>,
    /// What else the network's client needs to know of it.
    pub attributes: BTreeMap<String, String>,
    /// When it was connected.
    pub connected_at: Timestamp,
    /// When it was disconnected; such an account takes no more posts.
    pub disconnected_at: Option<Timestamp>,
}

/// An account that a sign-in brought and that can be connected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceOption {
    /// The network's own id of it.
    pub remote_id: String,
    /// Its name for people.
    pub name: String,
    /// Its handle, where it has one.
    pub handle: Option<String>,
    /// What it is there: `page`, `organization`, …
    pub kind: String,
    /// Whether it is connected already.
    pub connected: bool,
}

/// What a network gave for an authorisation, in the clear and only in memory.
#[derive(Debug, Clone)]
pub struct TokenSet {
    /// The access token.
    pub access: SecretString,
    /// The refresh token, where the network gives one.
    pub refresh: Option<SecretString>,
    /// When the access token ends; `None` is the network's explicit "never".
    pub expires_at: Option<Timestamp>,
    /// When the refresh token ends, where the network says so.
    pub refresh_expires_at: Option<Timestamp>,
    /// What is allowed, as the network says.
    pub scopes: Vec<String>,
}
