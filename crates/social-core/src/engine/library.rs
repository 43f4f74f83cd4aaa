//! Taking media in.

use std::path::Path;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncReadExt as _;

use super::audit::note;
use super::evict::has_room;
use super::{Error, Incoming, Missing, Ports};
use crate::domain::media::MediaProbe;
use crate::domain::{Asset, AssetId, WorkspaceId};
use crate::ports::{BlobKey, MediaError, MediaErrorKind, MediaSource, UnitOfWork};

/// Takes media in: what a file is follows from its bytes, and each is stored once.
#[derive(Debug, Clone)]
pub struct Library {
    pub(super) ports: Ports,
    actor: Option<String>,
}

impl Library {
    /// A library over `ports`.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self { ports, actor: None }
    }

    /// The same for somebody (`key_…`, a person's id), whose acts are put on record.
    #[must_use]
    pub fn by(mut self, actor: impl Into<String>) -> Self {
        self.actor = Some(actor.into());
        self
    }

    /// Takes in what was received. It is probed before a byte of it is stored.
    ///
    /// # Errors
    /// For what is no picture or clip, and of the stores.
    pub async fn take(&self, ws: WorkspaceId, mut incoming: Incoming) -> Result<Asset, Error> {
        let hash = incoming.end().await?;
        let source = MediaSource::File(incoming.path().to_owned());
        self.add(ws, hash, &source, incoming.name()).await
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
        let mut unit = self.ports.store.begin().await?;
        let found = unit.media().asset(ws, id).await?;
        found.ok_or_else(|| Error::NotFound(Missing::Media(id)))
    }

    async fn add(
        &self,
        ws: WorkspaceId,
        hash: String,
        source: &MediaSource,
        name: Option<String>,
    ) -> Result<Asset, Error> {
        {
            let mut unit = self.ports.store.begin().await?;
            if let Some(asset) = unit.media().asset_by_hash(ws, &hash).await? {
                return Ok(asset);
            }
        }
        let probe = self.ports.media.probe(source).await?;
        let (mime, extension) = match &probe {
            MediaProbe::Image(image) => (image.format.mime(), image.format.extension()),
            MediaProbe::Video(video) if video.container == "mov" => ("video/quicktime", "mov"),
            MediaProbe::Video(video) if video.container == "webm" => ("video/webm", "webm"),
            MediaProbe::Video(_) => ("video/mp4", "mp4"),
            MediaProbe::Document(file) => (file.format.mime(), file.format.extension()),
        };
        let key = BlobKey::new(format!("assets/{}/{hash}.{extension}", &hash[..2]))?;
        has_room(&self.ports, probe.bytes()).await?;
        self.keep(source, &key).await?;
        let now = self.ports.clock.now();
        let asset = Asset {
            id: AssetId::from_uuid(self.ports.ids.uuid(now)),
            workspace_id: ws,
            hash: hash.clone(),
            key,
            mime: mime.into(),
            probe,
            name,
            created_at: now,
        };
        match self.note_asset(&asset).await {
            Ok(None) => {}
            Ok(Some(asset)) => return Ok(asset),
            Err(error) => {
                self.forget_bytes(&asset).await;
                return Err(error);
            }
        }
        // Whoever removed the last asset of these bytes just now took them along: from here on the
        // row keeps them.
        if self.ports.blobs.len(&asset.key).await?.is_none() {
            self.keep(source, &asset.key).await?;
        }
        Ok(asset)
    }

    /// Writes the row, unless another took the same bytes in meanwhile: that asset then.
    async fn note_asset(&self, asset: &Asset) -> Result<Option<Asset>, Error> {
        let ws = asset.workspace_id;
        let mut unit = self.ports.store.begin().await?;
        if let Some(there) = unit.media().asset_by_hash(ws, &asset.hash).await? {
            return Ok(Some(there));
        }
        unit.media().insert_asset(asset).await?;
        self.record(&mut *unit, ws, "media.add", &asset.id.to_string()).await?;
        unit.commit().await?;
        Ok(None)
    }

    /// Takes bytes away again whose row could not be written, as far as that can be done: an upload
    /// that broke leaves nothing behind. Whoever holds the same bytes keeps them.
    async fn forget_bytes(&self, asset: &Asset) {
        let forget = async {
            let mut unit = self.ports.store.begin().await?;
            if !unit.media().is_held(&asset.hash).await? {
                self.ports.blobs.delete(&asset.key).await?;
            }
            Ok::<(), Error>(())
        };
        if let Err(error) = forget.await {
            tracing::warn!(key = %asset.key, %error, "the bytes of a broken upload are left");
        }
    }

    async fn keep(&self, source: &MediaSource, key: &BlobKey) -> Result<(), Error> {
        match source {
            MediaSource::Bytes(bytes) => self.ports.blobs.put(key, bytes.clone()).await?,
            MediaSource::File(path) => self.ports.blobs.put_file(key, path).await?,
        }
        Ok(())
    }

    /// Assets, newest first: those older than `before`, at most `limit`.
    ///
    /// # Errors
    /// Of the store.
    pub async fn list(
        &self,
        ws: WorkspaceId,
        before: Option<AssetId>,
        limit: u32,
    ) -> Result<Vec<Asset>, Error> {
        let mut unit = self.ports.store.begin().await?;
        Ok(unit.media().assets(ws, before, limit).await?)
    }

    /// Removes an asset with what was made of it. The bytes go too, unless another workspace has
    /// the same.
    ///
    /// # Errors
    /// [`Error::InUse`] while a post that is not settled uses it; where there is none; of the
    /// stores.
    pub async fn remove(&self, ws: WorkspaceId, id: AssetId) -> Result<(), Error> {
        let mut unit = self.ports.store.begin().await?;
        let asset = unit.media().asset(ws, id).await?;
        let asset = asset.ok_or(Error::NotFound(Missing::Media(id)))?;
        if let Some(post) = unit.media().waiting_post(ws, id).await? {
            return Err(Error::InUse(format!("post {post} waits and uses {id}")));
        }
        let renditions = unit.media().remove_renditions(ws, &asset.hash).await?;
        unit.media().remove_asset(ws, id).await?;
        self.record(&mut *unit, ws, "media.remove", &id.to_string()).await?;
        if !unit.media().is_held(&asset.hash).await? {
            // Within the unit, so that whoever takes the same bytes in either is seen here, or
            // sees that they are gone and puts them back.
            for key in renditions.into_iter().map(|made| made.key).chain([asset.key]) {
                self.ports.blobs.delete(&key).await?;
            }
        }
        unit.commit().await?;
        Ok(())
    }

    async fn record(
        &self,
        unit: &mut dyn UnitOfWork,
        ws: WorkspaceId,
        action: &str,
        subject: &str,
    ) -> Result<(), Error> {
        let Some(actor) = &self.actor else { return Ok(()) };
        note(unit, self.ports.clock.now(), ws, actor, action, subject).await
    }
}
