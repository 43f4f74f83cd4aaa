//! Why an engine could not be wired.

use std::path::PathBuf;

use social_core::domain::Platform;
use social_core::engine::Error;
use social_core::ports::{BlobError, StoreError};
use social_store::KeyRingError;

/// Why an engine could not be wired.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The data folder cannot be used.
    #[error("the data folder {path} cannot be used: {source}", path = .path.display())]
    DataDir {
        /// The folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The blob store.
    #[error(transparent)]
    Blobs(#[from] BlobError),
    /// The key file.
    #[error(transparent)]
    Keys(#[from] KeyRingError),
    /// The HTTP client.
    #[error("the HTTP client cannot be set up: {0}")]
    Http(#[from] social_platforms::transport::BuildError),
    /// The first use of it all.
    #[error(transparent)]
    Engine(#[from] Error),
    /// Credentials were given for a network that no built-in client speaks to.
    #[error("there is no built-in client for `{0}`: add one of your own by `Builder::platform`")]
    NoClient(Platform),
    /// An address that leads nowhere.
    #[error("the address of the {what} cannot be used: {why}")]
    Address {
        /// What it is of.
        what: &'static str,
        /// What is wrong, and what to give.
        why: String,
    },
    /// What was asked for was left out of this program.
    #[error("this program was built without the feature `{0}`: build it with it, or leave it out")]
    NoFeature(&'static str),
}
