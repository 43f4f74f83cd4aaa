//! The segments of a JPEG.

use super::{Header, Walk, be16};

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
            0xe2 if segment.starts_with(b"ICC_PROFILE\0") => header.icc = true,
            0xed if segment.starts_with(b"Photoshop 3.0\0") => header.metadata = true,
            // Frame headers; the three left out are tables.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                header.height = be16(segment, 1)?.into();
                header.width = be16(segment, 3)?.into();
                header.cmyk = *segment.get(5)? == 4;
            }
            0xda => {
                ends(bytes, at + 2 + length)?;
                return Some(Walk::Whole);
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

/// Walks the scans to the end marker: decoders fill what is missing with grey and say nothing.
fn ends(bytes: &[u8], mut at: usize) -> Option<()> {
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == 0xff)?;
        match *bytes.get(at + 1)? {
            0xd9 => return Some(()),
            // A stuffed byte, filling, or a restart: the scan goes on.
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            // Tables between the scans of a progressive picture.
            _ => at += 2 + usize::from(be16(bytes, at + 2)?),
        }
    }
}
