//! The lines of an export.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Timestamp;
use crate::domain::series::{OccurrenceRow, QuietPlan, Series};
use crate::domain::{
    Account, AccountId, ApiKey, Asset, Attempt, AuditEntry, Delivery, Grant, GrantId, GrantStatus,
    JobId, JobTask, NewJob, PasswordHash, Person, Platform, Post, QueuedJob, SlotPlan, Snapshot,
    Webhook, WebhookMessage, Workspace, WorkspaceId,
};
use crate::ports::{BlobKey, Sealed, WrappedKey};

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "row", rename_all = "snake_case")]
pub(super) enum Line {
    Header(Header),
    Workspace(WorkspaceRow),
    Grant(Box<GrantRow>),
    Account(Box<AccountRow>),
    Slots(SlotPlan),
    Quiet(QuietPlan),
    Person(Box<PersonRow>),
    Key(Box<KeyRow>),
    Webhook(Box<Webhook>),
    Message(Box<WebhookMessage>),
    Asset(Box<Asset>),
    Blob(Piece),
    Series(Box<Series>),
    Post(Box<Post>),
    Delivery(Box<Delivery>),
    Attempt(Box<Attempt>),
    Snapshot(Box<Snapshot>),
    Occurrence(OccurrenceRow),
    Job(JobRow),
    Audit(AuditEntry),
    End { lines: u64 },
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Header {
    /// Which version of the form it is.
    pub(super) form: u32,
    pub(super) at: Timestamp,
    /// Whether sealed secrets are in it.
    pub(super) secrets: bool,
    /// Whether the bytes of media are in it.
    pub(super) media: bool,
}

/// Bytes as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Base64(pub(super) Vec<u8>);

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(de::Error::custom)
    }
}

/// A tenant; its data key only where secrets were asked for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WorkspaceRow {
    id: WorkspaceId,
    name: String,
    data_key: Option<Base64>,
    created_at: Timestamp,
}

impl WorkspaceRow {
    pub(super) fn of(row: Workspace, secrets: bool) -> Self {
        let data_key = secrets.then_some(Base64(row.data_key.0));
        Self { id: row.id, name: row.name, data_key, created_at: row.created_at }
    }

    /// The tenant, with `fresh` as its key where it came without.
    pub(super) fn into_row(self, fresh: WrappedKey) -> Workspace {
        let data_key = self.data_key.map_or(fresh, |key| WrappedKey(key.0));
        Workspace { id: self.id, name: self.name, data_key, created_at: self.created_at }
    }
}

/// An authorisation; its tokens only where secrets were asked for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct GrantRow {
    id: GrantId,
    workspace_id: WorkspaceId,
    platform: Platform,
    subject: String,
    scopes: Vec<String>,
    access: Option<Base64>,
    refresh: Option<Base64>,
    expires_at: Option<Timestamp>,
    refresh_expires_at: Option<Timestamp>,
    status: GrantStatus,
    version: i64,
}

impl GrantRow {
    pub(super) fn of(row: Grant, secrets: bool) -> Self {
        // Without its tokens a grant works no more, until somebody signs in again.
        let status = match row.status {
            GrantStatus::Active if !secrets => GrantStatus::NeedsReauth,
            status => status,
        };
        Self {
            id: row.id,
            workspace_id: row.workspace_id,
            platform: row.platform,
            subject: row.subject,
            scopes: row.scopes,
            access: secrets.then_some(Base64(row.access.0)),
            refresh: row.refresh.filter(|_| secrets).map(|sealed| Base64(sealed.0)),
            expires_at: row.expires_at,
            refresh_expires_at: row.refresh_expires_at,
            status,
            version: row.version,
        }
    }

    pub(super) fn into_row(self) -> Grant {
        Grant {
            id: self.id,
            workspace_id: self.workspace_id,
            platform: self.platform,
            subject: self.subject,
            scopes: self.scopes,
            access: Sealed(self.access.map(|bytes| bytes.0).unwrap_or_default()),
            refresh: self.refresh.map(|bytes| Sealed(bytes.0)),
            expires_at: self.expires_at,
            refresh_expires_at: self.refresh_expires_at,
            status: self.status,
            refreshing_until: None,
            version: self.version,
        }
    }
}

/// A connected destination; its token only where secrets were asked for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AccountRow {
    id: AccountId,
    workspace_id: WorkspaceId,
    grant_id: GrantId,
    platform: Platform,
    remote_id: String,
    name: String,
    handle: Option<String>,
    account_kind: String,
    token: Option<Base64>,
    attributes: BTreeMap<String, String>,
    connected_at: Timestamp,
    disconnected_at: Option<Timestamp>,
}

impl AccountRow {
    pub(super) fn of(row: Account, secrets: bool) -> Self {
        Self {
            id: row.id,
            workspace_id: row.workspace_id,
            grant_id: row.grant_id,
            platform: row.platform,
            remote_id: row.remote_id,
            name: row.name,
            handle: row.handle,
            account_kind: row.kind,
            token: row.token.filter(|_| secrets).map(|sealed| Base64(sealed.0)),
            attributes: row.attributes,
            connected_at: row.connected_at,
            disconnected_at: row.disconnected_at,
        }
    }

    pub(super) fn into_row(self) -> Account {
        Account {
            id: self.id,
            workspace_id: self.workspace_id,
            grant_id: self.grant_id,
            platform: self.platform,
            remote_id: self.remote_id,
            name: self.name,
            handle: self.handle,
            kind: self.account_kind,
            token: self.token.map(|bytes| Sealed(bytes.0)),
            attributes: self.attributes,
            connected_at: self.connected_at,
            disconnected_at: self.disconnected_at,
        }
    }
}

/// Who may sign in; the hash of the password only where secrets were asked for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PersonRow {
    person: Person,
    password: Option<String>,
}

impl PersonRow {
    pub(super) fn of(mut person: Person, secrets: bool) -> Self {
        let password = person.password.take().filter(|_| secrets).map(|hash| hash.0);
        Self { person, password }
    }

    pub(super) fn into_row(self) -> Person {
        Person { password: self.password.map(PasswordHash), ..self.person }
    }
}

/// An API key with the hash of its secret: there is no such line where secrets were not asked for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeyRow {
    key: ApiKey,
    hash: String,
}

impl From<ApiKey> for KeyRow {
    fn from(key: ApiKey) -> Self {
        Self { hash: key.hash.clone(), key }
    }
}

impl KeyRow {
    pub(super) fn into_row(self) -> ApiKey {
        ApiKey { hash: self.hash, ..self.key }
    }
}

/// Some bytes of a blob, in their order.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Piece {
    pub(super) key: BlobKey,
    /// From where on.
    pub(super) from: u64,
    pub(super) bytes: Base64,
    /// Whether these are its last.
    pub(super) last: bool,
}

/// A job that waits; one that ran waits again.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct JobRow {
    id: JobId,
    workspace_id: WorkspaceId,
    task: JobTask,
    lane: Option<AccountId>,
    platform: Option<Platform>,
    due_at: Timestamp,
    max_attempts: u32,
}

impl From<QueuedJob> for JobRow {
    fn from(job: QueuedJob) -> Self {
        let QueuedJob { id, workspace_id, task, lane, platform, due_at, max_attempts, .. } = job;
        Self { id, workspace_id, task, lane, platform, due_at, max_attempts }
    }
}

impl From<JobRow> for NewJob {
    fn from(row: JobRow) -> Self {
        let JobRow { id, workspace_id, task, lane, platform, due_at, max_attempts } = row;
        Self { id, workspace_id, task, lane, platform, due_at, max_attempts }
    }
}
