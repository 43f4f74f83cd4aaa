//! Colours: which profile a picture has, and how to bring it to sRGB.

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};
use social_core::domain::media::ColourProfile;

use super::header::Header;
use super::raster::Raster;

/// How far apart colours may be that nobody tells apart, in steps of 255.
const SAME: u8 = 2;

/// How the colours are to be read.
pub(super) fn class(header: &Header, profile: Option<&[u8]>) -> ColourProfile {
    if header.cmyk {
        return ColourProfile::Other;
    }
    match profile {
        Some(profile) if is_srgb(profile) => ColourProfile::Srgb,
        Some(_) => ColourProfile::Other,
        None if header.srgb => ColourProfile::Srgb,
        None => ColourProfile::Untagged,
    }
}

/// A profile that changes colours, and so has to be converted from.
pub(super) fn foreign(profile: Vec<u8>) -> Option<Vec<u8>> {
    (!is_srgb(&profile)).then_some(profile)
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
    let layout = if raster.alpha { Layout::Rgba } else { Layout::Rgb };
    if let Some(converted) = convert(profile, &raster.data, layout) {
        raster.data = converted;
    }
}

/// Whether a profile changes no colour: names and numbers of sRGB profiles differ, so it is tried.
fn is_srgb(profile: &[u8]) -> bool {
    // Six steps a channel.
    let colours: Vec<u8> =
        (0..216_u8).flat_map(|i| [i / 36 * 51, i / 6 % 6 * 51, i % 6 * 51]).collect();
    convert(profile, &colours, Layout::Rgb)
        .is_some_and(|after| colours.iter().zip(&after).all(|(a, b)| a.abs_diff(*b) <= SAME))
}

fn convert(profile: &[u8], data: &[u8], layout: Layout) -> Option<Vec<u8>> {
    let profile = ColorProfile::new_from_slice(profile).ok()?;
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let mut converted = vec![0; data.len()];
    match profile.color_space {
        DataColorSpace::Rgb => {
            let transform = profile.create_transform_8bit(layout, &srgb, layout, options).ok()?;
            transform.transform(data, &mut converted).ok()?;
        }
        DataColorSpace::Gray => {
            // A grey picture was decoded to three equal channels; alpha stays what it was.
            let transform =
                profile.create_transform_8bit(Layout::Gray, &srgb, Layout::Rgb, options).ok()?;
            let curve: Vec<u8> = (0..=255).collect();
            let mut mapped = vec![0; 256 * 3];
            transform.transform(&curve, &mut mapped).ok()?;
            let depth = layout.channels();
            for (index, (to, from)) in converted.iter_mut().zip(data).enumerate() {
                let alpha = index % depth == 3;
                *to = if alpha { *from } else { mapped[usize::from(*from) * 3] };
            }
        }
        _ => return None,
    }
    Some(converted)
}
