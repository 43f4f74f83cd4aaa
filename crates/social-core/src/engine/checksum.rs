//! What the sender of some bytes says that they are.

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// What the sender of some bytes says that they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checksum {
    /// Against damage on the way alone: others can make bytes of the same.
    Sha1([u8; 20]),
    /// Of these bytes and no others.
    Sha256([u8; 32]),
}

impl Checksum {
    /// The algorithms, by their names in protocols.
    pub const ALGORITHMS: [&str; 2] = ["sha1", "sha256"];

    /// A digest by the named algorithm. `None` where that is unknown, or its digests are of another
    /// length.
    #[must_use]
    pub fn new(algorithm: &str, digest: &[u8]) -> Option<Self> {
        match algorithm {
            "sha1" => digest.try_into().ok().map(Self::Sha1),
            "sha256" => digest.try_into().ok().map(Self::Sha256),
            _ => None,
        }
    }
}

/// Bytes that are compared with what they are said to be while they come.
#[derive(Debug)]
pub(super) enum Compared {
    Sha1(Sha1, [u8; 20]),
    Sha256(Sha256, [u8; 32]),
}

impl Compared {
    pub(super) fn with(said: Checksum) -> Self {
        match said {
            Checksum::Sha1(digest) => Self::Sha1(Sha1::new(), digest),
            Checksum::Sha256(digest) => Self::Sha256(Sha256::new(), digest),
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(hasher, _) => hasher.update(bytes),
            Self::Sha256(hasher, _) => hasher.update(bytes),
        }
    }

    /// Whether they are what they are said to be.
    pub(super) fn holds(self) -> bool {
        match self {
            Self::Sha1(hasher, said) => <[u8; 20]>::from(hasher.finalize()) == said,
            Self::Sha256(hasher, said) => <[u8; 32]>::from(hasher.finalize()) == said,
        }
    }
}
