//! JPEGs within a number of bytes.

use tokio_util::sync::CancellationToken;

use super::ffi::{Encoder, Failed, Picture};
use crate::errors::{Result, cancelled, cannot_fit, codec, size};

/// Where quality begins: networks encode once more, and what is worse shows then.
const BEST: u8 = 90;
/// Where it ends: below, artefacts show on any screen.
const WORST: u8 = 40;

/// Writes `picture` as a progressive JPEG with its colours halved, at the best quality that keeps
/// it within `max_bytes`.
pub(in crate::image) fn encode(
    picture: Picture<'_>,
    max_bytes: u64,
    token: &CancellationToken,
) -> Result<Vec<u8>> {
    let mut encoder = Encoder::new().map_err(failed)?;
    let mut at = |quality: u8| -> Result<Vec<u8>> {
        if token.is_cancelled() {
            return Err(cancelled());
        }
        encoder.encode(picture, quality).map_err(failed)
    };
    let first = at(BEST)?;
    if fits(&first, max_bytes) {
        return Ok(first);
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
    let (mut good, mut bad, mut best) = (WORST, BEST, worst);
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

fn failed(cause: Failed) -> social_core::ports::MediaError {
    codec(format!("the picture cannot be written: {cause}")).because(cause)
}
