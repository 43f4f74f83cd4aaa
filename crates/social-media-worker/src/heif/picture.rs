//! Pictures by libheif.

use std::path::Path;

use moxcms::ColorProfile;
use social_core::domain::media::ColourProfile;
use social_media::Budget;
use social_media::errors::{Result, corrupt};
use social_media::native::{Facts, Pixels};

use super::library::{Colours, Picture};

/// What the picture is, before it is decoded.
pub(crate) fn describe(path: &Path, budget: &Budget) -> Result<Facts> {
    let picture = open(path, budget)?;
    let (width, height) = picture.size()?;
    let colour = match picture.colours()? {
        Colours::Plain => ColourProfile::Untagged,
        Colours::P3 | Colours::Profile(_) => ColourProfile::Other,
    };
    Ok(Facts { width, height, alpha: picture.alpha()?, colour, metadata: picture.metadata()? })
}

/// Its pixels, upright: libheif turns them as the file says.
pub(crate) fn decode(path: &Path, budget: &Budget) -> Result<(Pixels, Vec<u8>)> {
    let picture = open(path, budget)?;
    let alpha = picture.alpha()?;
    let icc = match picture.colours()? {
        Colours::Plain => None,
        Colours::P3 => ColorProfile::new_display_p3().encode().ok(),
        Colours::Profile(profile) => Some(profile),
    };
    let told = picture.size()?;
    let (width, height, data) = picture.decode(alpha)?;
    if (width, height) != told {
        return Err(corrupt("the picture is of another size than it says: export it again"));
    }
    Ok((Pixels { width, height, alpha, orientation: 1, icc }, data))
}

fn open(path: &Path, budget: &Budget) -> Result<Picture> {
    let bytes = std::fs::metadata(path).map_or(0, |facts| facts.len());
    budget.check_image_bytes(bytes)?;
    // One side alone may be as long as all pixels in a row of a hundred.
    let most_side = u32::try_from(budget.image_pixels / 100).unwrap_or(u32::MAX);
    let picture = Picture::open(path, most_side)?;
    let (width, height) = picture.size()?;
    budget.check_image_size(width, height, 1)?;
    Ok(picture)
}
