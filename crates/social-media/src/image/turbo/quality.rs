//! JPEGs within a number of bytes.

use social_core::ports::MediaError;
use tokio_util::sync::CancellationToken;

use super::ffi::Failed;
use super::scans::{self, Picture};
use super::small;
use crate::errors::{Result, cancelled, cannot_fit, codec, size};

/// Where quality begins: networks encode once more, and what is worse shows then.
const BEST: u8 = 90;
/// Where it begins for the smallest files, whose encoder spends its bytes on what is seen.
const BEST_OF_SMALL: u8 = 80;
/// Where it ends: below, artefacts show on any screen.
const WORST: u8 = 40;

/// What a JPEG is to be.
#[derive(Debug, Clone, Copy)]
pub(in crate::image) struct Aim {
    /// The most bytes it may have.
    pub(in crate::image) max_bytes: u64,
    /// As few as can be, at some times the work.
    pub(in crate::image) smallest: bool,
}

/// Writes `picture` as a progressive JPEG with its colours halved, at the best quality that keeps
/// it within its bytes.
pub(in crate::image) fn encode(
    picture: Picture<'_>,
    aim: Aim,
    token: &CancellationToken,
) -> Result<Vec<u8>> {
    if aim.smallest {
        return best(BEST_OF_SMALL, aim.max_bytes, token, |quality| {
            small::encode(picture, quality)
        });
    }
    best(BEST, aim.max_bytes, token, |quality| scans::encode(picture, quality).map_err(failed))
}

/// The best of what `write` gives from quality `first` down that has at most `max_bytes`.
fn best(
    first: u8,
    max_bytes: u64,
    token: &CancellationToken,
    mut write: impl FnMut(u8) -> Result<Vec<u8>>,
) -> Result<Vec<u8>> {
    let mut at = |quality: u8| -> Result<Vec<u8>> {
        if token.is_cancelled() {
            return Err(cancelled());
        }
        write(quality)
    };
    let whole = at(first)?;
    if fits(&whole, max_bytes) {
        return Ok(whole);
    }
    let worst = at(WORST)?;
    if !fits(&worst, max_bytes) {
        return Err(cannot_fit(format!(
            "even at the lowest quality the picture has {}, more than the {} allowed: scale it down",
            size(worst.len() as u64),
            size(max_bytes),
        )));
    }
    // The better the larger: half of what is left goes with every try.
    let (mut good, mut bad, mut best) = (WORST, first, worst);
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        let file = at(middle)?;
        if fits(&file, max_bytes) {
            (good, best) = (middle, file);
        } else {
            bad = middle;
        }
    }
    Ok(best)
}

fn fits(file: &[u8], max_bytes: u64) -> bool {
    file.len() as u64 <= max_bytes
}

fn failed(cause: Failed) -> MediaError {
    codec(format!("the picture cannot be written: {cause}")).because(cause)
}
