//! The blocks of a GIF.

use super::{Header, Walk, le16};

/// `None` where the bytes end too early.
pub(super) fn walk(bytes: &[u8], header: &mut Header, most_frames: u32) -> Option<Walk> {
    header.frames = 0;
    let walked = blocks(bytes, header, most_frames);
    // Many a GIF lacks its last byte; what counts is that a whole frame is there.
    let whole = header.frames > 0;
    header.frames = header.frames.max(1);
    match walked {
        _ if whole => Some(Walk::Whole),
        Some(()) => Some(Walk::Damaged),
        None => None,
    }
}

/// Notes what the blocks say.
fn blocks(bytes: &[u8], header: &mut Header, most_frames: u32) -> Option<()> {
    header.width = le16(bytes, 6)?.into();
    header.height = le16(bytes, 8)?.into();
    let mut at = 13 + table(*bytes.get(10)?);
    // One more than allowed is enough to refuse it.
    while header.frames <= most_frames {
        match *bytes.get(at)? {
            0x21 => {
                let label = *bytes.get(at + 1)?;
                let data = bytes.get(at + 3..)?;
                if label == 0xf9 {
                    // Players show frames without a time for a tenth of a second.
                    let hundredths = u64::from(le16(data, 1)?);
                    let shown = if hundredths < 2 { 10 } else { hundredths };
                    header.milliseconds += shown * 10;
                }
                if label == 0xf9 && data.first()? & 1 == 1 {
                    header.alpha = true;
                }
                if label == 0xff && data.starts_with(b"XMP Data") {
                    header.metadata = true;
                }
                at = skip(bytes, at + 2)?;
            }
            0x2c => {
                let flags = *bytes.get(at + 9)?;
                at = skip(bytes, at + 10 + table(flags) + 1)?;
                header.frames += 1;
            }
            _ => break,
        }
    }
    Some(())
}

/// The length of the colour table that `flags` announce.
fn table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// Over blocks that begin with their length, to behind the empty one.
fn skip(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}
