//! How a clip is cut into pieces.
//!
//! TikTok for Developers, "Media transfer guide": as many chunks as fit whole, and the last takes
//! what is left; 5 to 64 MB each, the last up to 128 MB, at most 1000.

use serde::{Deserialize, Serialize};

/// Small, since the last chunk is what publishes: it shall leave quickly when the time has come.
const SIZE: u64 = 10_000_000;

/// The most chunks.
const MOST: u64 = 1000;

/// How a clip is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Chunks {
    /// All bytes.
    pub(super) total: u64,
    /// The bytes of each chunk but the last.
    pub(super) size: u64,
    /// How many.
    pub(super) count: u64,
}

impl Chunks {
    pub(super) fn of(total: u64) -> Self {
        let size = SIZE.max(total.div_ceil(MOST));
        match total / size {
            0 | 1 => Self { total, size: total, count: 1 },
            count => Self { total, size, count },
        }
    }

    /// The first byte of chunk `index` and the byte after its last.
    pub(super) fn range(self, index: u64) -> (u64, u64) {
        let start = index * self.size;
        let end = if index + 1 >= self.count { self.total } else { start + self.size };
        (start, end)
    }

    pub(super) fn is_last(self, index: u64) -> bool {
        index + 1 >= self.count
    }

    /// The chunk that comes next when so many bytes have arrived, where they end at a chunk's end.
    pub(super) fn after(self, arrived: u64) -> Option<u64> {
        (0..self.count).find(|index| self.range(*index).0 == arrived)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_of_the_guide() {
        let chunks = Chunks::of(50_000_123);
        assert_eq!(chunks, Chunks { total: 50_000_123, size: 10_000_000, count: 5 });
        assert_eq!(chunks.range(4), (40_000_000, 50_000_123));
        assert_eq!(chunks.after(30_000_000), Some(3));
        assert_eq!(chunks.after(30_000_001), None);
    }

    proptest! {
        #[test]
        fn every_plan_keeps_the_rules(total in 1_u64..4_294_967_296) {
            let chunks = Chunks::of(total);
            prop_assert!((1..=1000).contains(&chunks.count));
            prop_assert_eq!(chunks.count, total / chunks.size);
            if total < 5_000_000 {
                prop_assert_eq!((chunks.count, chunks.size), (1, total));
            } else {
                prop_assert!((5_000_000..=64_000_000).contains(&chunks.size));
            }
            let mut next = 0;
            for index in 0..chunks.count {
                let (start, end) = chunks.range(index);
                prop_assert_eq!(start, next);
                let most = if chunks.is_last(index) { 128_000_000 } else { 64_000_000 };
                prop_assert!(end > start && end - start <= most);
                next = end;
            }
            prop_assert_eq!(next, total);
        }
    }
}
