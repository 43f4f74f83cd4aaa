//! Colour profiles that were met before. Phones of one make all write the same one, and setting a
//! conversion up takes longer than converting the few pixels of a rendition.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};

/// How many profiles are remembered, and how large they may be: those of printers have megabytes.
const MOST: usize = 16;
const LARGEST: usize = 32 << 10;
/// How far apart colours may be that nobody tells apart, in steps of 255.
const SAME: u8 = 2;

static MET: Mutex<VecDeque<(Vec<u8>, Way)>> = Mutex::new(VecDeque::new());

/// How a profile's colours come to sRGB.
#[derive(Clone)]
pub(super) enum Way {
    /// They are there.
    Srgb,
    /// By these, for pixels without alpha and with it.
    Rgb(Arc<Transform8BitExecutor>, Arc<Transform8BitExecutor>),
    /// Each shade of grey by its own.
    Gray(Arc<[u8; 256]>),
    /// It cannot be read, or is for print.
    Unknown,
}

/// How the colours of `profile` come to sRGB.
pub(super) fn way(profile: &[u8]) -> Way {
    if let Some((_, way)) = met().iter().find(|(known, _)| known == profile) {
        return way.clone();
    }
    let way = find(profile).unwrap_or(Way::Unknown);
    if profile.len() <= LARGEST {
        let mut met = met();
        met.truncate(MOST - 1);
        met.push_front((profile.to_vec(), way.clone()));
    }
    way
}

fn met() -> MutexGuard<'static, VecDeque<(Vec<u8>, Way)>> {
    MET.lock().unwrap_or_else(PoisonError::into_inner)
}

fn find(profile: &[u8]) -> Option<Way> {
    let profile = ColorProfile::new_from_slice(profile).ok()?;
    let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
    let transform = |from, to| profile.create_transform_8bit(from, &srgb, to, options).ok();
    match profile.color_space {
        DataColorSpace::Rgb => {
            let plain = transform(Layout::Rgb, Layout::Rgb)?;
            if changes_nothing(&*plain)? {
                return Some(Way::Srgb);
            }
            Some(Way::Rgb(plain, transform(Layout::Rgba, Layout::Rgba)?))
        }
        DataColorSpace::Gray => {
            let shades: Vec<u8> = (0..=255).collect();
            let mut mapped = vec![0; 256 * 3];
            transform(Layout::Gray, Layout::Rgb)?.transform(&shades, &mut mapped).ok()?;
            Some(Way::Gray(Arc::new(std::array::from_fn(|shade| mapped[shade * 3]))))
        }
        _ => None,
    }
}

/// Whether a conversion changes no colour: names and numbers of sRGB profiles differ, so it is tried.
fn changes_nothing(transform: &Transform8BitExecutor) -> Option<bool> {
    // Six steps a channel.
    let colours: Vec<u8> =
        (0..216_u8).flat_map(|i| [i / 36 * 51, i / 6 % 6 * 51, i % 6 * 51]).collect();
    let mut after = vec![0; colours.len()];
    transform.transform(&colours, &mut after).ok()?;
    Some(colours.iter().zip(&after).all(|(a, b)| a.abs_diff(*b) <= SAME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_known_again_and_few_are_kept() {
        let p3 = ColorProfile::new_display_p3().encode().unwrap();
        let srgb = ColorProfile::new_srgb().encode().unwrap();
        let Way::Rgb(first, _) = way(&p3) else { panic!("P3 is converted") };
        let Way::Rgb(again, _) = way(&p3) else { panic!("P3 is converted") };
        assert!(Arc::ptr_eq(&first, &again));
        assert!(matches!(way(&srgb), Way::Srgb));
        for junk in 0..40_u8 {
            assert!(matches!(way(&[junk; 9]), Way::Unknown));
        }
        assert!(met().len() <= MOST);
    }
}
