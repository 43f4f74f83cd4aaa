//! Making the pictures that plans describe.

use fast_image_resize::Resizer;
use social_core::domain::media::{Crop, ImageFormat, ImagePlan};
use social_core::ports::Processed;
use tokio_util::sync::CancellationToken;

use super::header::{self, Header};
use super::raster::Raster;
use super::scale::{Channels, Window, scale};
use super::{colour, decode, encode, turbo};
use crate::budget::Budget;
use crate::errors::{Result, cancelled, cannot_fit};

/// A part of the picture as it is stored, and the size it is to have before it is turned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct View {
    pub(super) crop: Crop,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// Does what `plan` says.
pub(crate) fn process(
    bytes: &[u8],
    plan: &ImagePlan,
    budget: &Budget,
    token: &CancellationToken,
) -> Result<Processed> {
    let done = process_all(bytes, std::slice::from_ref(plan), budget, token)?;
    done.into_iter().next().ok_or_else(|| cannot_fit("there is no plan for the picture"))
}

/// Does what each of the `plans` says, from one decode.
///
/// Cropping and scaling come before turning and before the colours, so that those touch the few
/// pixels that are left; the crop is mapped to how the picture is stored.
pub(crate) fn process_all(
    bytes: &[u8],
    plans: &[ImagePlan],
    budget: &Budget,
    token: &CancellationToken,
) -> Result<Vec<Processed>> {
    let header = header::read(bytes, budget)?;
    let views = plans.iter().map(|plan| view(plan, &header, budget)).collect::<Result<Vec<_>>>()?;
    let wanted: Vec<_> = plans.iter().zip(views).collect();
    if token.is_cancelled() {
        return Err(cancelled());
    }
    let files = match turbo::process(bytes, &header, &wanted, budget, token)? {
        Some(files) => files,
        None => carefully(bytes, &header, &wanted, budget, token)?,
    };
    files.into_iter().map(|file| encode::processed(file, budget)).collect()
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

/// Where a plan looks, once it is known to make sense.
fn view(plan: &ImagePlan, header: &Header, budget: &Budget) -> Result<View> {
    let turn = header.orientation;
    let (width, height) = turn.size(header.width, header.height);
    let crop = plan.crop.unwrap_or(Crop { x: 0, y: 0, width, height });
    check(crop, (width, height), (plan.width, plan.height))?;
    budget.check_image_size(plan.width, plan.height, 1)?;
    let crop = turn.stored(crop, header.width, header.height);
    let (width, height) = turn.size(plan.width, plan.height);
    Ok(View { crop, width, height })
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

/// The way for every kind of picture: all of it decoded to pixels.
fn carefully(
    bytes: &[u8],
    header: &Header,
    wanted: &[(&ImagePlan, View)],
    budget: &Budget,
    token: &CancellationToken,
) -> Result<Vec<Vec<u8>>> {
    let (raster, profile) = decode::decode(bytes, header, budget)?;
    let profile = profile.filter(|_| !header.cmyk).and_then(colour::foreign);
    let mut scaler = Resizer::new();
    let mut files = Vec::with_capacity(wanted.len());
    for (plan, view) in wanted {
        if token.is_cancelled() {
            return Err(cancelled());
        }
        let mut small = header.orientation.upright(resize(&mut scaler, &raster, *view)?);
        if let Some(profile) = &profile {
            colour::to_srgb(&mut small, profile);
        }
        files.push(encode::encode(small, plan.format, plan.max_bytes, token)?);
    }
    Ok(files)
}

fn resize(scaler: &mut Resizer, raster: &Raster, view: View) -> Result<Raster> {
    let View { crop, width, height } = view;
    let channels = if raster.alpha { Channels::Rgba } else { Channels::Rgb };
    let size = (raster.width, raster.height);
    let data = scale(scaler, &raster.data, size, channels, Window::of(crop), (width, height))?;
    Ok(Raster { width, height, alpha: raster.alpha, data })
}
