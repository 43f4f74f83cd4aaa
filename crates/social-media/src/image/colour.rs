//! Colours: which profile a picture has, and how to bring it to sRGB.

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};
use social_core::domain::media::ColourProfile;

use super::header::Header;
use super::met::{self, Way};
use super::raster::Raster;
use super::spare;

/// How the colours are to be read.
pub(super) fn class(header: &Header, profile: Option<&[u8]>) -> ColourProfile {
    if header.cmyk {
        return ColourProfile::Other;
    }
    match profile {
        Some(profile) if matches!(met::way(profile), Way::Srgb) => ColourProfile::Srgb,
        Some(_) => ColourProfile::Other,
        None if header.srgb => ColourProfile::Srgb,
        None => ColourProfile::Untagged,
    }
}

/// A profile that changes colours, and so has to be converted from.
pub(super) fn foreign(profile: Vec<u8>) -> Option<Vec<u8>> {
    (!matches!(met::way(&profile), Way::Srgb)).then_some(profile)
}

/// Four inks a pixel (255 is all of it) as pixels in sRGB: by their profile, or, where there is none
/// that can be read, by how inks would mix if they were pure.
pub(super) fn from_inks(inks: &[u8], profile: Option<&[u8]>) -> Vec<u8> {
    let converted = profile.and_then(|profile| {
        let profile = ColorProfile::new_from_slice(profile).ok()?;
        if profile.color_space != DataColorSpace::Cmyk {
            return None;
        }
        let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
        // Four channels go by the layout that has four.
        let transform =
            profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgb, options).ok()?;
        let mut pixels = vec![0; inks.len() / 4 * 3];
        transform.transform(inks, &mut pixels).ok()?;
        Some(pixels)
    });
    converted.unwrap_or_else(|| {
        let mix = |ink: u8, black: u8| {
            ((u32::from(255 - ink) * u32::from(255 - black) + 127) / 255) as u8
        };
        inks.as_chunks::<4>()
            .0
            .iter()
            .flat_map(|[c, m, y, k]| [c, m, y].map(|i| mix(*i, *k)))
            .collect()
    })
}

/// Brings pixels to sRGB. A profile that cannot be read, or that is for print (its inks are gone
/// once the picture is decoded), leaves them as they are, which is what viewers show too.
pub(super) fn to_srgb(raster: &mut Raster, profile: &[u8]) {
    match met::way(profile) {
        Way::Srgb | Way::Unknown => {}
        Way::Rgb(plain, with_alpha) => {
            let transform = if raster.alpha { with_alpha } else { plain };
            let mut converted = spare::room(raster.data.len());
            if transform.transform(&raster.data, &mut converted).is_ok() {
                spare::give(std::mem::replace(&mut raster.data, converted));
            }
        }
        // A grey picture was decoded to three equal channels; alpha stays what it was.
        Way::Gray(shades) => {
            let depth = if raster.alpha { 4 } else { 3 };
            for pixel in raster.data.chunks_exact_mut(depth) {
                pixel[..3].iter_mut().for_each(|value| *value = shades[usize::from(*value)]);
            }
        }
    }
}
