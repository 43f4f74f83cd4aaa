//! Blobs in a folder.

use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use social_core::Timestamp;
use social_core::ports::{BlobError, BlobKey, BlobStore, Clock};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use url::Url;

use super::{CHUNK, PublicLinks, cut, failed};

/// Where blobs are written before they get their name. No key leads here, since no part of a key
/// starts with a dot.
const INCOMING: &str = ".incoming";
/// What lies there for longer was left by a process that died.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 60 * 60);

/// Blobs as files in a folder, each under its key.
///
/// A blob is written beside its place, made to last, and then renamed, so that a reader sees the
/// whole of it or nothing, and a crash leaves nothing under its key.
#[derive(Debug)]
pub struct FolderBlobs {
    folder: PathBuf,
    links: Option<PublicLinks>,
    writes: AtomicU64,
}

impl FolderBlobs {
    /// Blobs in `folder`, which is made where it is missing.
    ///
    /// # Errors
    /// [`BlobError`] where the folder cannot be made or written.
    pub fn new(folder: impl Into<PathBuf>) -> Result<Self, BlobError> {
        let folder = folder.into();
        sweep(&folder.join(INCOMING)).map_err(failed)?;
        Ok(Self { folder, links: None, writes: AtomicU64::new(0) })
    }

    /// The same with public addresses below `base`, for whoever serves them.
    #[must_use]
    pub fn with_public_base(
        mut self,
        base: Url,
        signing_key: &[u8],
        clock: Arc<dyn Clock>,
    ) -> Self {
        self.links = Some(PublicLinks::new(base, signing_key, clock));
        self
    }

    /// Whether a public address of this store is genuine and still good at `now`.
    #[must_use]
    pub fn verify_public(&self, key: &BlobKey, expires: i64, sig: &str, now: Timestamp) -> bool {
        self.links.as_ref().is_some_and(|links| links.verify(key, expires, sig, now))
    }

    fn path(&self, key: &BlobKey) -> PathBuf {
        self.folder.join(key.as_str())
    }

    /// Writes a blob whole or not at all. Runs to its end even where nobody waits for it.
    async fn write(
        &self,
        key: &BlobKey,
        fill: impl FnOnce(&mut File) -> io::Result<()> + Send + 'static,
    ) -> Result<(), BlobError> {
        let number = self.writes.fetch_add(1, Ordering::Relaxed);
        let new = format!("{}-{number}", std::process::id());
        let new = self.folder.join(INCOMING).join(new);
        let place = self.path(key);
        let write = move || {
            let done = write_at(&new, &place, fill);
            if done.is_err() {
                let _ = fs::remove_file(&new);
            }
            done
        };
        match tokio::task::spawn_blocking(write).await {
            Ok(done) => done.map_err(failed),
            Err(error) => Err(BlobError::Io(Box::new(error))),
        }
    }
}

fn write_at(
    new: &Path,
    place: &Path,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = File::create(new)?;
    fill(&mut file)?;
    // Before the name is there, the bytes must be: a rename alone may outlive them in a crash.
    file.sync_all()?;
    drop(file);
    let folder = place.parent().unwrap_or(place);
    fs::create_dir_all(folder)?;
    fs::rename(new, place)?;
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Makes the folder of half-written blobs and clears it of what crashes left.
fn sweep(incoming: &Path) -> io::Result<()> {
    fs::create_dir_all(incoming)?;
    // The folder's own clock, read off a file made now.
    let probe = incoming.join(format!("{}-probe", std::process::id()));
    let now = File::create(&probe)?.metadata()?.modified()?;
    fs::remove_file(&probe)?;
    for entry in fs::read_dir(incoming)? {
        let entry = entry?;
        let age = entry.metadata().and_then(|meta| meta.modified());
        let age = age.ok().and_then(|then| now.duration_since(then).ok());
        if age.is_some_and(|age| age > LEFT_BEHIND) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[async_trait]
impl BlobStore for FolderBlobs {
    async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<(), BlobError> {
        self.write(key, move |file| file.write_all(&bytes)).await
    }

    async fn put_file(&self, key: &BlobKey, path: &Path) -> Result<(), BlobError> {
        let source = path.to_owned();
        self.write(key, move |file| io::copy(&mut File::open(source)?, file).map(drop)).await
    }

    async fn len(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        match tokio::fs::metadata(self.path(key)).await {
            Ok(meta) => Ok(meta.is_file().then_some(meta.len())),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    async fn read(
        &self,
        key: &BlobKey,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, BlobError>>, BlobError> {
        let missing = |error| {
            if is_missing(&error) { BlobError::NotFound(key.clone()) } else { failed(error) }
        };
        let mut file = tokio::fs::File::open(self.path(key)).await.map_err(missing)?;
        let meta = file.metadata().await.map_err(failed)?;
        if !meta.is_file() {
            return Err(BlobError::NotFound(key.clone()));
        }
        let range = cut(&range, meta.len());
        file.seek(io::SeekFrom::Start(range.start)).await.map_err(failed)?;
        file.set_max_buf_size(usize::try_from(CHUNK).unwrap_or(usize::MAX));
        let left = range.end - range.start;
        let chunks = stream::try_unfold((file, left), |(mut file, left)| async move {
            if left == 0 {
                return Ok(None);
            }
            let want = usize::try_from(left.min(CHUNK)).unwrap_or(usize::MAX);
            let mut chunk = BytesMut::with_capacity(want);
            while chunk.len() < want {
                let room = (want - chunk.len()) as u64;
                if (&mut file).take(room).read_buf(&mut chunk).await.map_err(failed)? == 0 {
                    return Err(failed(io::ErrorKind::UnexpectedEof.into()));
                }
            }
            let left = left - chunk.len() as u64;
            Ok(Some((chunk.freeze(), (file, left))))
        });
        Ok(chunks.boxed())
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        match tokio::fs::remove_file(self.path(key)).await {
            Err(error) if !is_missing(&error) => Err(failed(error)),
            _ => Ok(()),
        }
    }

    #[cfg(unix)]
    async fn room(&self) -> Result<Option<u64>, BlobError> {
        let folder = self.folder.clone();
        let look = move || rustix::fs::statvfs(&folder);
        match tokio::task::spawn_blocking(look).await {
            // What is left for those who are not root.
            Ok(Ok(disk)) => Ok(Some(disk.f_bavail.saturating_mul(disk.f_frsize))),
            Ok(Err(error)) => Err(failed(error.into())),
            Err(error) => Err(BlobError::Io(Box::new(error))),
        }
    }

    fn local_path(&self, key: &BlobKey) -> Option<PathBuf> {
        Some(self.path(key))
    }

    async fn public_url(&self, key: &BlobKey, ttl: Duration) -> Result<Option<Url>, BlobError> {
        self.links.as_ref().map(|links| links.url(key, ttl)).transpose()
    }

    fn allows(&self, key: &BlobKey, query: &str) -> bool {
        self.links.as_ref().is_some_and(|links| links.allows(key, query))
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
