//! Why a use case was refused or failed.

use std::fmt;

use super::Unconfirmed;
use crate::Timestamp;
use crate::domain::{
    AccountId, AssetId, DeliveryId, GrantId, JobId, KeyId, MessageId, PersonId, Platform, PostId,
    SeriesId, UploadId, WebhookId, WorkspaceId,
};
use crate::error::PlatformError;
use crate::ports::{BlobError, ContentError, HashError, MediaError, SealError, StoreError};
use crate::preflight::Finding;

/// Why a use case was refused or failed. Each says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Preflight found what would fail, all of it.
    #[error("{}", join(.0))]
    Invalid(Vec<Finding>),
    /// There is no such thing in this workspace.
    #[error("there is no {0}")]
    NotFound(Missing),
    /// It is too late for that, or it was done already.
    #[error("{0}")]
    Refused(String),
    /// Nobody confirmed it, or something else was.
    #[error(transparent)]
    Unconfirmed(#[from] Unconfirmed),
    /// The same idempotency key was used for something else.
    #[error(
        "the idempotency key `{0}` was used for another request: use a fresh key for each post"
    )]
    KeyReused(String),
    /// The same text and media went to the same account within a day.
    #[error(
        "the same text went to {platform} within a day as {existing}: change it, or set \
         allow_duplicate"
    )]
    Duplicate {
        /// The post that has them.
        existing: PostId,
        /// On which network.
        platform: Platform,
    },
    /// It was changed by another since it was read.
    #[error("{0}")]
    Stale(String),
    /// The slot that was shown to somebody went to another post meanwhile.
    #[error("the slot at {0} was taken by another post meanwhile: ask for the next one")]
    SlotTaken(Timestamp),
    /// The budget of the key that asks does not allow it.
    #[error("{0}")]
    Budget(String),
    /// No client of this network is registered.
    #[error("the network `{0}` is not known here; known are: {1}")]
    UnknownPlatform(String, String),
    /// A person must sign in again.
    #[error("{platform}: sign in again: {reason}")]
    NeedsReauth {
        /// At which network.
        platform: Platform,
        /// Why.
        reason: String,
    },
    /// Who asks is not let in: the password is wrong, the session has ended, the person is disabled.
    /// Which of these it is is not told, for a stranger's sake.
    #[error("{0}")]
    Denied(String),
    /// Nobody would be left who may change who may what.
    #[error("this is the last Admin: make somebody else one before")]
    LastAdmin,
    /// Too many tries: the next is looked at after this long.
    #[error("too many tries: the next is looked at in {} s", .0.as_secs().max(1))]
    TooSoon(std::time::Duration),
    /// The hashing of passwords.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// What a user said is on another server cannot be had from there.
    #[error("{host}: {why}")]
    Fetch {
        /// Which server.
        host: String,
        /// Why not.
        why: String,
    },
    /// Other bytes came than were sent.
    #[error("the bytes that came are not those of the checksum: send them again")]
    Damaged,
    /// It is still needed.
    #[error("{0}")]
    InUse(String),
    /// The network.
    #[error(transparent)]
    Platform(#[from] PlatformError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The media.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The blob store.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The sealing of secrets.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The content engine.
    #[error(transparent)]
    Content(#[from] ContentError),
}

/// What is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// A tenant.
    Workspace(WorkspaceId),
    /// What an author wrote.
    Post(PostId),
    /// A post that comes again.
    Series(SeriesId),
    /// An occurrence of a series, by its wall time.
    Occurrence(SeriesId, chrono::NaiveDateTime),
    /// A unit of work in the queue.
    Job(JobId),
    /// One post on one account.
    Delivery(DeliveryId),
    /// A connected destination.
    Account(AccountId),
    /// An authorisation.
    Grant(GrantId),
    /// An uploaded file.
    Media(AssetId),
    /// An upload under way.
    Upload(UploadId),
    /// A key by which a program asks.
    Key(KeyId),
    /// Somebody who signs in.
    Person(PersonId),
    /// A link that lets somebody in once.
    Link,
    /// An address that is told what happens.
    Webhook(WebhookId),
    /// One event on its way to one webhook.
    Message(MessageId),
    /// Accounts that wait for somebody to choose.
    Choice(Platform),
    /// Anything else, named with its kind: `webhook wh_…`.
    Other(String),
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workspace(id) => write!(f, "workspace {id}"),
            Self::Post(id) => write!(f, "post {id}"),
            Self::Series(id) => write!(f, "series {id}"),
            Self::Occurrence(id, wall) => {
                write!(f, "occurrence of {id} at {}", wall.format("%FT%T"))
            }
            Self::Job(id) => write!(f, "job {id}"),
            Self::Delivery(id) => write!(f, "delivery {id}"),
            Self::Account(id) => write!(f, "connected account {id}"),
            Self::Grant(id) => write!(f, "grant {id}"),
            Self::Media(id) => write!(f, "media {id}"),
            Self::Upload(id) => write!(f, "upload {id}"),
            Self::Key(id) => write!(f, "key {id}"),
            Self::Person(id) => write!(f, "person {id}"),
            Self::Link => f.write_str("such link: it was used, is over, or never was"),
            Self::Webhook(id) => write!(f, "webhook {id}"),
            Self::Message(id) => write!(f, "message {id}"),
            Self::Choice(platform) => write!(f, "choice of accounts of {platform} that waits"),
            Self::Other(what) => f.write_str(what),
        }
    }
}

fn join(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
