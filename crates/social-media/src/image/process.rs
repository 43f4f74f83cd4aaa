//! Making the picture that a plan describes.

use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use social_core::domain::media::{Crop, ImageFormat, ImagePlan};
use social_core::ports::{MediaError, Processed};
use tokio_util::sync::CancellationToken;

use super::raster::Raster;
use super::{colour, decode, encode, header};
use crate::budget::Budget;
use crate::errors::{Result, cancelled, cannot_fit, codec};

/// Does what `plan` says.
///
/// Cropping and scaling come before turning and before the colours, so that those touch the few
/// pixels that are left; the crop is mapped to how the picture is stored.
pub(crate) fn process(
    bytes: &[u8],
    plan: &ImagePlan,
    budget: &Budget,
    token: &CancellationToken,
) -> Result<Processed> {
    let header = header::read(bytes, budget)?;
    let turn = header.orientation;
    let (width, height) = turn.size(header.width, header.height);
    let crop = plan.crop.unwrap_or(Crop { x: 0, y: 0, width, height });
    check(crop, (width, height), (plan.width, plan.height))?;
    budget.check_image_size(plan.width, plan.height, 1)?;
    let (raster, profile) = decode::decode(bytes, &header, budget)?;
    if token.is_cancelled() {
        return Err(cancelled());
    }
    let crop = turn.stored(crop, header.width, header.height);
    let (to_width, to_height) = turn.size(plan.width, plan.height);
    let mut raster = turn.upright(resize(raster, crop, to_width, to_height)?);
    if let Some(profile) = profile.filter(|_| !header.cmyk) {
        colour::to_srgb(&mut raster, &profile);
    }
    encode::processed(encode::encode(raster, plan.format, plan.max_bytes, token)?, budget)
}

/// The whole picture as a JPEG of at most `max_width` pixels across.
pub(crate) fn thumbnail(
    bytes: &[u8],
    max_width: u32,
    budget: &Budget,
    token: &CancellationToken,
) -> Result<Processed> {
    let header = header::read(bytes, budget)?;
    let (width, height) = header.orientation.size(header.width, header.height);
    let to = width.min(max_width);
    let tall = (f64::from(height) * f64::from(to) / f64::from(width)).round().max(1.0);
    let plan = ImagePlan {
        keep: false,
        crop: None,
        width: to,
        height: tall as u32,
        format: ImageFormat::Jpeg,
        max_bytes: u64::MAX,
        changes: Vec::new(),
    };
    process(bytes, &plan, budget, token)
}

fn check(crop: Crop, whole: (u32, u32), to: (u32, u32)) -> Result<()> {
    let inside = |from: u32, length: u32, all: u32| {
        length > 0 && from.checked_add(length).is_some_and(|end| end <= all)
    };
    if !inside(crop.x, crop.width, whole.0) || !inside(crop.y, crop.height, whole.1) {
        return Err(cannot_fit(format!(
            "the plan cuts outside of the picture of {} x {}: plan again with a fresh probe",
            whole.0, whole.1
        )));
    }
    if to.0 == 0 || to.1 == 0 {
        return Err(cannot_fit("the plan leaves no pixels of the picture: plan again"));
    }
    Ok(())
}

fn resize(raster: Raster, crop: Crop, width: u32, height: u32) -> Result<Raster> {
    let whole = crop == Crop { x: 0, y: 0, width: raster.width, height: raster.height };
    if whole && (width, height) == (raster.width, raster.height) {
        return Ok(raster);
    }
    let alpha = raster.alpha;
    let pixels = if alpha { PixelType::U8x4 } else { PixelType::U8x3 };
    let from =
        Image::from_vec_u8(raster.width, raster.height, raster.data, pixels).map_err(failed)?;
    let mut to = Image::new(width, height, pixels);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(crop.x.into(), crop.y.into(), crop.width.into(), crop.height.into());
    Resizer::new().resize(&from, &mut to, &options).map_err(failed)?;
    Ok(Raster { width, height, alpha, data: to.into_vec() })
}

fn failed(cause: impl std::error::Error + Send + Sync + 'static) -> MediaError {
    codec(format!("the picture cannot be scaled: {cause}")).because(cause)
}
