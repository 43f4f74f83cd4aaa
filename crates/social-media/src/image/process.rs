//! Making the pictures that plans describe.

use fast_image_resize::Resizer;
use social_core::domain::media::{Crop, ImageFormat, ImagePlan};
use social_core::ports::Processed;
use tokio_util::sync::CancellationToken;

use super::header::Header;
use super::raster::Raster;
use super::scale::{Channels, Window, scale};
use super::spare::Scaler;
use super::{colour, credit, decode, encode, pad, turbo};
use crate::budget::Budget;
use crate::errors::{Result, cancelled, cannot_fit};

/// A part of the picture as it is stored, and the size it is to have before it is turned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct View {
    pub(super) crop: Crop,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// Does what each of the `plans` says, from one decode.
///
/// Cropping and scaling come before turning and before the colours, so that those touch the few
/// pixels that are left; the crop is mapped to how the picture is stored.
pub(crate) fn process_all(
    bytes: &[u8],
    header: &Header,
    plans: &[ImagePlan],
    budget: &Budget,
    token: &CancellationToken,
) -> Result<Vec<Processed>> {
    let views = plans.iter().map(|plan| view(plan, header, budget)).collect::<Result<Vec<_>>>()?;
    let wanted: Vec<_> = plans.iter().zip(views).collect();
    if token.is_cancelled() {
        return Err(cancelled());
    }
    let files = match turbo::process(bytes, header, &wanted, budget, token)? {
        Some(files) => files,
        None => carefully(bytes, header, &wanted, budget, token)?,
    };
    let credited =
        files.into_iter().zip(plans).map(|(file, plan)| match credit::kept(bytes, plan.metadata) {
            Some(block) if plan.format == ImageFormat::Jpeg => credit::with(file, &block),
            _ => file,
        });
    credited.map(|file| encode::processed(file, budget)).collect()
}

/// The same for a picture that somebody else decoded, upright.
pub(crate) fn process_raster(
    raster: &Raster,
    profile: Option<Vec<u8>>,
    format: ImageFormat,
    plans: &[ImagePlan],
    budget: &Budget,
    token: &CancellationToken,
) -> Result<Vec<Processed>> {
    let header = Header::decoded(format, raster.width, raster.height);
    let views = plans.iter().map(|plan| view(plan, &header, budget)).collect::<Result<Vec<_>>>()?;
    let wanted: Vec<_> = plans.iter().zip(views).collect();
    let profile = profile.and_then(colour::foreign);
    let files = render(raster, &header, profile.as_deref(), &wanted, token)?;
    files.into_iter().map(|file| encode::processed(file, budget)).collect()
}

/// The whole picture as a JPEG of at most `max_width` pixels across.
pub(crate) fn thumbnail(
    bytes: &[u8],
    header: &Header,
    max_width: u32,
    budget: &Budget,
    token: &CancellationToken,
) -> Result<Processed> {
    let plan = smaller(header.orientation.size(header.width, header.height), max_width);
    let done = process_all(bytes, header, &[plan], budget, token)?;
    done.into_iter().next().ok_or_else(|| cannot_fit("there is no plan for the picture"))
}

/// The same of a picture that somebody else decoded, upright.
pub(crate) fn thumbnail_of(
    raster: &Raster,
    profile: Option<Vec<u8>>,
    format: ImageFormat,
    max_width: u32,
    budget: &Budget,
    token: &CancellationToken,
) -> Result<Processed> {
    let plan = smaller((raster.width, raster.height), max_width);
    let done = process_raster(raster, profile, format, &[plan], budget, token)?;
    done.into_iter().next().ok_or_else(|| cannot_fit("there is no plan for the picture"))
}

fn smaller((width, height): (u32, u32), max_width: u32) -> ImagePlan {
    let to = width.min(max_width);
    let tall = (f64::from(height) * f64::from(to) / f64::from(width)).round().max(1.0);
    ImagePlan::scaled(to, tall as u32, ImageFormat::Jpeg)
}

/// Where a plan looks, once it is known to make sense.
fn view(plan: &ImagePlan, header: &Header, budget: &Budget) -> Result<View> {
    let turn = header.orientation;
    let (width, height) = turn.size(header.width, header.height);
    let crop = plan.crop.unwrap_or(Crop { x: 0, y: 0, width, height });
    check(crop, (width, height), (plan.width, plan.height))?;
    budget.check_image_size(plan.width, plan.height, 1)?;
    let frame = (plan.width, plan.height);
    let shown = match plan.pad {
        Some(_) => pad::inside((crop.width, crop.height), frame),
        None => frame,
    };
    let crop = turn.stored(crop, header.width, header.height);
    let (width, height) = turn.size(shown.0, shown.1);
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
    render(&raster, header, profile.as_deref(), wanted, token)
}

fn render(
    raster: &Raster,
    header: &Header,
    profile: Option<&[u8]>,
    wanted: &[(&ImagePlan, View)],
    token: &CancellationToken,
) -> Result<Vec<Vec<u8>>> {
    let mut scaler = Scaler::take();
    let mut files = Vec::with_capacity(wanted.len());
    for (plan, view) in wanted {
        if token.is_cancelled() {
            return Err(cancelled());
        }
        let mut small = header.orientation.upright(resize(&mut scaler, raster, *view)?);
        if let Some(profile) = profile {
            colour::to_srgb(&mut small, profile);
        }
        files.push(finish(&mut scaler, small, plan, token)?);
    }
    Ok(files)
}

/// Gives a picture in sRGB the room that is asked for around it, and writes it.
pub(super) fn finish(
    scaler: &mut Resizer,
    mut small: Raster,
    plan: &ImagePlan,
    token: &CancellationToken,
) -> Result<Vec<u8>> {
    if let Some(backdrop) = plan.pad {
        let flat = small.flattened(plan.background);
        small = pad::pad(scaler, &flat, (plan.width, plan.height), backdrop)?;
    }
    encode::encode(small, plan, token)
}

fn resize(scaler: &mut Resizer, raster: &Raster, view: View) -> Result<Raster> {
    let View { crop, width, height } = view;
    let channels = if raster.alpha { Channels::Rgba } else { Channels::Rgb };
    let size = (raster.width, raster.height);
    let data = scale(scaler, &raster.data, size, channels, Window::of(crop), (width, height))?;
    Ok(Raster { width, height, alpha: raster.alpha, data })
}
