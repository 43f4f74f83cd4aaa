//! Getting at the bytes.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use bytes::Bytes;
use social_core::ports::MediaSource;

use crate::budget::Budget;
use crate::errors::{Result, corrupt, io};
use crate::sniff::{HEAD, Kind, refuse, sniff};

/// What a source is and how long, at the price of reading its first bytes.
pub(crate) fn classify(source: &MediaSource) -> Result<(Kind, u64)> {
    let (kind, len) = match source {
        MediaSource::Bytes(bytes) => (sniff(&bytes[..HEAD.min(bytes.len())]), bytes.len() as u64),
        MediaSource::File(path) => {
            let file = open(path)?;
            let mut head = Vec::with_capacity(HEAD);
            let len = file.metadata().map_err(|error| io("the file cannot be read", error))?.len();
            file.take(HEAD as u64)
                .read_to_end(&mut head)
                .map_err(|error| io("the file cannot be read", error))?;
            (sniff(&head), len)
        }
    };
    if len == 0 {
        return Err(corrupt("the file is empty: upload it again"));
    }
    match kind {
        Kind::Image(_) | Kind::Clip(_) | Kind::Document(_) => Ok((kind, len)),
        Kind::Other(_) | Kind::Unknown => Err(refuse(kind, name(source))),
    }
}

/// The bytes of a picture, once they are known to be few enough.
pub(crate) fn read_image(source: &MediaSource, budget: &Budget) -> Result<Bytes> {
    match source {
        MediaSource::Bytes(bytes) => {
            budget.check_image_bytes(bytes.len() as u64)?;
            Ok(bytes.clone())
        }
        MediaSource::File(path) => {
            let file = open(path)?;
            let known = file.metadata().map_or(0, |facts| facts.len()).min(budget.image_bytes);
            let mut content = Vec::with_capacity(known as usize + 1);
            // One more than allowed, so that a file growing meanwhile is noticed.
            file.take(budget.image_bytes.saturating_add(1))
                .read_to_end(&mut content)
                .map_err(|error| io("the file cannot be read", error))?;
            budget.check_image_bytes(content.len() as u64)?;
            Ok(content.into())
        }
    }
}

fn open(path: &Path) -> Result<File> {
    File::open(path).map_err(|error| io(&format!("{} cannot be opened", path.display()), error))
}

fn name(source: &MediaSource) -> Option<&Path> {
    match source {
        MediaSource::File(path) => Some(path),
        MediaSource::Bytes(_) => None,
    }
}
