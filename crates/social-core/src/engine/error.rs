//! Why a use case was refused or failed.

use crate::error::PlatformError;
use crate::ports::{BlobError, ContentError, MediaError, SealError, StoreError};
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
    NotFound(String),
    /// It is too late for that, or it was done already.
    #[error("{0}")]
    Refused(String),
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
        existing: crate::domain::PostId,
        /// On which network.
        platform: crate::domain::Platform,
    },
    /// It was changed by another since it was read.
    #[error("{0}")]
    Stale(String),
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
        platform: crate::domain::Platform,
        /// Why.
        reason: String,
    },
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

fn join(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
