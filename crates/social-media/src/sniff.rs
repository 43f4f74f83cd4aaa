//! What a file is, by its first bytes.

use std::path::Path;

use social_core::domain::media::{DocumentFormat, ImageFormat};
use social_core::ports::MediaError;

use crate::errors::unsupported;

/// How many bytes [`sniff`] wants to see.
pub(crate) const HEAD: usize = 512;

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A picture that this crate reads.
    Image(ImageFormat),
    /// A clip, by the name of its container.
    Clip(&'static str),
    /// A file of pages, which is passed on as it is.
    Document(DocumentFormat),
    /// Something else that has a name.
    Other(&'static str),
    /// Nothing known.
    Unknown,
}

/// Looks at the first bytes of a file.
pub(crate) fn sniff(head: &[u8]) -> Kind {
    let at = |offset: usize, magic: &[u8]| head.get(offset..).is_some_and(|h| h.starts_with(magic));
    let any = |magics: &[&[u8]]| magics.iter().any(|magic| head.starts_with(magic));
    if at(0, b"\xff\xd8\xff") {
        return Kind::Image(ImageFormat::Jpeg);
    }
    if at(0, b"\x89PNG\r\n\x1a\n") {
        return Kind::Image(ImageFormat::Png);
    }
    if any(&[b"GIF87a", b"GIF89a"]) {
        return Kind::Image(ImageFormat::Gif);
    }
    if at(0, b"RIFF") {
        return match head.get(8..12) {
            Some(b"WEBP") => Kind::Image(ImageFormat::Webp),
            Some(b"AVI ") => Kind::Clip("AVI"),
            Some(b"WAVE") => Kind::Other("WAV sound"),
            _ => Kind::Unknown,
        };
    }
    if at(4, b"ftyp") {
        return match head.get(8..12) {
            Some(b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1") => {
                Kind::Image(ImageFormat::Heic)
            }
            Some(b"avif" | b"avis") => Kind::Image(ImageFormat::Avif),
            Some(b"M4A " | b"M4B ") => Kind::Other("MPEG-4 sound"),
            Some(b"qt  ") => Kind::Clip("MOV"),
            _ => Kind::Clip("MP4"),
        };
    }
    if at(4, b"moov") || at(4, b"mdat") || at(4, b"wide") {
        return Kind::Clip("MOV");
    }
    if at(0, b"\x1a\x45\xdf\xa3") {
        return Kind::Clip("Matroska or WebM");
    }
    if at(0, b"\x00\x00\x01\xba") {
        return Kind::Clip("MPEG");
    }
    if at(0, b"\x47") && at(188, b"\x47") {
        return Kind::Clip("MPEG-TS");
    }
    if any(&[b"II*\0", b"MM\0*"]) {
        return Kind::Image(ImageFormat::Tiff);
    }
    if at(0, b"BM") && at(6, b"\0\0\0\0") {
        return Kind::Image(ImageFormat::Bmp);
    }
    if at(0, b"%PDF-") {
        return Kind::Document(DocumentFormat::Pdf);
    }
    other(head).map_or(Kind::Unknown, Kind::Other)
}

/// Names of what people send by mistake.
fn other(head: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"PK\x03\x04", "ZIP archive or Office document"),
        (b"8BPS", "Photoshop document"),
        (b"\xff\x0a", "JPEG XL picture"),
        (b"\0\0\0\x0cJXL ", "JPEG XL picture"),
        (b"ID3", "MP3 sound"),
        (b"OggS", "Ogg file"),
        (b"fLaC", "FLAC sound"),
        (b"FLV\x01", "Flash video"),
        (b"\x30\x26\xb2\x75", "Windows Media file"),
        (b"\x7fELF", "program"),
        (b"MZ", "program"),
        (b"#EXTM3U", "play list"),
        (b"ffconcat", "play list"),
        (b"\x1f\x8b", "gzip archive"),
        (b"{", "JSON text"),
    ];
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(name);
    }
    let text = std::str::from_utf8(head.get(..64.min(head.len()))?).ok()?.trim_start();
    let text = text.to_ascii_lowercase();
    if text.starts_with("<!doctype html") || text.starts_with("<html") {
        Some("HTML page")
    } else if text.starts_with("<svg") || text.starts_with("<?xml") {
        Some("SVG drawing or XML text")
    } else {
        None
    }
}

/// Refuses a file that is neither picture nor clip, naming what its name promises.
pub(crate) fn refuse(kind: Kind, path: Option<&Path>) -> MediaError {
    let bytes = match kind {
        Kind::Other(name) => format!("are a {name}"),
        Kind::Document(_) => "are a document".to_owned(),
        _ => "are of no kind known here".to_owned(),
    };
    let promise = path
        .and_then(Path::extension)
        .map(|extension| extension.to_string_lossy().to_ascii_uppercase());
    let what = match promise {
        Some(promise) => format!("this file says that it is a {promise}, but its bytes {bytes}"),
        None => format!("these bytes {bytes}"),
    };
    unsupported(format!("{what}: use a JPEG, PNG, WebP or GIF picture, or an MP4 clip"))
}
