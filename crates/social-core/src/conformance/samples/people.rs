//! Who asks: people and programs.

use std::collections::BTreeSet;

use super::{Samples, at};
use crate::domain::{
    ApiKey, AuditEntry, Budget, Confirmation, Invitation, KeyId, PasswordHash, Permission, Person,
    PersonId, Platform, PostId, Purpose, Role, Scope, Session, SessionId, Subject, WorkspaceId,
    WritePolicy,
};
use crate::ports::IdSource as _;

impl Samples {
    /// A key by which a program asks.
    pub fn api_key(&self, ws: WorkspaceId) -> ApiKey {
        let id = KeyId::from_uuid(self.uuid());
        ApiKey {
            id,
            workspace_id: ws,
            name: "the agent's \u{1f511}".to_owned(),
            hash: format!("hash-{id}"),
            hint: "sk_social_ab12".to_owned(),
            scopes: BTreeSet::from([Scope::PostsRead, Scope::PostsWrite]),
            permissions: BTreeSet::from([Permission::Scheduler]),
            policy: WritePolicy::Approve,
            budget: Budget {
                posts_per_day: Some(3),
                platforms: BTreeSet::from([Platform::TIKTOK]),
                quiet_hours: Some((22, 6)),
                undo_seconds: Some(30),
            },
            created_at: at(6),
            expires_at: Some(at(9_000)),
            revoked_at: None,
            last_used_at: None,
        }
    }

    /// Something that somebody did.
    pub fn audit_entry(&self, ws: WorkspaceId, action: &str) -> AuditEntry {
        AuditEntry {
            at: at(7),
            workspace_id: ws,
            actor: KeyId::from_uuid(self.uuid()).to_string(),
            action: action.to_owned(),
            subject: PostId::from_uuid(self.uuid()).to_string(),
        }
    }

    /// Somebody who signs in.
    pub fn person(&self, ws: WorkspaceId) -> Person {
        let id = PersonId::from_uuid(self.uuid());
        Person {
            id,
            workspace_id: ws,
            email: format!("{id}@example.com").parse().expect("an address"),
            name: "Zoë Nuñez".to_owned(),
            role: Role::Manager,
            password: Some(PasswordHash("$argon2id$v=19$…".to_owned())),
            subject: Some(Subject {
                issuer: "https://login.example.com/".to_owned(),
                subject: id.to_string(),
            }),
            created_at: at(8),
            disabled_at: Some(at(50)),
            last_seen_at: Some(at(40)),
            version: 1,
        }
    }

    /// A session of a family of its own.
    pub fn session(&self, ws: WorkspaceId) -> Session {
        let id = SessionId::from_uuid(self.uuid());
        Session {
            id,
            workspace_id: ws,
            person_id: PersonId::from_uuid(self.uuid()),
            family: id,
            hash: self.ids.secret(),
            created_at: at(9),
            expires_at: at(7_200),
            rotated_at: None,
            revoked_at: None,
        }
    }

    /// A link for somebody to come in by.
    pub fn invitation(&self, ws: WorkspaceId) -> Invitation {
        let secret = self.ids.secret();
        Invitation {
            email: Some(format!("{}@example.com", &secret[..12]).parse().expect("an address")),
            hash: secret,
            workspace_id: ws,
            purpose: Purpose::Invite,
            role: Role::Client,
            expires_at: at(9_000),
        }
    }

    /// A promise that somebody saw a preview.
    pub fn confirmation(&self, ws: WorkspaceId) -> Confirmation {
        Confirmation {
            hash: self.ids.secret(),
            workspace_id: ws,
            actor: KeyId::from_uuid(self.uuid()).to_string(),
            payload: "ef".repeat(32),
            expires_at: at(900),
        }
    }
}
