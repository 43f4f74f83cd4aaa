//! Posts, deliveries and media in SQLite.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{
    AccountId, Asset, AssetId, Delivery, DeliveryId, DeliveryStatus, Post, PostId, Rendition, Said,
    WorkspaceId,
};
use social_core::ports::{DeliveryRepo, MediaRepo, Near, Nearby, PostFilter, PostRepo, StoreError};

use super::columns::{Columns, doc, json, millis, word};
use super::sql::content as sql;
use super::statement::statement;
use super::unit::SqliteUnit;
use crate::shared::{PAGE, STATUSES, named, said};

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl PostRepo for SqliteUnit {
    async fn insert(&mut self, post: &Post) -> Result<()> {
        let insert = statement(sql::POST_INSERT)
            .bind(post.workspace_id.as_uuid())
            .bind(post.id.as_uuid())
            .bind(post.due_at.as_millis())
            .bind(post.version)
            .bind(json(post)?);
        self.run(insert, &post.id).await.map(drop)
    }

    async fn get(&mut self, workspace: WorkspaceId, id: PostId) -> Result<Option<Post>> {
        let get = statement(sql::POST_GET).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.one(get, "post", doc).await
    }

    async fn update(&mut self, post: &mut Post) -> Result<()> {
        let next = Post { version: post.version + 1, ..post.clone() };
        let update = statement(sql::POST_UPDATE)
            .bind(post.workspace_id.as_uuid())
            .bind(post.id.as_uuid())
            .bind(post.due_at.as_millis())
            .bind(post.version)
            .bind(json(&next)?);
        self.swap(update, &post.id).await?;
        *post = next;
        Ok(())
    }

    async fn list(&mut self, workspace: WorkspaceId, filter: &PostFilter) -> Result<Vec<Post>> {
        let limit = if filter.limit == 0 { PAGE } else { filter.limit };
        let text = match (&filter.status, &filter.platform) {
            (_, Some(_)) => sql::POST_LIST_OF_PLATFORM,
            (Some(_), None) => sql::POST_LIST_OF_STATUS,
            (None, None) => sql::POST_LIST,
        };
        let mut list = statement(text)
            .bind(workspace.as_uuid())
            .bind(filter.before.map(PostId::as_uuid))
            .bind(millis(filter.from))
            .bind(millis(filter.to))
            .bind(limit);
        if filter.status.is_some() || filter.platform.is_some() {
            list = list.bind(filter.status.map(|status| word(&status)).transpose()?);
        }
        if let Some(platform) = &filter.platform {
            list = list.bind(platform.as_str());
        }
        self.all(list, "post", doc).await
    }
}

#[async_trait]
impl DeliveryRepo for SqliteUnit {
    async fn insert(&mut self, delivery: &Delivery) -> Result<()> {
        let insert = statement(sql::DELIVERY_INSERT)
            .bind(delivery.workspace_id.as_uuid())
            .bind(delivery.id.as_uuid())
            .bind(delivery.post_id.as_uuid())
            .bind(delivery.account_id.as_uuid())
            .bind(word(&delivery.status)?)
            .bind(delivery.due_at.as_millis())
            .bind(delivery.version)
            .bind(json(delivery)?)
            .bind(delivery.platform.as_str())
            .bind(said(delivery).as_ref().map(Said::as_bytes));
        self.run(insert, &delivery.id).await.map(drop)
    }

    async fn get(&mut self, workspace: WorkspaceId, id: DeliveryId) -> Result<Option<Delivery>> {
        let get = statement(sql::DELIVERY_GET).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.one(get, "delivery", doc).await
    }

    async fn update(&mut self, delivery: &mut Delivery) -> Result<()> {
        let next = Delivery { version: delivery.version + 1, ..delivery.clone() };
        let update = statement(sql::DELIVERY_UPDATE)
            .bind(delivery.workspace_id.as_uuid())
            .bind(delivery.id.as_uuid())
            .bind(delivery.post_id.as_uuid())
            .bind(delivery.account_id.as_uuid())
            .bind(word(&delivery.status)?)
            .bind(delivery.due_at.as_millis())
            .bind(delivery.version)
            .bind(json(&next)?)
            .bind(said(delivery).as_ref().map(Said::as_bytes));
        self.swap(update, &delivery.id).await?;
        *delivery = next;
        Ok(())
    }

    async fn of_post(&mut self, workspace: WorkspaceId, post: PostId) -> Result<Vec<Delivery>> {
        let list = statement(sql::DELIVERY_OF_POST).bind(workspace.as_uuid()).bind(post.as_uuid());
        self.all(list, "delivery", doc).await
    }

    async fn of_account(
        &mut self,
        workspace: WorkspaceId,
        account: AccountId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Delivery>> {
        let list = statement(sql::DELIVERY_OF_ACCOUNT)
            .bind(workspace.as_uuid())
            .bind(account.as_uuid())
            .bind(from.as_millis())
            .bind(to.as_millis());
        self.all(list, "delivery", doc).await
    }

    async fn nearby(
        &mut self,
        workspace: WorkspaceId,
        account: AccountId,
        near: &Near,
    ) -> Result<Nearby> {
        let nearby = statement(sql::DELIVERY_NEARBY)
            .bind(workspace.as_uuid())
            .bind(account.as_uuid())
            .bind(near.at.as_millis())
            .bind((near.at - near.within).as_millis())
            .bind((near.at + near.within).as_millis())
            .bind(near.said.as_ref().map(Said::as_bytes))
            .bind(near.except.map(PostId::as_uuid));
        let read = |row: &Columns<'_>| {
            Ok(Nearby {
                before: row.get("before")?,
                after: row.get("after")?,
                twin: row.maybe_id("twin", PostId::from_uuid)?,
            })
        };
        Ok(self.one(nearby, "delivery", read).await?.unwrap_or_default())
    }

    async fn count_by_status(
        &mut self,
        workspace: WorkspaceId,
    ) -> Result<Vec<(DeliveryStatus, u64)>> {
        let count = statement(sql::DELIVERY_COUNT).bind(workspace.as_uuid());
        let read = |row: &Columns<'_>| Ok((row.word("status")?, row.get("count")?));
        let counts: Vec<(DeliveryStatus, u64)> = self.all(count, "delivery", read).await?;
        let of = |status| counts.iter().find(|(counted, _)| *counted == status).copied();
        Ok(STATUSES.into_iter().filter_map(of).collect())
    }
}

#[async_trait]
impl MediaRepo for SqliteUnit {
    async fn insert_asset(&mut self, asset: &Asset) -> Result<()> {
        let insert = statement(sql::ASSET_INSERT)
            .bind(asset.workspace_id.as_uuid())
            .bind(asset.id.as_uuid())
            .bind(&asset.hash)
            .bind(json(asset)?);
        self.run(insert, &asset.id).await.map(drop)
    }

    async fn asset(&mut self, workspace: WorkspaceId, id: AssetId) -> Result<Option<Asset>> {
        let get = statement(sql::ASSET_GET).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.one(get, "asset", doc).await
    }

    async fn asset_by_hash(&mut self, workspace: WorkspaceId, hash: &str) -> Result<Option<Asset>> {
        let get = statement(sql::ASSET_BY_HASH).bind(workspace.as_uuid()).bind(hash);
        self.one(get, "asset", doc).await
    }

    async fn assets(
        &mut self,
        workspace: WorkspaceId,
        before: Option<AssetId>,
        limit: u32,
    ) -> Result<Vec<Asset>> {
        let list = statement(sql::ASSET_LIST)
            .bind(workspace.as_uuid())
            .bind(before.map(AssetId::as_uuid))
            .bind(limit);
        self.all(list, "asset", doc).await
    }

    async fn waiting_post(
        &mut self,
        workspace: WorkspaceId,
        id: AssetId,
    ) -> Result<Option<PostId>> {
        let find = statement(sql::ASSET_WAITING).bind(workspace.as_uuid()).bind(named(id));
        self.one(find, "delivery", |row| row.id("post_id", PostId::from_uuid)).await
    }

    async fn remove_asset(&mut self, workspace: WorkspaceId, id: AssetId) -> Result<()> {
        let remove = statement(sql::ASSET_REMOVE).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.run(remove, &id).await.map(drop)
    }

    async fn is_held(&mut self, hash: &str) -> Result<bool> {
        let held = statement(sql::ASSET_HELD).bind(hash);
        let found = self.one(held, "asset", |row| row.get::<i64>("held")).await?;
        Ok(found.is_some())
    }

    async fn remove_renditions(
        &mut self,
        workspace: WorkspaceId,
        source: &str,
    ) -> Result<Vec<Rendition>> {
        let remove = statement(sql::RENDITIONS_REMOVE).bind(workspace.as_uuid()).bind(source);
        self.all(remove, "rendition", doc).await
    }

    async fn put_rendition(
        &mut self,
        workspace: WorkspaceId,
        rendition: &Rendition,
        at: Timestamp,
    ) -> Result<()> {
        let bytes = i64::try_from(rendition.probe.bytes()).unwrap_or(i64::MAX);
        let put = statement(sql::RENDITION_PUT)
            .bind(workspace.as_uuid())
            .bind(&rendition.source)
            .bind(&rendition.plan)
            .bind(json(rendition)?)
            .bind(bytes)
            .bind(at.as_millis());
        self.run(put, &"the rendition").await.map(drop)
    }

    async fn use_rendition(
        &mut self,
        workspace: WorkspaceId,
        source: &str,
        plan: &str,
        at: Timestamp,
    ) -> Result<bool> {
        let used = statement(sql::RENDITION_USE)
            .bind(workspace.as_uuid())
            .bind(source)
            .bind(plan)
            .bind(at.as_millis());
        Ok(self.run(used, &"the rendition").await? > 0)
    }

    async fn resting_renditions(
        &mut self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<(WorkspaceId, Rendition)>> {
        let resting = statement(sql::RENDITION_RESTING).bind(before.as_millis()).bind(limit);
        let read =
            |row: &Columns<'_>| Ok((row.id("workspace_id", WorkspaceId::from_uuid)?, doc(row)?));
        self.all(resting, "rendition", read).await
    }

    async fn rendition_bytes(&mut self) -> Result<u64> {
        let sum = statement(sql::RENDITION_BYTES);
        let sum = self.one(sum, "rendition", |row| row.get::<i64>("bytes")).await?;
        Ok(sum.and_then(|sum| u64::try_from(sum).ok()).unwrap_or(0))
    }

    async fn remove_rendition(
        &mut self,
        workspace: WorkspaceId,
        source: &str,
        plan: &str,
    ) -> Result<bool> {
        let remove =
            statement(sql::RENDITION_REMOVE).bind(workspace.as_uuid()).bind(source).bind(plan);
        self.run(remove, &"the rendition").await?;
        let held = statement(sql::RENDITION_HELD).bind(source).bind(plan);
        Ok(self.one(held, "rendition", |row| row.get::<i64>("held")).await?.is_none())
    }

    async fn rendition(
        &mut self,
        workspace: WorkspaceId,
        source: &str,
        plan: &str,
    ) -> Result<Option<Rendition>> {
        let get = statement(sql::RENDITION_GET).bind(workspace.as_uuid()).bind(source).bind(plan);
        self.one(get, "rendition", doc).await
    }
}
