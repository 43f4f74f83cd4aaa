//! What a picture is.

use std::time::Duration;

use social_core::domain::media::{ImageProbe, Motion};

use super::header::{self, Header};
use super::{colour, decode, focus};
use crate::budget::Budget;
use crate::errors::Result;

/// Reads headers only; not a pixel is decoded.
pub(crate) fn probe(bytes: &[u8], budget: &Budget) -> Result<ImageProbe> {
    let header = header::read(bytes, budget)?;
    of(&header, bytes, budget)
}

/// Also finds what a person looks at first, by a coarse decode.
pub(crate) fn probe_with_focus(bytes: &[u8], budget: &Budget) -> Result<ImageProbe> {
    let header = header::read(bytes, budget)?;
    let probe = of(&header, bytes, budget)?;
    Ok(ImageProbe { focus: focus::find(bytes, &header, budget)?, ..probe })
}

fn of(header: &Header, bytes: &[u8], budget: &Budget) -> Result<ImageProbe> {
    let profile = if header.icc { decode::profile(bytes, header, budget)? } else { None };
    Ok(describe(header, bytes.len() as u64, colour::class(header, profile.as_deref())))
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
        motion: (header.milliseconds > 0 && header.frames > 1).then(|| Motion {
            frames: header.frames,
            duration: Duration::from_millis(header.milliseconds),
        }),
        focus: None,
    }
}
