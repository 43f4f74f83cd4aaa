//! What the header of a picture says, read without decoding a pixel.

mod gif;
mod jpeg;
mod plain;
mod png;
mod webp;

pub(super) use jpeg::{SCANS, profile as jpeg_profile};
use social_core::domain::media::ImageFormat;

use super::orientation::Orientation;
use crate::budget::Budget;
use crate::errors::{Result, corrupt, cut_off, unsupported};
use crate::sniff::{Kind, sniff};

/// What the header says.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    pub(crate) format: ImageFormat,
    /// Pixels across as stored, before the orientation.
    pub(crate) width: u32,
    /// Pixels down as stored, before the orientation.
    pub(crate) height: u32,
    pub(crate) orientation: Orientation,
    pub(crate) alpha: bool,
    pub(crate) frames: u32,
    /// It carries an ICC profile.
    pub(crate) icc: bool,
    /// It says sRGB without a profile.
    pub(crate) srgb: bool,
    /// Colours for print, which no screen shows as they are.
    pub(crate) cmyk: bool,
    /// Its inks are written the other way round: 255 is none.
    pub(crate) inverted: bool,
    /// It carries EXIF, XMP or IPTC.
    pub(crate) metadata: bool,
    /// It comes in scans, each finer than the last, which are all held until the end.
    pub(crate) progressive: bool,
    /// Its last bytes are missing: how much of the picture that is, only decoding tells.
    pub(crate) tail_missing: bool,
    /// How long its frames take together, in milliseconds.
    pub(crate) milliseconds: u64,
}

impl Header {
    fn new(format: ImageFormat) -> Self {
        Self {
            format,
            width: 0,
            height: 0,
            orientation: Orientation::UPRIGHT,
            alpha: false,
            frames: 1,
            icc: false,
            srgb: false,
            cmyk: false,
            inverted: false,
            metadata: false,
            progressive: false,
            tail_missing: false,
            milliseconds: 0,
        }
    }

    /// Of a picture that is decoded already, upright.
    pub(super) fn decoded(format: ImageFormat, width: u32, height: u32) -> Self {
        Self { width, height, ..Self::new(format) }
    }

    /// About how many bytes it takes to decode it.
    pub(crate) fn cost(&self) -> u64 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        match self.format {
            // The coefficients of all scans are held, two bytes each.
            ImageFormat::Jpeg if self.progressive => pixels * 9,
            ImageFormat::Jpeg => pixels * 3,
            _ => pixels * 8,
        }
    }

    /// Notes an EXIF block; the first one wins.
    fn exif(&mut self, tiff: &[u8]) {
        if self.orientation == Orientation::UPRIGHT {
            self.orientation = Orientation::from_exif(tiff);
        }
        self.metadata = true;
    }
}

/// How a walk through a file ended, where it did not run out of bytes.
enum Walk {
    /// All is there.
    Whole,
    /// It cannot be what it says.
    Damaged,
}

/// Reads the header and holds it against the budget. A file whose end is missing is refused here,
/// before anybody plans with it.
pub(crate) fn read(bytes: &[u8], budget: &Budget) -> Result<Header> {
    let Kind::Image(format) = sniff(bytes) else {
        return Err(unsupported("this is no picture that is read here"));
    };
    let mut header = Header::new(format);
    let (name, walk) = match format {
        ImageFormat::Jpeg => ("JPEG", jpeg::walk(bytes, &mut header)),
        ImageFormat::Png => ("PNG", png::walk(bytes, &mut header)),
        ImageFormat::Webp => ("WebP", webp::walk(bytes, &mut header)),
        ImageFormat::Gif => ("GIF", gif::walk(bytes, &mut header, budget.image_frames)),
        ImageFormat::Tiff => ("TIFF", plain::tiff(bytes, &mut header)),
        ImageFormat::Bmp => ("BMP", plain::bmp(bytes, &mut header)),
        _ => return Err(unsupported("this kind of picture is not read here")),
    };
    // The size first: a bomb is often nothing but a header, and what it announces says more than
    // what it lacks.
    if walk.is_some() || header.width > 0 {
        budget.check_image_size(header.width, header.height, header.frames)?;
    }
    match walk {
        Some(Walk::Whole) => Ok(header),
        Some(Walk::Damaged) => Err(corrupt(format!("this {name} is damaged: export it again"))),
        None => Err(cut_off(name)),
    }
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn le16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
