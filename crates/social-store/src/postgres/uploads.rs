//! Files that come in pieces, and accounts that wait for a choice, in PostgreSQL.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{Platform, Upload, UploadId, WorkspaceId};
use social_core::ports::{Choice, ChoiceRepo, Sealed, StoreError, UploadRepo};
use sqlx::query;

use super::columns::{Columns, doc, json};
use super::sql::waiting as sql;
use super::unit::{Held, PostgresUnit};

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl UploadRepo for PostgresUnit {
    async fn insert(&mut self, upload: &Upload) -> Result<()> {
        let insert = query(sql::UPLOAD_INSERT)
            .bind(upload.workspace_id.as_uuid())
            .bind(upload.id.as_uuid())
            .bind(i64::try_from(upload.length).unwrap_or(i64::MAX))
            .bind(upload.asset.is_none())
            .bind(upload.expires_at.as_millis())
            .bind(upload.version)
            .bind(json(upload)?);
        self.run(insert, &upload.id).await.map(drop)
    }

    async fn get(&mut self, workspace: WorkspaceId, id: UploadId) -> Result<Option<Upload>> {
        let get = query(sql::UPLOAD_GET).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.one(get, "upload", doc).await
    }

    async fn update(&mut self, upload: &mut Upload) -> Result<()> {
        let next = Upload { version: upload.version + 1, ..upload.clone() };
        let update = query(sql::UPLOAD_UPDATE)
            .bind(upload.workspace_id.as_uuid())
            .bind(upload.id.as_uuid())
            .bind(i64::try_from(upload.length).unwrap_or(i64::MAX))
            .bind(upload.asset.is_none())
            .bind(upload.expires_at.as_millis())
            .bind(upload.version)
            .bind(json(&next)?);
        self.swap(update, &upload.id).await?;
        *upload = next;
        Ok(())
    }

    async fn remove(&mut self, workspace: WorkspaceId, id: UploadId) -> Result<()> {
        let remove = query(sql::UPLOAD_REMOVE).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.run(remove, &id).await.map(drop)
    }

    async fn reserved(&mut self, workspace: WorkspaceId) -> Result<u64> {
        // Who looks at what is left and then takes of it must be alone.
        self.hold(Held::Uploads, workspace.as_uuid()).await?;
        let sum = query(sql::UPLOAD_RESERVED).bind(workspace.as_uuid());
        let read = |row: &Columns<'_>| row.get::<i64>("bytes");
        let sum = self.one(sum, "upload", read).await?;
        Ok(sum.and_then(|sum| u64::try_from(sum).ok()).unwrap_or(0))
    }

    async fn expired(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Upload>> {
        let list = query(sql::UPLOAD_EXPIRED).bind(now.as_millis()).bind(i64::from(limit));
        self.all(list, "upload", doc).await
    }
}

fn choice(row: &Columns<'_>) -> Result<Choice> {
    Ok(Choice {
        hash: row.get("hash")?,
        workspace_id: row.id("workspace_id", WorkspaceId::from_uuid)?,
        platform: row.word("platform")?,
        options: row.json("options")?,
        secret: Sealed(row.get("secret")?),
        expires_at: row.time("expires_at")?,
    })
}

#[async_trait]
impl ChoiceRepo for PostgresUnit {
    async fn put(&mut self, choice: &Choice) -> Result<()> {
        let put = query(sql::CHOICE_PUT)
            .bind(choice.workspace_id.as_uuid())
            .bind(choice.platform.as_str())
            .bind(&choice.hash)
            .bind(json(&choice.options)?)
            .bind(&choice.secret.0)
            .bind(choice.expires_at.as_millis());
        self.run(put, &"the choice").await.map(drop)
    }

    async fn get(&mut self, hash: &str, now: Timestamp) -> Result<Option<Choice>> {
        let get = query(sql::CHOICE_GET).bind(hash).bind(now.as_millis());
        self.one(get, "choice", choice).await
    }

    async fn pending(
        &mut self,
        workspace: WorkspaceId,
        platform: &Platform,
        now: Timestamp,
    ) -> Result<Option<Choice>> {
        let get = query(sql::CHOICE_PENDING)
            .bind(workspace.as_uuid())
            .bind(platform.as_str())
            .bind(now.as_millis());
        self.one(get, "choice", choice).await
    }

    async fn take(&mut self, workspace: WorkspaceId, hash: &str) -> Result<bool> {
        let take = query(sql::CHOICE_TAKE).bind(workspace.as_uuid()).bind(hash);
        Ok(self.run(take, &"the choice").await? > 0)
    }

    async fn expire(&mut self, now: Timestamp) -> Result<u64> {
        self.run(query(sql::CHOICE_EXPIRE).bind(now.as_millis()), &"the choice").await
    }
}
