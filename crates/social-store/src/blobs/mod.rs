//! Where the bytes of media live.

mod folder;
mod memory;
mod public_links;
#[cfg(feature = "s3")]
mod s3;
#[cfg(feature = "s3")]
mod s3_address;

use std::io;
use std::ops::Range;

use social_core::ports::BlobError;

pub use folder::FolderBlobs;
pub use memory::MemoryBlobs;
pub use public_links::PublicLinks;
#[cfg(feature = "s3")]
pub use s3::{S3Blobs, S3Settings};

/// How many bytes a chunk has at most.
const CHUNK: u64 = 256 * 1024;

/// `range` cut to a blob of `len` bytes.
fn cut(range: &Range<u64>, len: u64) -> Range<u64> {
    let start = range.start.min(len);
    start..range.end.clamp(start, len)
}

fn failed(error: io::Error) -> BlobError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => BlobError::Full,
        _ => BlobError::Io(Box::new(error)),
    }
}
