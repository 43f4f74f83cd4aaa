//! Hashing of passwords.

use std::fmt::Debug;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::domain::PasswordHash;
use crate::error::BoxError;

/// Why a password could not be hashed or compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HashError {
    /// A stored hash is none, or of a kind that is not known here.
    #[error("a stored password hash does not read back: {0}")]
    Unreadable(#[source] BoxError),
    /// The hasher failed.
    #[error("the password could not be hashed: {0}")]
    Failed(#[source] BoxError),
}

/// Hashes passwords slowly, so that a stolen database does not give them away.
///
/// Contract: two hashes of one password differ. Comparing takes as long where there is no hash to
/// compare with, so that the time of an answer does not tell who has an account. Implementations
/// bound how many run at once: hashing costs processor and memory by design, and whoever asks has
/// not signed in yet.
#[async_trait]
pub trait PasswordHasher: Debug + Send + Sync + 'static {
    /// The hash to be kept.
    async fn hash(&self, password: &SecretString) -> Result<PasswordHash, HashError>;

    /// Whether it is the password of this hash. Of no hash, it is never.
    async fn verify(
        &self,
        password: &SecretString,
        hash: Option<&PasswordHash>,
    ) -> Result<bool, HashError>;
}
