//! The chunks of a WebP.

use super::{Header, Walk, le16, le32};

/// `None` where the bytes end too early.
pub(super) fn walk(bytes: &[u8], header: &mut Header) -> Option<Walk> {
    let end = (le32(bytes, 4)? as usize).checked_add(8)?;
    let mut at = 12;
    let mut frames = 0_u32;
    let mut extended = false;
    while at + 8 <= end {
        let name = bytes.get(at..at + 4)?;
        let length = le32(bytes, at + 4)? as usize;
        let data = bytes.get(at + 8..at.checked_add(8)?.checked_add(length)?)?;
        match name {
            b"VP8X" => {
                let flags = *data.first()?;
                header.alpha = flags & 0x10 != 0;
                header.width = (le32(data, 4)? & 0xff_ffff) + 1;
                header.height = (le32(data, 6)? >> 8) + 1;
                extended = true;
            }
            b"VP8 " if !extended => {
                header.width = u32::from(le16(data, 6)? & 0x3fff);
                header.height = u32::from(le16(data, 8)? & 0x3fff);
            }
            b"VP8L" if !extended => {
                let bits = le32(data, 1)?;
                header.width = (bits & 0x3fff) + 1;
                header.height = (bits >> 14 & 0x3fff) + 1;
                header.alpha = bits >> 28 & 1 == 1;
            }
            b"ANMF" => frames = frames.saturating_add(1),
            b"ICCP" => header.icc = true,
            // Some writers keep the prefix that JPEG wants.
            b"EXIF" => header.exif(data.strip_prefix(b"Exif\0\0").unwrap_or(data)),
            b"XMP " => header.metadata = true,
            _ => {}
        }
        at += 8 + length + length % 2;
    }
    header.frames = frames.max(1);
    bytes.get(..end)?;
    Some(if header.width == 0 { Walk::Damaged } else { Walk::Whole })
}
