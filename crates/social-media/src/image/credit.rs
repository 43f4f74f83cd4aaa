//! The few fields of EXIF that a plan may keep.

use std::io::Cursor;

use exif::experimental::Writer;
use exif::{In, Reader, Tag};
use social_core::domain::media::Keep;

/// An EXIF block with what is to be kept of the picture's own, or `None` where there is nothing.
/// Whatever says where it was taken, and by which machine, is never among it.
pub(super) fn kept(original: &[u8], keep: Keep) -> Option<Vec<u8>> {
    let mut tags = Vec::new();
    if keep.credit {
        tags.extend([Tag::Artist, Tag::Copyright]);
    }
    if keep.taken_at {
        tags.extend([Tag::DateTimeOriginal, Tag::OffsetTimeOriginal]);
    }
    if tags.is_empty() {
        return None;
    }
    let exif = Reader::new().read_from_container(&mut Cursor::new(original)).ok()?;
    let fields: Vec<_> =
        tags.into_iter().filter_map(|tag| exif.get_field(tag, In::PRIMARY)).collect();
    if fields.is_empty() {
        return None;
    }
    let mut writer = Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    let mut block = Cursor::new(Vec::new());
    writer.write(&mut block, false).ok()?;
    Some(block.into_inner())
}

/// `jpeg` with the EXIF block, where that fits into a segment.
pub(super) fn with(jpeg: Vec<u8>, block: &[u8]) -> Vec<u8> {
    let Ok(length) = u16::try_from(block.len() + 8) else { return jpeg };
    let (start, rest) = jpeg.split_at(2);
    [start, &[0xff, 0xe1], &length.to_be_bytes(), b"Exif\0\0", block, rest].concat()
}
