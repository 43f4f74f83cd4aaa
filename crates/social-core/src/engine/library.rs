//! Taking media in.

use std::path::Path;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncReadExt as _;

use super::{Error, Ports};
use crate::domain::media::MediaProbe;
use crate::domain::{Asset, AssetId, WorkspaceId};
use crate::ports::{BlobKey, MediaError, MediaErrorKind, MediaSource};

/// Takes media in: what a file is follows from its bytes, and each is stored once.
#[derive(Debug, Clone)]
pub struct Library(Ports);

impl Library {
    /// A library over `ports`.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self(ports)
    }

    /// Takes a file in. It is probed before a byte of it is stored.
    ///
    /// # Errors
    /// For a file that cannot be read or is no picture or clip, and of the stores.
    pub async fn add_file(&self, ws: WorkspaceId, path: &Path) -> Result<Asset, Error> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let unreadable = |error: std::io::Error| {
            let detail = format!("{} cannot be read: {error}", path.display());
            Error::Media(MediaError::new(MediaErrorKind::Io, detail).because(error))
        };
        let mut file = tokio::fs::File::open(path).await.map_err(unreadable)?;
        let mut hash = Sha256::new();
        let mut chunk = vec![0; 256 << 10];
        loop {
            let n = file.read(&mut chunk).await.map_err(unreadable)?;
            if n == 0 {
                break;
            }
            hash.update(&chunk[..n]);
        }
        let source = MediaSource::File(path.to_owned());
        self.add(ws, hex::encode(hash.finalize()), &source, name).await
    }

    /// Takes bytes in.
    ///
    /// # Errors
    /// For bytes that are no picture or clip, and of the stores.
    pub async fn add_bytes(
        &self,
        ws: WorkspaceId,
        bytes: Bytes,
        name: Option<String>,
    ) -> Result<Asset, Error> {
        let hash = hex::encode(Sha256::digest(&bytes));
        self.add(ws, hash, &MediaSource::Bytes(bytes), name).await
    }

    /// One asset.
    ///
    /// # Errors
    /// Where there is none, or of the store.
    pub async fn get(&self, ws: WorkspaceId, id: AssetId) -> Result<Asset, Error> {
        let mut unit = self.0.store.begin().await?;
        let found = unit.media().asset(ws, id).await?;
        found.ok_or_else(|| Error::NotFound(format!("media {id}")))
    }

    async fn add(
        &self,
        ws: WorkspaceId,
        hash: String,
        source: &MediaSource,
        name: Option<String>,
    ) -> Result<Asset, Error> {
        {
            let mut unit = self.0.store.begin().await?;
            if let Some(asset) = unit.media().asset_by_hash(ws, &hash).await? {
                return Ok(asset);
            }
        }
        let probe = self.0.media.probe(source).await?;
        let (mime, extension) = match &probe {
            MediaProbe::Image(image) => (image.format.mime(), image.format.extension()),
            MediaProbe::Video(video) if video.container == "mov" => ("video/quicktime", "mov"),
            MediaProbe::Video(video) if video.container == "webm" => ("video/webm", "webm"),
            MediaProbe::Video(_) => ("video/mp4", "mp4"),
            MediaProbe::Document(file) => (file.format.mime(), file.format.extension()),
        };
        let key = BlobKey::new(format!("assets/{}/{hash}.{extension}", &hash[..2]))?;
        match source {
            MediaSource::Bytes(bytes) => self.0.blobs.put(&key, bytes.clone()).await?,
            MediaSource::File(path) => self.0.blobs.put_file(&key, path).await?,
        }
        let now = self.0.clock.now();
        let asset = Asset {
            id: AssetId::from_uuid(self.0.ids.uuid(now)),
            workspace_id: ws,
            hash: hash.clone(),
            key,
            mime: mime.into(),
            probe,
            name,
            created_at: now,
        };
        let mut unit = self.0.store.begin().await?;
        // Another may have taken the same bytes in meanwhile.
        if let Some(asset) = unit.media().asset_by_hash(ws, &hash).await? {
            return Ok(asset);
        }
        unit.media().insert_asset(&asset).await?;
        unit.commit().await?;
        Ok(asset)
    }
}
