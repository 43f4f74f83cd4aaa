//! The boxes of an MP4 or MOV, as far as networks care: FFmpeg hides whether the index comes
//! first and whether there is an edit list.

use std::io::{Error, Read, Seek, SeekFrom};

use social_media::errors::{Result, cut_off, io};

/// More boxes than a clip has; a file of nothing but boxes of eight bytes ends here.
const MOST_BOXES: u32 = 20_000;

/// What the boxes say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Boxes {
    /// QuickTime rather than MP4.
    pub(super) quicktime: bool,
    /// The index stands before the frames.
    pub(super) index_first: bool,
    /// A track has an edit list.
    pub(super) edit_list: bool,
}

/// Walks the boxes of a file of `len` bytes. A box of frames or an index that reaches behind the
/// end of the file means that the rest is missing.
pub(super) fn walk(file: &mut (impl Read + Seek), len: u64) -> Result<Boxes> {
    let mut walk = Walk { file, left: MOST_BOXES, found: Boxes::default(), cut: false };
    walk.found.quicktime = true;
    let mut order = Order { index: false, frames: false };
    walk.level(0, len, &mut order).map_err(|error| io("the clip cannot be read", error))?;
    if walk.cut {
        return Err(cut_off("clip"));
    }
    Ok(walk.found)
}

struct Walk<'a, F> {
    file: &'a mut F,
    left: u32,
    found: Boxes,
    cut: bool,
}

struct Order {
    index: bool,
    frames: bool,
}

impl<F: Read + Seek> Walk<'_, F> {
    /// The boxes between two places.
    fn level(&mut self, mut at: u64, end: u64, order: &mut Order) -> Result<(), Error> {
        while at.saturating_add(8) <= end && self.left > 0 && !self.cut {
            self.left -= 1;
            self.file.seek(SeekFrom::Start(at))?;
            let mut head = [0_u8; 16];
            self.file.read_exact(&mut head[..8])?;
            let name = [head[4], head[5], head[6], head[7]];
            let mut start = at + 8;
            let length = match u32::from_be_bytes([head[0], head[1], head[2], head[3]]) {
                // To the end of the file.
                0 => end - at,
                // Too long for four bytes.
                1 if at + 16 <= end => {
                    self.file.read_exact(&mut head[8..])?;
                    start = at + 16;
                    head[8..].iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte))
                }
                length => length.into(),
            };
            let Some(next) = at.checked_add(length).filter(|&next| next >= start) else { break };
            let known = matches!(&name, b"moov" | b"mdat" | b"moof");
            if next > end {
                self.cut |= known;
                break;
            }
            match &name {
                b"ftyp" if length >= 12 => {
                    self.file.read_exact(&mut head[..4])?;
                    self.found.quicktime = &head[..4] == b"qt  ";
                }
                b"moov" => {
                    order.index = true;
                    self.found.index_first |= !order.frames;
                    self.level(start, next, order)?;
                }
                b"trak" | b"edts" => self.level(start, next, order)?,
                b"elst" => self.found.edit_list = true,
                b"mdat" => order.frames = true,
                _ => {}
            }
            at = next;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn boxed(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let length = (content.len() as u32 + 8).to_be_bytes();
        [&length[..], name, content].concat()
    }

    fn look(bytes: &[u8]) -> Result<Boxes> {
        walk(&mut Cursor::new(bytes), bytes.len() as u64)
    }

    #[test]
    fn order_brand_and_edit_list_are_seen() {
        let kind = boxed(b"ftyp", b"isom\0\0\0\0");
        let index = boxed(b"moov", &boxed(b"trak", &boxed(b"edts", &boxed(b"elst", &[0; 8]))));
        let plain = boxed(b"moov", &boxed(b"trak", &boxed(b"tkhd", &[0; 4])));
        let frames = boxed(b"mdat", &[1; 100]);
        let first = look(&[kind.clone(), plain, frames.clone()].concat()).unwrap();
        assert_eq!(first, Boxes { quicktime: false, index_first: true, edit_list: false });
        let last = look(&[kind, frames, index].concat()).unwrap();
        assert_eq!(last, Boxes { quicktime: false, index_first: false, edit_list: true });
    }

    #[test]
    fn a_missing_end_is_told() {
        let mut frames = boxed(b"mdat", &[1; 100]);
        frames.truncate(60);
        assert!(look(&frames).unwrap_err().detail.contains("cut off"));
    }

    #[test]
    fn nonsense_ends() {
        assert!(look(&[0xff; 200]).is_ok());
        assert!(look(&boxed(b"free", &[]).repeat(30_000)).is_ok());
        // An index of almost 2^64 bytes.
        let endless = [&[0, 0, 0, 1], &b"moov"[..], &[255; 8]].concat();
        assert!(look(&endless).is_err());
    }
}
