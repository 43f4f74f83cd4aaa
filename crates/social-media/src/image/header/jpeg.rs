//! The segments of a JPEG.

use memchr::memchr;

use super::{Header, Walk, be16};

/// The most scans of one picture. Encoders write about ten; every scan may paint the whole picture
/// anew, so that a small file with thousands of them would keep a decoder busy for minutes.
pub(in crate::image) const SCANS: u32 = 100;

/// What a segment with a part of a colour profile begins with; the part's number, how many there
/// are, and the part follow.
const ICC: &[u8] = b"ICC_PROFILE\0";

/// `None` where the bytes end too early.
pub(super) fn walk(bytes: &[u8], header: &mut Header) -> Option<Walk> {
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return Some(Walk::Damaged);
        }
        let marker = *bytes.get(at + 1)?;
        match marker {
            // Filling, and markers without a length.
            0xff => {
                at += 1;
                continue;
            }
            0x01 | 0xd0..=0xd8 => {
                at += 2;
                continue;
            }
            // The end, and no picture yet.
            0xd9 => return Some(Walk::Damaged),
            _ => {}
        }
        let length = usize::from(be16(bytes, at + 2)?);
        if length < 2 {
            return Some(Walk::Damaged);
        }
        let segment = bytes.get(at + 4..at + 2 + length)?;
        match marker {
            0xe1 => app1(header, segment),
            0xe2 if segment.starts_with(ICC) => header.icc = true,
            0xed if segment.starts_with(b"Photoshop 3.0\0") => header.metadata = true,
            0xee if segment.starts_with(b"Adobe") => header.inverted = true,
            // Frame headers; the three left out are tables.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                header.height = be16(segment, 1)?.into();
                header.width = be16(segment, 3)?.into();
                header.cmyk = *segment.get(5)? == 4;
                header.progressive = marker == 0xc2;
            }
            0xda => {
                // Cameras that run out of battery, and networks that break off, leave most of it.
                let end = ends(bytes, at + 2 + length);
                header.tail_missing = end.is_none();
                return Some(end.unwrap_or(Walk::Whole));
            }
            _ => {}
        }
        at += 2 + length;
    }
}

fn app1(header: &mut Header, segment: &[u8]) {
    if let Some(tiff) = segment.strip_prefix(b"Exif\0\0") {
        header.exif(tiff);
    } else if segment.starts_with(b"http://ns.adobe.com/") {
        header.metadata = true;
    }
}

/// Walks the scans to the end marker; `None` where it is missing: decoders fill what they miss with
/// grey and say nothing.
fn ends(bytes: &[u8], mut at: usize) -> Option<Walk> {
    let mut scans = 1;
    loop {
        at += memchr(0xff, bytes.get(at..)?)?;
        match *bytes.get(at + 1)? {
            0xd9 => return Some(Walk::Whole),
            // A stuffed byte, filling, or a restart: the scan goes on.
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            // Tables between the scans of a progressive picture, and the next scan.
            marker => {
                scans += u32::from(marker == 0xda);
                if scans > SCANS {
                    return Some(Walk::Damaged);
                }
                at += 2 + usize::from(be16(bytes, at + 2)?);
            }
        }
    }
}

/// The colour profile, put together from its parts.
pub(in crate::image) fn profile(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut parts = Vec::new();
    let mut at = 2;
    while let (Some(0xff), Some(&marker)) = (bytes.get(at), bytes.get(at + 1)) {
        match marker {
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            0xd9 | 0xda => break,
            _ => {
                let length = usize::from(be16(bytes, at + 2)?).max(2);
                let segment = bytes.get(at + 4..at + 2 + length)?;
                if let Some([number, _count, part @ ..]) =
                    segment.strip_prefix(ICC).filter(|_| marker == 0xe2)
                {
                    parts.push((*number, part));
                }
                at += 2 + length;
            }
        }
    }
    parts.sort_by_key(|(number, _)| *number);
    let whole: Vec<u8> = parts.into_iter().flat_map(|(_, part)| part).copied().collect();
    (!whole.is_empty()).then_some(whole)
}
