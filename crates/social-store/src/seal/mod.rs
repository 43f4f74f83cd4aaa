//! Sealing of secrets, and hashing of passwords.

mod argon2;
mod key_ring;
mod ring_sealer;

pub use argon2::Argon2Hasher;
pub use key_ring::{KeyRing, KeyRingError};
pub use ring_sealer::RingSealer;
