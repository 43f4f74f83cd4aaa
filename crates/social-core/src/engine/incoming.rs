//! Bytes on their way into the library.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use super::Error;
use crate::ports::{MediaError, MediaErrorKind};

/// A file that is being received, on disk and not in memory. Dropped, it is gone.
#[derive(Debug)]
pub struct Incoming {
    /// A folder of its own, which goes with everything in it however this ends.
    _folder: TempDir,
    path: PathBuf,
    file: File,
    hash: Sha256,
    bytes: u64,
    limit: u64,
    name: Option<String>,
}

impl Incoming {
    /// Nothing received yet, of a file that is called so and has at most `limit` bytes. Of the name
    /// only what stands behind the last slash is taken.
    ///
    /// # Errors
    /// Where the disk takes no file.
    pub async fn new(name: Option<&str>, limit: u64) -> Result<Self, Error> {
        let folder = tempfile::tempdir().map_err(failed)?;
        let path = folder.path().join("incoming");
        let file = File::create(&path).await.map_err(failed)?;
        let (hash, name) = (Sha256::new(), name.and_then(plain_name));
        Ok(Self { _folder: folder, path, file, hash, bytes: 0, limit, name })
    }

    /// Receives more.
    ///
    /// # Errors
    /// Past the limit, and where the disk takes no more.
    pub async fn write(&mut self, chunk: &[u8]) -> Result<(), Error> {
        self.bytes += chunk.len() as u64;
        if self.bytes > self.limit {
            return Err(too_large(self.limit));
        }
        self.hash.update(chunk);
        self.file.write_all(chunk).await.map_err(failed)
    }

    /// How many bytes were received.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Makes sure that all of it lies in the file; gives the SHA-256 of the bytes in lower-case hex.
    pub(super) async fn end(&mut self) -> Result<String, Error> {
        self.file.flush().await.map_err(failed)?;
        Ok(hex::encode(self.hash.finalize_reset()))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn name(&self) -> Option<String> {
        self.name.clone()
    }
}

/// A file that has more bytes than it may.
pub(super) fn too_large(limit: u64) -> Error {
    let detail = format!("a file has at most {limit} bytes");
    MediaError::new(MediaErrorKind::TooLarge, detail).into()
}

fn failed(error: std::io::Error) -> Error {
    let detail = format!("the file could not be kept: {error}");
    MediaError::new(MediaErrorKind::Io, detail).because(error).into()
}

/// A name that is a name and no path.
fn plain_name(asked: &str) -> Option<String> {
    let last = asked.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(100).collect();
    let name = name.trim().trim_start_matches('.');
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_a_path() {
        for (asked, name) in [
            ("../../etc/passwd", Some("passwd")),
            ("C:\\a\\photo.jpg", Some("photo.jpg")),
            ("..", None),
            ("", None),
            ("a\0b", Some("ab")),
        ] {
            assert_eq!(plain_name(asked).as_deref(), name);
        }
    }
}
