//! Images: format and size from the header, nothing is decoded.

use std::io::Cursor;

use image::{ImageFormat, ImageReader};

/// The formats that matter to the networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageKind {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
    /// GIF.
    Gif,
}

impl ImageKind {
    pub(crate) fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
        }
    }
}

/// What an image's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageFacts {
    /// The format.
    pub kind: ImageKind,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl ImageFacts {
    pub(crate) fn aspect(&self) -> f64 {
        f64::from(self.width) / f64::from(self.height.max(1))
    }
}

pub(crate) fn probe(bytes: &[u8]) -> Option<ImageFacts> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let kind = match reader.format()? {
        ImageFormat::Jpeg => ImageKind::Jpeg,
        ImageFormat::Png => ImageKind::Png,
        ImageFormat::WebP => ImageKind::Webp,
        ImageFormat::Gif => ImageKind::Gif,
        _ => return None,
    };
    let (width, height) = reader.into_dimensions().ok()?;
    Some(ImageFacts { kind, width, height })
}
