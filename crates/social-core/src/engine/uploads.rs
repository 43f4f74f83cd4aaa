//! Taking in files that come in pieces, over as many connections as it takes.
//!
//! Each piece is a blob of its own, so that any blob store will do and nothing larger than a piece
//! is in memory. The row says which pieces are being written before a byte of them is, so that
//! whatever a process leaves behind is found and removed.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt as _, TryStreamExt as _};

use super::checksum::Compared;
use super::{Checksum, Error, Incoming, Library, Missing, Ports};
use crate::domain::{Asset, Piece, Upload, UploadId, WorkspaceId};
use crate::ports::{BlobKey, MediaError, MediaErrorKind};

/// The largest piece, and so the most of an upload that is in memory.
const PIECE: usize = 8 << 20;

/// How long an upload waits for somebody to go on with it, and how long it is remembered after its
/// end.
const TTL: Duration = Duration::from_secs(24 * 3600);

/// How many expired uploads are cleared away at once.
const BATCH: u32 = 50;

/// How much may be uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadLimits {
    /// The most bytes of a file.
    pub file: u64,
    /// The most bytes of all files of a workspace that are on their way.
    pub workspace: u64,
}

/// Takes in files that come in pieces.
#[derive(Debug, Clone)]
pub struct Uploads {
    ports: Ports,
    library: Library,
}

impl Uploads {
    /// Uploads over `ports`, into `library`.
    #[must_use]
    pub fn new(ports: Ports, library: Library) -> Self {
        Self { ports, library }
    }

    /// Begins one of `length` bytes.
    ///
    /// # Errors
    /// [`MediaErrorKind::TooLarge`] past the limits; of the store.
    pub async fn begin(
        &self,
        ws: WorkspaceId,
        length: u64,
        name: Option<String>,
        limits: UploadLimits,
    ) -> Result<Upload, Error> {
        if length > limits.file {
            return Err(super::incoming::too_large(limits.file));
        }
        let now = self.ports.clock.now();
        let upload = Upload {
            id: UploadId::from_uuid(self.ports.ids.uuid(now)),
            workspace_id: ws,
            name,
            length,
            pieces: Vec::new(),
            writing: Vec::new(),
            asset: None,
            created_at: now,
            expires_at: now + TTL,
            version: 0,
        };
        let mut unit = self.ports.store.begin().await?;
        let reserved = unit.uploads().reserved(ws).await?;
        if reserved.saturating_add(length) > limits.workspace {
            let most = limits.workspace;
            let detail =
                format!("files under way have {reserved} of {most} bytes: end or remove one first");
            return Err(MediaError::new(MediaErrorKind::TooLarge, detail).into());
        }
        unit.uploads().insert(&upload).await?;
        unit.commit().await?;
        Ok(upload)
    }

    /// How one stands.
    ///
    /// # Errors
    /// Where there is none (any more), or of the store.
    pub async fn get(&self, ws: WorkspaceId, id: UploadId) -> Result<Upload, Error> {
        let mut unit = self.ports.store.begin().await?;
        let found = unit.uploads().get(ws, id).await?;
        let now = self.ports.clock.now();
        found.filter(|upload| upload.expires_at > now).ok_or(Error::NotFound(Missing::Upload(id)))
    }

    /// Adds what `bytes` gives, from `offset` on. What came before the stream broke is kept; with a
    /// checksum all of it counts or nothing. With the last byte the file is taken into the library;
    /// where it is no picture or clip, the upload is gone.
    ///
    /// # Errors
    /// [`Error::Stale`] where `offset` is not how far the upload is, or another goes on with it;
    /// [`Error::Damaged`] where the checksum is of other bytes; [`MediaErrorKind::TooLarge`] for
    /// more than was announced; as [`Library::take`]; where there is none; of the stores.
    pub async fn append<E: Send>(
        &self,
        ws: WorkspaceId,
        id: UploadId,
        offset: u64,
        checksum: Option<Checksum>,
        bytes: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<Upload, Error> {
        let mut upload = self.get(ws, id).await?;
        if offset != upload.offset() {
            let (have, name) = (upload.offset(), upload.id);
            return Err(Error::Stale(format!("upload {name} is at {have}, not at {offset}")));
        }
        if !upload.writing.is_empty() {
            // From here on whoever wrote them is too late to let them count.
            self.write(&mut upload).await?;
            self.discard(&mut upload).await?;
        }
        if let Err(error) = self.receive(&mut upload, checksum, bytes).await {
            // Of a store that failed it is not known what it did: what is left is found later.
            if !matches!(error, Error::Store(_)) {
                self.discard(&mut upload).await?;
            }
            return Err(error);
        }
        if upload.asset.is_none() && upload.offset() == upload.length {
            self.finish(&mut upload).await?;
        }
        Ok(upload)
    }

    /// Writes what comes, piece by piece.
    async fn receive<E: Send>(
        &self,
        upload: &mut Upload,
        checksum: Option<Checksum>,
        bytes: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<(), Error> {
        let mut compared = checksum.map(Compared::with);
        let mut bytes = std::pin::pin!(bytes);
        let mut piece = BytesMut::new();
        let mut end = upload.offset();
        loop {
            // Where it broke, the client comes again and asks how far we are.
            let chunk = bytes.next().await.and_then(Result::ok);
            let over = chunk.is_none();
            let chunk = chunk.unwrap_or_default();
            end += chunk.len() as u64;
            if end > upload.length {
                let detail = format!("the upload has more than the {} bytes said", upload.length);
                return Err(MediaError::new(MediaErrorKind::TooLarge, detail).into());
            }
            if let Some(compared) = &mut compared {
                compared.update(&chunk);
            }
            piece.extend_from_slice(&chunk);
            if piece.len() >= PIECE || (over && !piece.is_empty()) {
                self.lay(upload, piece.split().freeze()).await?;
                if compared.is_none() {
                    self.count(upload).await?;
                }
            }
            if over {
                break;
            }
        }
        match compared.map(Compared::holds) {
            None => Ok(()),
            Some(true) => self.count(upload).await,
            Some(false) => Err(Error::Damaged),
        }
    }

    /// Removes one with all that came of it. What it became stays.
    ///
    /// # Errors
    /// Where there is none, or of the stores.
    pub async fn remove(&self, ws: WorkspaceId, id: UploadId) -> Result<(), Error> {
        let upload = self.get(ws, id).await?;
        self.forget(&upload).await
    }

    /// Claims the right to write, and writes a piece, which does not count yet.
    async fn lay(&self, upload: &mut Upload, bytes: Bytes) -> Result<(), Error> {
        let name = self.ports.ids.uuid(self.ports.clock.now()).simple();
        // One folder for all, so that none is left behind empty.
        let key = BlobKey::new(format!("uploads/{}-{name}", upload.id.as_uuid().simple()))?;
        upload.writing.push(Piece { key: key.clone(), bytes: bytes.len() as u64 });
        self.write(upload).await?;
        self.ports.blobs.put(&key, bytes).await?;
        Ok(())
    }

    /// Lets what was written count.
    async fn count(&self, upload: &mut Upload) -> Result<(), Error> {
        let before = upload.pieces.len();
        upload.pieces.append(&mut upload.writing);
        upload.expires_at = self.ports.clock.now() + TTL;
        let written = self.write(upload).await;
        if written.is_err() {
            upload.writing = upload.pieces.split_off(before);
        }
        written
    }

    /// Removes the bytes of what does not count. The row names them until it is written again.
    async fn discard(&self, upload: &mut Upload) -> Result<(), Error> {
        for piece in upload.writing.drain(..) {
            self.ports.blobs.delete(&piece.key).await?;
        }
        Ok(())
    }

    async fn write(&self, upload: &mut Upload) -> Result<(), Error> {
        let (ws, id) = (upload.workspace_id, upload.id);
        let mut unit = self.ports.store.begin().await?;
        let now = unit.uploads().get(ws, id).await?;
        let now = now.ok_or(Error::NotFound(Missing::Upload(id)))?;
        if now.version != upload.version {
            return Err(Error::Stale(format!("somebody else goes on with upload {id}")));
        }
        unit.uploads().update(upload).await?;
        unit.commit().await?;
        Ok(())
    }

    /// Puts the pieces together.
    async fn finish(&self, upload: &mut Upload) -> Result<(), Error> {
        match self.assemble(upload).await {
            Ok(asset) => {
                let pieces = std::mem::take(&mut upload.pieces);
                upload.asset = Some(asset.id);
                upload.expires_at = self.ports.clock.now() + TTL;
                self.write(upload).await?;
                for piece in pieces {
                    self.ports.blobs.delete(&piece.key).await?;
                }
                Ok(())
            }
            Err(error) => {
                let file_is_bad = matches!(&error, Error::Media(error)
                    if !matches!(error.kind, MediaErrorKind::Io | MediaErrorKind::Cancelled));
                if file_is_bad {
                    self.forget(upload).await?;
                }
                Err(error)
            }
        }
    }

    async fn assemble(&self, upload: &Upload) -> Result<Asset, Error> {
        let mut incoming = Incoming::new(upload.name.as_deref(), upload.length).await?;
        for piece in &upload.pieces {
            let mut bytes = self.ports.blobs.read(&piece.key, 0..u64::MAX).await?;
            while let Some(chunk) = bytes.try_next().await? {
                incoming.write(&chunk).await?;
            }
        }
        self.library.take(upload.workspace_id, incoming).await
    }

    async fn forget(&self, upload: &Upload) -> Result<(), Error> {
        forget(&self.ports, upload).await
    }
}

/// Removes uploads that nobody went on with. Returns how many.
pub(super) async fn forget_expired(ports: &Ports) -> Result<usize, Error> {
    let expired = {
        let mut unit = ports.store.begin().await?;
        unit.uploads().expired(ports.clock.now(), BATCH).await?
    };
    for upload in &expired {
        forget(ports, upload).await?;
    }
    Ok(expired.len())
}

/// The bytes go first: a row that is left without them is found again, bytes without a row never.
async fn forget(ports: &Ports, upload: &Upload) -> Result<(), Error> {
    for piece in upload.pieces.iter().chain(&upload.writing) {
        ports.blobs.delete(&piece.key).await?;
    }
    let mut unit = ports.store.begin().await?;
    unit.uploads().remove(upload.workspace_id, upload.id).await?;
    unit.commit().await?;
    Ok(())
}
