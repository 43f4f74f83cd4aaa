//! What a picture is.

use social_core::domain::media::ImageProbe;

use super::header::{self, Header};
use super::{colour, decode};
use crate::budget::Budget;
use crate::errors::Result;

/// Reads headers only; not a pixel is decoded.
pub(crate) fn probe(bytes: &[u8], budget: &Budget) -> Result<ImageProbe> {
    let header = header::read(bytes, budget)?;
    let profile = if header.icc { decode::profile(bytes, &header, budget)? } else { None };
    Ok(describe(&header, bytes.len() as u64, colour::class(&header, profile.as_deref())))
}

fn describe(
    header: &Header,
    bytes: u64,
    colour: social_core::domain::media::ColourProfile,
) -> ImageProbe {
    let (width, height) = header.orientation.size(header.width, header.height);
    ImageProbe {
        format: header.format,
        width,
        height,
        bytes,
        orientation: header.orientation.get(),
        alpha: header.alpha,
        animated: header.frames > 1,
        colour,
        metadata: header.metadata,
    }
}
