//! Sealing of secrets.

mod key_ring;
mod ring_sealer;

pub use key_ring::{KeyRing, KeyRingError};
pub use ring_sealer::RingSealer;
