//! Who asks, and what they may.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{KeyId, Platform, WorkspaceId};
use crate::Timestamp;

/// One thing that an API key may allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// See posts.
    #[serde(rename = "posts:read")]
    PostsRead,
    /// Write, edit and call off posts that wait.
    #[serde(rename = "posts:write")]
    PostsWrite,
    /// Make posts visible.
    #[serde(rename = "posts:publish")]
    PostsPublish,
    /// See numbers.
    #[serde(rename = "analytics:read")]
    AnalyticsRead,
    /// See accounts.
    #[serde(rename = "accounts:read")]
    AccountsRead,
    /// Connect and disconnect accounts.
    #[serde(rename = "accounts:write")]
    AccountsWrite,
    /// Approve posts. Never held by a key that an agent uses.
    #[serde(rename = "approvals:write")]
    ApprovalsWrite,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::PostsRead,
        Self::PostsWrite,
        Self::PostsPublish,
        Self::AnalyticsRead,
        Self::AccountsRead,
        Self::AccountsWrite,
        Self::ApprovalsWrite,
    ];

    /// As it is written: `posts:read`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PostsRead => "posts:read",
            Self::PostsWrite => "posts:write",
            Self::PostsPublish => "posts:publish",
            Self::AnalyticsRead => "analytics:read",
            Self::AccountsRead => "accounts:read",
            Self::AccountsWrite => "accounts:write",
            Self::ApprovalsWrite => "approvals:write",
        }
    }
}

/// A permission of the skill's configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Publishing and accounts.
    WebAccess,
    /// Media.
    FileStorage,
    /// Posts at a time of their own.
    Scheduler,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::WebAccess, Self::FileStorage, Self::Scheduler];
}

/// What must happen before a key's post goes out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WritePolicy {
    /// Nothing.
    None,
    /// A post for now needs a token that only a dry run gives, so that somebody saw what goes out.
    #[default]
    Confirm,
    /// A person must approve each post.
    Approve,
}

/// What a key may spend.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Posts a day on each account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posts_per_day: Option<u32>,
    /// The networks it may post to; empty means all.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub platforms: BTreeSet<Platform>,
    /// Hours of the day, in UTC, in which nothing may go out: from the first up to before the
    /// second, over midnight where the first is the later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<(u8, u8)>,
    /// So many seconds at least pass between a post for now and the moment it goes out, in which
    /// it can be called off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_seconds: Option<u32>,
}

/// A key by which a program asks. The secret is shown once; only its hash is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Its id.
    pub id: KeyId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// Its name, for people.
    pub name: String,
    /// SHA-256 of the secret, in lower-case hex. The secret is 256 random bits, so a fast hash
    /// gives nothing away.
    #[serde(skip)]
    pub hash: String,
    /// The first characters of the secret, by which people tell keys apart.
    pub hint: String,
    /// What it allows.
    pub scopes: BTreeSet<Scope>,
    /// What the skill's configuration allows.
    pub permissions: BTreeSet<Permission>,
    /// What must happen before its posts go out.
    pub policy: WritePolicy,
    /// What it may spend.
    pub budget: Budget,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// Something that somebody did, for the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// Who: `key_…`, a person's id, or `system`.
    pub actor: String,
    /// What: `post.schedule`, `account.disconnect`, `key.revoke`, …
    pub action: String,
    /// To what.
    pub subject: String,
}

/// A promise that somebody saw a preview: good once, for one payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// SHA-256 of the token, in lower-case hex.
    pub hash: String,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// Who was given it.
    pub actor: String,
    /// SHA-256 of what was previewed.
    pub payload: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}
