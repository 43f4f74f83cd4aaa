//! People: who signs in, as what, and for how long.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{PersonId, Scope, SessionId, WorkspaceId};
use crate::Timestamp;

/// What a person may. Ordered: each may all that those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads, and approves what waits.
    Client,
    /// Writes, publishes, connects accounts.
    Manager,
    /// Everything: people, keys and the record of who did what too.
    Admin,
}

impl Role {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Client, Self::Manager, Self::Admin];

    /// As it is written: `manager`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Manager => "manager",
            Self::Admin => "admin",
        }
    }

    /// Whether a person of this role may what a key of this scope may.
    #[must_use]
    pub fn allows(self, scope: Scope) -> bool {
        match scope {
            Scope::PostsRead
            | Scope::AnalyticsRead
            | Scope::AccountsRead
            | Scope::ApprovalsWrite => true,
            Scope::PostsWrite | Scope::PostsPublish | Scope::AccountsWrite => self >= Self::Manager,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An address of electronic mail, by which a person is known. Lower case, without space around it,
/// so that one person is not two.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

/// A text that is no address of electronic mail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no e-mail address: one looks like name@example.com")]
pub struct BadEmail(String);

/// The longest that mail systems take (RFC 5321, 4.5.3.1.3, less its brackets).
const LONGEST: usize = 254;

impl Email {
    /// The address as it is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl std::str::FromStr for Email {
    type Err = BadEmail;
    fn from_str(text: &str) -> Result<Self, BadEmail> {
        let address = text.trim().to_lowercase();
        // What mail would bounce from is not known here; what could break a line or a page is.
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>\"'`,;()&".contains(c);
        let parts = address.split_once('@');
        let whole = parts.is_some_and(|(name, domain)| {
            !name.is_empty()
                && !domain.contains('@')
                && domain.split('.').all(|label| !label.is_empty())
        });
        if whole && address.len() <= LONGEST && address.chars().all(plain) {
            Ok(Self(address))
        } else {
            Err(BadEmail(text.to_owned()))
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// How a person is known at an OpenID provider.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// The provider: its `iss`.
    pub issuer: String,
    /// The person there: its `sub`, which never changes and is never given to another.
    pub subject: String,
}

/// The hash of a password, in the form that its hasher writes. It is not shown: weak passwords
/// can be guessed from it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// A person who may sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// Where they belong.
    pub workspace_id: WorkspaceId,
    /// By which they sign in; one person of all workspaces has it.
    pub email: Email,
    /// How they are called.
    pub name: String,
    /// What they may.
    pub role: Role,
    /// The hash of their password, where they sign in by one.
    #[serde(skip)]
    pub password: Option<PasswordHash>,
    /// How an OpenID provider knows them, where they sign in by one.
    pub subject: Option<Subject>,
    /// When they came.
    pub created_at: Timestamp,
    /// Since when they may not sign in any more.
    pub disabled_at: Option<Timestamp>,
    /// When they last asked for something, to the minute.
    pub last_seen_at: Option<Timestamp>,
    /// Rises with each write; a write of a stale value is refused.
    pub version: i64,
}

/// A person on one device, for as long as the refresh token is renewed in time.
///
/// A refresh makes a session's successor, of the same family. The old row stays until it expires,
/// so that a token that comes a second time is known for what it is: stolen, or sent twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Where its person belongs.
    pub workspace_id: WorkspaceId,
    /// Whose it is.
    pub person_id: PersonId,
    /// The sign-in it stems from: the id of the first session of the line.
    pub family: SessionId,
    /// SHA-256 of the refresh token, in lower-case hex. The token is 256 random bits, so a fast
    /// hash gives nothing away.
    pub hash: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When its refresh token ends by itself.
    pub expires_at: Timestamp,
    /// When a successor took its place.
    pub rotated_at: Option<Timestamp>,
    /// When it was ended.
    pub revoked_at: Option<Timestamp>,
}

/// What a one-time link lets its bearer do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Become the first Admin of a fresh server.
    FirstAdmin,
    /// Come in as a new person.
    Invite,
    /// Choose a new password.
    Reset,
}

/// A link that is good once, for whoever holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// SHA-256 of the link's secret, in lower-case hex.
    pub hash: String,
    /// Where it leads.
    pub workspace_id: WorkspaceId,
    /// What for.
    pub purpose: Purpose,
    /// What its bearer will be.
    pub role: Role,
    /// For whom; the first Admin says it themselves.
    pub email: Option<Email>,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_written_one_way() {
        let email: Email = " Ann.Lee@Example.COM ".parse().unwrap();
        assert_eq!((email.as_str(), email.domain()), ("ann.lee@example.com", "example.com"));
        for bad in ["", "ann", "@example.com", "ann@", "a@b@c", "a b@c.de", "a@b..c", "<a>@b.c"] {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
        assert!(format!("{}@example.com", "a".repeat(250)).parse::<Email>().is_err());
    }

    #[test]
    fn who_may_more_may_all_that_others_may() {
        for scope in Scope::ALL {
            let may = Role::ALL.map(|role| role.allows(scope));
            assert!(may.is_sorted() && may[2], "{scope:?}");
        }
    }
}
