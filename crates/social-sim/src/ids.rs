//! Ids and secrets that look real and are the same in every run.

use sha2::{Digest, Sha256};

/// A counter, salted with the seed.
#[derive(Debug)]
pub(crate) struct Ids {
    seed: u64,
    next: u64,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, next: 0 }
    }

    /// The next number, from 1.
    pub(crate) fn count(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// A decimal id that starts with `prefix` and has `digits` more digits.
    pub(crate) fn decimal(&mut self, prefix: &str, digits: usize) -> String {
        let n = self.count();
        // A stride that shares no factor with ten spreads the ids without ever repeating one.
        let spread = n.wrapping_mul(7_919) + self.seed % 1_000;
        format!("{prefix}{spread:0digits$}")
    }

    /// A text nobody could guess, were the seed unknown.
    pub(crate) fn secret(&mut self, purpose: &str) -> String {
        let n = self.count();
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        hash.update(n.to_be_bytes());
        hash.update(purpose.as_bytes());
        hex::encode(hash.finalize())
    }
}

/// A number drawn from the seed and the names given: the same names, the same number.
pub(crate) fn draw(seed: u64, names: &[&str]) -> u64 {
    let mut hash = Sha256::new();
    hash.update(seed.to_be_bytes());
    for name in names {
        hash.update(name.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
