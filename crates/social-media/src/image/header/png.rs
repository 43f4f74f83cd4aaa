//! The chunks of a PNG.

use super::{Header, Walk, be32};

/// `None` where the bytes end too early.
pub(super) fn walk(bytes: &[u8], header: &mut Header) -> Option<Walk> {
    if bytes.get(12..16)? != b"IHDR" {
        return Some(Walk::Damaged);
    }
    header.width = be32(bytes, 16)?;
    header.height = be32(bytes, 20)?;
    let mut at = 8;
    loop {
        let length = be32(bytes, at)? as usize;
        let name = bytes.get(at + 4..at + 8)?;
        let data = bytes.get(at + 8..at.checked_add(8)?.checked_add(length)?)?;
        match name {
            b"IHDR" => header.alpha = matches!(data.get(9)?, 4 | 6),
            b"tRNS" => header.alpha = true,
            b"iCCP" => header.icc = true,
            b"sRGB" => header.srgb = true,
            b"acTL" => header.frames = be32(data, 0)?.max(1),
            b"eXIf" => header.exif(data),
            b"iTXt" | b"tEXt" | b"zTXt" => {
                header.metadata |= data.starts_with(b"XML:com.adobe.xmp\0")
                    || data.starts_with(b"Raw profile type ");
            }
            b"IEND" => return Some(Walk::Whole),
            _ => {}
        }
        at += 12 + length;
    }
}
