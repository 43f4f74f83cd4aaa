//! From bytes to pixels.

use std::io::Cursor;

use image::error::{ImageError, LimitErrorKind};
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};
use social_core::domain::media::ImageFormat;
use social_core::ports::MediaError;

use super::header::{self, Header};
use super::raster::Raster;
use super::turbo;
use crate::budget::Budget;
use crate::errors::{Result, corrupt, too_large, unsupported};

/// The picture (of an animated one the first frame) and its colour profile.
pub(super) fn decode(
    bytes: &[u8],
    header: &Header,
    budget: &Budget,
) -> Result<(Raster, Option<Vec<u8>>)> {
    if header.tail_missing {
        return Ok((turbo::without_tail(bytes, header, budget)?, header::jpeg_profile(bytes)));
    }
    let mut decoder = decoder(bytes, header, budget)?;
    let profile = decoder.icc_profile().ok().flatten();
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| explain(error, header))?;
    let (width, height) = (picture.width(), picture.height());
    if (width, height) != (header.width, header.height) {
        return Err(corrupt("the picture is of another size than it says: export it again"));
    }
    // Transparency may also come with a palette, which only the decoder sees.
    let alpha = picture.color().has_alpha();
    let data = if alpha { picture.into_rgba8().into_raw() } else { picture.into_rgb8().into_raw() };
    Ok((Raster { width, height, alpha, data }, profile))
}

/// The colour profile alone.
pub(super) fn profile(bytes: &[u8], header: &Header, budget: &Budget) -> Result<Option<Vec<u8>>> {
    if header.format == ImageFormat::Jpeg {
        return Ok(header::jpeg_profile(bytes));
    }
    Ok(decoder(bytes, header, budget)?.icc_profile().ok().flatten())
}

fn decoder<'a>(
    bytes: &'a [u8],
    header: &Header,
    budget: &Budget,
) -> Result<impl ImageDecoder + 'a> {
    let format = match header.format {
        ImageFormat::Jpeg => image::ImageFormat::Jpeg,
        ImageFormat::Png => image::ImageFormat::Png,
        ImageFormat::Webp => image::ImageFormat::WebP,
        ImageFormat::Gif => image::ImageFormat::Gif,
        ImageFormat::Tiff => image::ImageFormat::Tiff,
        ImageFormat::Bmp => image::ImageFormat::Bmp,
        _ => return Err(unsupported("this kind of picture is not read here")),
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(header.width);
    limits.max_image_height = Some(header.height);
    // Four channels of two bytes, and as much again for what the decoder keeps beside them.
    limits.max_alloc = Some(budget.image_pixels.saturating_mul(16));
    reader.limits(limits);
    reader.into_decoder().map_err(|error| explain(error, header))
}

fn explain(error: ImageError, header: &Header) -> MediaError {
    let name = header.format.extension().to_uppercase();
    let error_here = match &error {
        ImageError::Limits(limit) if matches!(limit.kind(), LimitErrorKind::InsufficientMemory) => {
            too_large("the picture takes more memory than is allowed: scale it down first")
        }
        ImageError::Unsupported(_) => unsupported(format!(
            "this kind of {name} is not read here ({error}): export it as a plain JPEG or PNG"
        )),
        _ => corrupt(format!("this {name} is damaged ({error}): export it again")),
    };
    error_here.because(error)
}
