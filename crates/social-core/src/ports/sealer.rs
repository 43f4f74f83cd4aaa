//! Sealing of secrets before they reach a store.

use std::fmt::{self, Debug};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// A sealed secret: safe to store, useless without the key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed(pub Vec<u8>);

impl Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// A workspace's data key, itself sealed with the key ring.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrappedKey(pub Vec<u8>);

impl Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrappedKey({} bytes)", self.0.len())
    }
}

/// Why a secret could not be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The ring no longer holds the key it was sealed with.
    #[error(
        "the key `{0}` is not in the key ring: put the key file back, or connect the accounts anew"
    )]
    UnknownKey(String),
    /// The bytes were changed, or belong to another row.
    #[error("a sealed secret does not open: it was changed, or it belongs to another row")]
    Broken,
    /// No key could be made.
    #[error("no key could be made: {0}")]
    NoKey(String),
}

/// Seals and opens secrets. Pure: it touches no store.
///
/// Contract: `place` names the row and field a secret belongs to, such as `grant_…/access`; what
/// was sealed for one place does not open for another. Sealing the same secret twice gives
/// different bytes. A key ring may hold several keys; the newest wraps, all of them open.
pub trait Sealer: Debug + Send + Sync + 'static {
    /// A fresh data key for a workspace, wrapped.
    fn new_data_key(&self) -> Result<WrappedKey, SealError>;

    /// Seals `secret` for `place`.
    fn seal(
        &self,
        key: &WrappedKey,
        place: &str,
        secret: &SecretString,
    ) -> Result<Sealed, SealError>;

    /// Opens what was sealed for `place`.
    fn open(
        &self,
        key: &WrappedKey,
        place: &str,
        sealed: &Sealed,
    ) -> Result<SecretString, SealError>;

    /// The same data key under the ring's newest key, or `None` where it already is.
    fn rewrap(&self, key: &WrappedKey) -> Result<Option<WrappedKey>, SealError>;
}
