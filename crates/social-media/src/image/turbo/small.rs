//! The smallest JPEGs: each block's numbers are chosen by what they cost and what is seen of them.

use mozjpeg_rs::{Encoder, Subsampling};

use super::scans::Picture;
use crate::errors::{Result, codec};

/// Writes a progressive JPEG with its colours halved both ways. Trying out how to part its scans
/// would double the time for a hundredth of the bytes, and is left out.
pub(super) fn encode(picture: Picture<'_>, quality: u8) -> Result<Vec<u8>> {
    let encoder = Encoder::progressive_balanced().quality(quality).subsampling(Subsampling::S420);
    let written = match picture {
        Picture::Planes([light, blue, red]) => encoder.encode_ycbcr_planar(
            &light.data,
            &blue.data,
            &red.data,
            light.width,
            light.height,
        ),
        Picture::Rgb(width, height, data) => encoder.encode_rgb(data, width, height),
    };
    written.map_err(|cause| codec(format!("the picture cannot be written: {cause}")).because(cause))
}
