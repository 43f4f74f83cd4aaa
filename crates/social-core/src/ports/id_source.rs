//! Ids and randomness as a port: a seed makes a whole run repeatable.

use std::fmt::Debug;
use std::sync::Mutex;

use uuid::Uuid;

use crate::Timestamp;

/// Where ids and randomness come from.
///
/// `uuid` is of version 7 and made of the given time, so ids sort by age; it shows that time, so
/// it is no secret. `fill` gives bytes fit for secrets (OAuth state, keys, nonces).
pub trait IdSource: Debug + Send + Sync + 'static {
    /// Fills `bytes` with randomness.
    fn fill(&self, bytes: &mut [u8]);

    /// A fresh id that sorts after those made at earlier times.
    fn uuid(&self, now: Timestamp) -> Uuid {
        let mut random = [0_u8; 10];
        self.fill(&mut random);
        let millis = u64::try_from(now.as_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// A random number in `0..bound`; 0 where `bound` is 0.
    fn below(&self, bound: u64) -> u64 {
        let mut bytes = [0_u8; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes).checked_rem(bound).unwrap_or(0)
    }

    /// 32 random bytes as text, fit for a secret in a URL.
    fn secret(&self) -> String {
        let mut bytes = [0_u8; 32];
        self.fill(&mut bytes);
        hex::encode(bytes)
    }
}

/// The operating system's randomness.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemIds;

impl IdSource for SystemIds {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that draws the system's randomness"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(12) {
            // Of a version 4 id, bytes 6 and 8 hold fixed bits: leave those two out.
            let id = *Uuid::new_v4().as_bytes();
            let free = [
                id[0], id[1], id[2], id[3], id[4], id[5], id[9], id[10], id[11], id[12], id[13],
                id[14],
            ];
            let len = chunk.len();
            chunk.copy_from_slice(&free[..len]);
        }
    }
}

/// Repeatable ids from a seed (splitmix64), for tests and simulations. Not for secrets.
#[derive(Debug)]
pub struct SeededIds(Mutex<u64>);

impl SeededIds {
    /// A source that always gives the same sequence for the same `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl IdSource for SeededIds {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            let len = chunk.len();
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..len]);
        }
    }
}
