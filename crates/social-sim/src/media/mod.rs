//! What the bytes of a medium say about themselves.

mod mp4;
mod still;

use std::collections::BTreeMap;

use bytes::Bytes;

pub use mp4::{Mp4Error, VideoFacts};
pub use still::{ImageFacts, ImageKind};

use crate::ids::sha256_hex;
use crate::ledger::LedgerMedia;

/// What a medium is.
#[derive(Debug, Clone, PartialEq)]
pub enum MediaFacts {
    /// A still or an animated image.
    Image(ImageFacts),
    /// An MP4 or MOV.
    Video(VideoFacts),
    /// A file of the MP4 family that does not parse.
    BrokenVideo(Mp4Error),
    /// Neither.
    Unknown,
}

impl MediaFacts {
    /// Looks at the bytes; nothing else is believed.
    #[must_use]
    pub fn probe(bytes: &[u8]) -> Self {
        if let Some(image) = still::probe(bytes) {
            return Self::Image(image);
        }
        if bytes.get(4..8) == Some(b"ftyp") || bytes.get(4..8) == Some(b"moov") {
            return match mp4::probe(bytes) {
                Ok(facts) => Self::Video(facts),
                Err(error) => Self::BrokenVideo(error),
            };
        }
        Self::Unknown
    }

    fn mime(&self) -> &'static str {
        match self {
            Self::Image(image) => image.kind.mime(),
            Self::Video(_) | Self::BrokenVideo(_) => "video/mp4",
            Self::Unknown => "application/octet-stream",
        }
    }
}

/// A medium that somebody uploaded.
#[derive(Debug, Clone)]
pub(crate) struct Medium {
    pub bytes: Bytes,
    pub facts: MediaFacts,
}

/// All media, by the hash of their bytes.
#[derive(Debug, Default)]
pub(crate) struct Shelf(BTreeMap<String, Medium>);

impl Shelf {
    /// Keeps the bytes and says under which hash.
    pub(crate) fn keep(&mut self, bytes: Bytes) -> String {
        let hash = sha256_hex(&bytes);
        self.0
            .entry(hash.clone())
            .or_insert_with(|| Medium { facts: MediaFacts::probe(&bytes), bytes });
        hash
    }

    pub(crate) fn get(&self, hash: &str) -> Option<&Medium> {
        self.0.get(hash)
    }

    pub(crate) fn facts(&self, hash: &str) -> &MediaFacts {
        self.0.get(hash).map_or(&MediaFacts::Unknown, |medium| &medium.facts)
    }

    pub(crate) fn size(&self, hash: &str) -> u64 {
        self.0.get(hash).map_or(0, |medium| medium.bytes.len() as u64)
    }

    pub(crate) fn video(&self, hash: &str) -> Option<&VideoFacts> {
        match self.facts(hash) {
            MediaFacts::Video(facts) => Some(facts),
            _ => None,
        }
    }

    pub(crate) fn mime(&self, hash: &str) -> &'static str {
        self.facts(hash).mime()
    }

    pub(crate) fn for_ledger(&self, hash: &str) -> LedgerMedia {
        let facts = self.facts(hash);
        let (width, height, duration) = match facts {
            MediaFacts::Image(image) => (Some(image.width), Some(image.height), None),
            MediaFacts::Video(v) => (Some(v.width), Some(v.height), Some(v.duration_ms)),
            _ => (None, None, None),
        };
        LedgerMedia {
            sha256: hash.to_owned(),
            bytes: self.size(hash),
            mime: facts.mime().to_owned(),
            width,
            height,
            duration,
        }
    }
}
