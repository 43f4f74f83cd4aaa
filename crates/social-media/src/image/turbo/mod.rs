//! The fast way for JPEGs, through libjpeg-turbo.
//!
//! Most of the time goes to undoing the file's entropy coding, which cannot be avoided; so what is
//! left is done on as little as can be. Where most of the picture is shown, light and colours are
//! scaled as they are stored, and written again without ever becoming pixels. Elsewhere only the
//! region that is shown is decoded. Both decode at a coarser scale where that costs no quality.

mod ffi;
mod pixels;
mod planes;
mod quality;
mod route;
mod scans;
mod small;

use fast_image_resize::Resizer;
use social_core::domain::media::{ImageFormat, ImagePlan};
use tokio_util::sync::CancellationToken;

use self::ffi::{Colours, Decoder, Failed, Limits, Region};
use self::pixels::Pixels;
use self::planes::Planes;
pub(super) use self::quality::{Aim, encode};
pub(super) use self::scans::Picture;
use super::colour;
use super::header::{Header, SCANS, jpeg_profile};
use super::process::{View, finish};
use super::raster::Raster;
use super::spare::Scaler;
use crate::budget::Budget;
use crate::errors::{Result, cancelled, cut_off};

/// What was decoded once for all views.
enum Decoded {
    Planes(Planes),
    Pixels(Pixels),
}

/// Does what the plans say, or `None` where the careful way has to: with what is no JPEG, with rare
/// kinds of it, and with what libjpeg-turbo has any doubt about.
pub(super) fn process(
    bytes: &[u8],
    header: &Header,
    wanted: &[(&ImagePlan, View)],
    budget: &Budget,
    token: &CancellationToken,
) -> Result<Option<Vec<Vec<u8>>>> {
    if header.format != ImageFormat::Jpeg || header.tail_missing || wanted.is_empty() {
        return Ok(None);
    }
    let views: Vec<View> = wanted.iter().map(|(_, view)| *view).collect();
    let profile = if header.icc { jpeg_profile(bytes) } else { None };
    // What is for print has to be converted in any case.
    let profile = if header.cmyk { profile } else { profile.and_then(colour::foreign) };
    let Ok(decoded) = decode(bytes, header, &views, profile.is_some(), budget) else {
        return Ok(None);
    };
    let mut scaler = Scaler::take();
    let mut files = Vec::with_capacity(wanted.len());
    for (plan, view) in wanted {
        if token.is_cancelled() {
            return Err(cancelled());
        }
        files.push(rendition(
            &decoded,
            &mut scaler,
            header,
            plan,
            *view,
            profile.as_deref(),
            token,
        )?);
    }
    Ok(Some(files))
}

fn decode(
    bytes: &[u8],
    header: &Header,
    views: &[View],
    converted: bool,
    budget: &Budget,
) -> Result<Decoded, Failed> {
    let mut decoder = Decoder::open(bytes, limits(budget))?;
    let size = decoder.size();
    if size != (header.width, header.height) {
        return Err(Failed("the header says another size".to_owned()));
    }
    let density = bytes.len() as f64 / (f64::from(size.0) * f64::from(size.1));
    let scale = route::scale(views, density);
    decoder.set_scale(scale)?;
    let stored = decoder.colours() == Colours::Ycc && decoder.halved().is_some();
    // What has to become pixels anyway does so at once where, at half the size, colours that are
    // stored halved come out whole: nothing of them is lost, and nothing has to be made up.
    let whole = converted && scale == 2 && decoder.halved() == Some((2, 2));
    // A progressive picture costs the same whatever is shown of it, and pixels are the smaller part.
    if stored && !whole && !header.progressive && route::shows_most(views, size) {
        Planes::decode(decoder, scale).map(Decoded::Planes)
    } else {
        if route::shrink(views) >= f64::from(scale) * 2.0 {
            decoder.hurry()?;
        }
        Pixels::decode(decoder, scale, views, header).map(Decoded::Pixels)
    }
}

fn rendition(
    decoded: &Decoded,
    scaler: &mut Resizer,
    header: &Header,
    plan: &ImagePlan,
    view: View,
    profile: Option<&[u8]>,
    token: &CancellationToken,
) -> Result<Vec<u8>> {
    let turn = header.orientation;
    let data = match decoded {
        Decoded::Planes(planes)
            if plan.format == ImageFormat::Jpeg
                && plan.pad.is_none()
                && profile.is_none()
                && Planes::halve(view) =>
        {
            let planes = planes.halved(scaler, view, turn)?;
            let aim = Aim { max_bytes: plan.max_bytes, smallest: plan.smallest };
            return encode(Picture::Planes(&planes), aim, token);
        }
        Decoded::Planes(planes) => planes.pixels(scaler, view, turn)?,
        Decoded::Pixels(pixels) => pixels.view(scaler, view, turn, profile)?,
    };
    let (width, height) = turn.size(view.width, view.height);
    let mut raster = Raster { width, height, alpha: false, data };
    if let Some(profile) = profile.filter(|_| !header.cmyk) {
        colour::to_srgb(&mut raster, profile);
    }
    finish(scaler, raster, plan, token)
}

/// All of a picture at an eighth of its size, or as near to that as can be had, in RGB and as it is
/// stored: for a quick look. `None` where that cannot be had.
pub(super) fn small(bytes: &[u8], header: &Header, budget: &Budget) -> Option<Raster> {
    if header.format != ImageFormat::Jpeg || header.cmyk || header.tail_missing {
        return None;
    }
    let mut decoder = Decoder::open(bytes, limits(budget)).ok()?;
    if decoder.size() != (header.width, header.height) {
        return None;
    }
    let wide = header.width.max(header.height);
    decoder.set_scale([8, 4, 2].into_iter().find(|s| wide / s >= 96).unwrap_or(1)).ok()?;
    let (width, height) = decoder.scaled();
    let data = decoder.pixels(Region { x: 0, y: 0, width, height }).ok()?;
    Some(Raster { width, height, alpha: false, data })
}

/// The part of a picture, from the bottom, that may be missing of one that is still shown.
const MOST_MISSING: f64 = 0.1;

/// A picture whose last bytes are missing, as long as little of it is.
pub(super) fn without_tail(bytes: &[u8], header: &Header, budget: &Budget) -> Result<Raster> {
    let decoded = Decoder::open(bytes, limits(budget)).and_then(|mut decoder| {
        if decoder.size() != (header.width, header.height) || decoder.colours() == Colours::Inks {
            return Err(Failed("the header says another size".to_owned()));
        }
        let (width, height) = decoder.size();
        decoder.forgive();
        decoder.pixels(Region { x: 0, y: 0, width, height })
    });
    let data = decoded.map_err(|_| cut_off("JPEG"))?;
    let (width, height) = (header.width, header.height);
    // What is missing is filled with one colour, in whole rows of blocks.
    let row = width as usize * 3;
    let rows: Vec<&[u8]> = data.chunks_exact(row).collect();
    let same = rows.windows(2).rev().take_while(|pair| pair[0] == pair[1]).count();
    if same as f64 > MOST_MISSING * f64::from(height) && same > 16 {
        return Err(cut_off("JPEG"));
    }
    Ok(Raster { width, height, alpha: false, data })
}

fn limits(budget: &Budget) -> Limits {
    Limits {
        pixels: budget.image_pixels,
        scans: SCANS,
        // What a progressive picture of that size holds while it is decoded: three channels of two
        // bytes, and as much again for rows and tables.
        megabytes: budget.image_pixels.saturating_mul(12) >> 20,
    }
}
