//! Posts, deliveries and media in memory.

use async_trait::async_trait;
use social_core::Timestamp;
use social_core::domain::{
    AccountId, Asset, AssetId, Delivery, DeliveryId, DeliveryStatus, Post, PostId, PostStatus,
    Rendition, Said, WorkspaceId,
};
use social_core::ports::{DeliveryRepo, MediaRepo, Near, Nearby, PostFilter, PostRepo, StoreError};
use uuid::Uuid;

use super::unit::MemoryUnit;
use crate::shared::{PAGE, STATUSES};

type Result<T> = std::result::Result<T, StoreError>;

impl MemoryUnit {
    fn deliveries_of(&self, post: &Post) -> impl Iterator<Item = &Delivery> {
        let (ws, id) = (post.workspace_id, post.id);
        let all = (ws, id, DeliveryId::from_uuid(Uuid::nil()))
            ..=(ws, id, DeliveryId::from_uuid(Uuid::max()));
        let places = self.state.deliveries_of.range(all);
        places.filter_map(move |((_, _, id), ())| self.state.deliveries.get(&(ws, *id)))
    }

    fn status_of(&self, post: &Post) -> PostStatus {
        let statuses: Vec<_> = self.deliveries_of(post).map(|of| of.status).collect();
        PostStatus::of(&statuses)
    }
}

#[async_trait]
impl PostRepo for MemoryUnit {
    async fn insert(&mut self, post: &Post) -> Result<()> {
        self.put_new(|s| &mut s.posts, (post.workspace_id, post.id), post.clone(), post.id)
    }

    async fn get(&mut self, workspace: WorkspaceId, id: PostId) -> Result<Option<Post>> {
        Ok(self.state.posts.get(&(workspace, id)).cloned())
    }

    async fn update(&mut self, post: &mut Post) -> Result<()> {
        let key = (post.workspace_id, post.id);
        if self.state.posts.get(&key).is_none_or(|row| row.version != post.version) {
            return self.conflict(post.id);
        }
        post.version += 1;
        self.put(|s| &mut s.posts, key, post.clone());
        Ok(())
    }

    async fn list(&mut self, workspace: WorkspaceId, filter: &PostFilter) -> Result<Vec<Post>> {
        let limit = if filter.limit == 0 { PAGE } else { filter.limit };
        let all = (workspace, PostId::from_uuid(Uuid::nil()))
            ..=(workspace, PostId::from_uuid(Uuid::max()));
        let rows = self.state.posts.range(all).rev().map(|(_, post)| post);
        Ok(rows
            .filter(|post| {
                filter.before.is_none_or(|before| post.id < before)
                    && filter.from.is_none_or(|from| post.due_at >= from)
                    && filter.to.is_none_or(|to| post.due_at < to)
                    && filter.status.is_none_or(|status| status == self.status_of(post))
                    && filter.platform.as_ref().is_none_or(|platform| {
                        self.deliveries_of(post).any(|of| of.platform == *platform)
                    })
            })
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .cloned()
            .collect())
    }
}

#[async_trait]
impl DeliveryRepo for MemoryUnit {
    async fn insert(&mut self, delivery: &Delivery) -> Result<()> {
        let key = (delivery.workspace_id, delivery.id);
        self.put_new(|s| &mut s.deliveries, key, delivery.clone(), delivery.id)?;
        let place = (delivery.workspace_id, delivery.post_id, delivery.id);
        self.put(|s| &mut s.deliveries_of, place, ());
        Ok(())
    }

    async fn get(&mut self, workspace: WorkspaceId, id: DeliveryId) -> Result<Option<Delivery>> {
        Ok(self.state.deliveries.get(&(workspace, id)).cloned())
    }

    async fn update(&mut self, delivery: &mut Delivery) -> Result<()> {
        let key = (delivery.workspace_id, delivery.id);
        let before = match self.state.deliveries.get(&key) {
            Some(row) if row.version == delivery.version => row.post_id,
            _ => return self.conflict(delivery.id),
        };
        delivery.version += 1;
        self.put(|s| &mut s.deliveries, key, delivery.clone());
        if before != delivery.post_id {
            self.take(|s| &mut s.deliveries_of, (key.0, before, key.1));
            self.put(|s| &mut s.deliveries_of, (key.0, delivery.post_id, key.1), ());
        }
        Ok(())
    }

    async fn of_post(&mut self, workspace: WorkspaceId, post: PostId) -> Result<Vec<Delivery>> {
        let all = (workspace, post, DeliveryId::from_uuid(Uuid::nil()))
            ..=(workspace, post, DeliveryId::from_uuid(Uuid::max()));
        let places = self.state.deliveries_of.range(all);
        Ok(places
            .filter_map(|((_, _, id), ())| self.state.deliveries.get(&(workspace, *id)))
            .cloned()
            .collect())
    }

    async fn of_account(
        &mut self,
        workspace: WorkspaceId,
        account: AccountId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Delivery>> {
        let rows = self.state.deliveries.values();
        let mut found: Vec<Delivery> = rows
            .filter(|row| {
                row.workspace_id == workspace
                    && row.account_id == account
                    && row.due_at >= from
                    && row.due_at < to
            })
            .cloned()
            .collect();
        found.sort_by_key(|row| (row.due_at, row.id));
        Ok(found)
    }

    async fn nearby(
        &mut self,
        workspace: WorkspaceId,
        account: AccountId,
        near: &Near,
    ) -> Result<Nearby> {
        let mut found = Nearby::default();
        for row in self.state.deliveries.values() {
            let there = row.workspace_id == workspace
                && row.account_id == account
                && row.due_at > near.at - near.within
                && row.due_at < near.at + near.within
                && !matches!(row.status, DeliveryStatus::Cancelled | DeliveryStatus::Failed)
                && Some(row.post_id) != near.except;
            if !there {
                continue;
            }
            if row.due_at <= near.at {
                found.before += 1;
            } else {
                found.after += 1;
            }
            let same = near.said.is_some_and(|said| said == Said::of(&row.text, &row.media));
            if same && row.removed_at.is_none() {
                found.twin = found.twin.max(Some(row.post_id));
            }
        }
        Ok(found)
    }

    async fn count_by_status(
        &mut self,
        workspace: WorkspaceId,
    ) -> Result<Vec<(DeliveryStatus, u64)>> {
        let rows = || self.state.deliveries.values().filter(|row| row.workspace_id == workspace);
        let count = |status| rows().filter(|row| row.status == status).map(|_| 1_u64).sum();
        let counts = STATUSES.into_iter().map(|status| (status, count(status)));
        Ok(counts.filter(|(_, count)| *count > 0).collect())
    }
}

#[async_trait]
impl MediaRepo for MemoryUnit {
    async fn insert_asset(&mut self, asset: &Asset) -> Result<()> {
        let hash = (asset.workspace_id, asset.hash.clone());
        self.put_new(|s| &mut s.assets_by_hash, hash, asset.id, asset.id)?;
        self.put_new(|s| &mut s.assets, (asset.workspace_id, asset.id), asset.clone(), asset.id)
    }

    async fn asset(&mut self, workspace: WorkspaceId, id: AssetId) -> Result<Option<Asset>> {
        Ok(self.state.assets.get(&(workspace, id)).cloned())
    }

    async fn asset_by_hash(&mut self, workspace: WorkspaceId, hash: &str) -> Result<Option<Asset>> {
        let id = self.state.assets_by_hash.get(&(workspace, hash.to_owned()));
        Ok(id.and_then(|id| self.state.assets.get(&(workspace, *id))).cloned())
    }

    async fn assets(
        &mut self,
        workspace: WorkspaceId,
        before: Option<AssetId>,
        limit: u32,
    ) -> Result<Vec<Asset>> {
        let all = (workspace, AssetId::from_uuid(Uuid::nil()))
            ..=(workspace, AssetId::from_uuid(Uuid::max()));
        let rows = self.state.assets.range(all).rev().map(|(_, asset)| asset);
        Ok(rows
            .filter(|asset| before.is_none_or(|before| asset.id < before))
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .cloned()
            .collect())
    }

    async fn waiting_post(
        &mut self,
        workspace: WorkspaceId,
        id: AssetId,
    ) -> Result<Option<PostId>> {
        let mut rows = self.state.deliveries.values();
        let found = rows.find(|row| {
            row.workspace_id == workspace
                && !row.status.is_settled()
                && row.media.iter().any(|item| item.asset == id)
        });
        Ok(found.map(|row| row.post_id))
    }

    async fn remove_asset(&mut self, workspace: WorkspaceId, id: AssetId) -> Result<()> {
        if let Some(asset) = self.take(|s| &mut s.assets, (workspace, id)) {
            self.take(|s| &mut s.assets_by_hash, (workspace, asset.hash));
        }
        Ok(())
    }

    async fn is_held(&mut self, hash: &str) -> Result<bool> {
        Ok(self.state.assets_by_hash.keys().any(|(_, held)| held == hash))
    }

    async fn remove_renditions(
        &mut self,
        workspace: WorkspaceId,
        source: &str,
    ) -> Result<Vec<Rendition>> {
        let keys = self.state.renditions.keys();
        let keys: Vec<_> =
            keys.filter(|(ws, of, _)| *ws == workspace && of == source).cloned().collect();
        Ok(keys
            .into_iter()
            .filter_map(|key| self.take(|s| &mut s.renditions, key))
            .map(|(_, made)| made)
            .collect())
    }

    async fn put_rendition(
        &mut self,
        workspace: WorkspaceId,
        rendition: &Rendition,
        at: Timestamp,
    ) -> Result<()> {
        let key = (workspace, rendition.source.clone(), rendition.plan.clone());
        self.put(|s| &mut s.renditions, key, (at, rendition.clone()));
        Ok(())
    }

    async fn use_rendition(
        &mut self,
        workspace: WorkspaceId,
        source: &str,
        plan: &str,
        at: Timestamp,
    ) -> Result<bool> {
        let key = (workspace, source.to_owned(), plan.to_owned());
        let Some((_, rendition)) = self.state.renditions.get(&key).cloned() else {
            return Ok(false);
        };
        self.put(|s| &mut s.renditions, key, (at, rendition));
        Ok(true)
    }

    async fn resting_renditions(
        &mut self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<(WorkspaceId, Rendition)>> {
        let rows = self.state.renditions.iter().filter(|(_, (at, _))| *at < before);
        let mut rows: Vec<_> =
            rows.map(|((ws, ..), (at, made))| (*at, (*ws, made.clone()))).collect();
        rows.sort_by_key(|(at, _)| *at);
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    }

    async fn rendition_bytes(&mut self) -> Result<u64> {
        Ok(self.state.renditions.values().map(|(_, made)| made.probe.bytes()).sum())
    }

    async fn remove_rendition(
        &mut self,
        workspace: WorkspaceId,
        source: &str,
        plan: &str,
    ) -> Result<bool> {
        let key = (workspace, source.to_owned(), plan.to_owned());
        self.take(|s| &mut s.renditions, key);
        let mut rest = self.state.renditions.keys();
        Ok(!rest.any(|(_, of, by)| of == source && by == plan))
    }

    async fn rendition(
        &mut self,
        workspace: WorkspaceId,
        source: &str,
        plan: &str,
    ) -> Result<Option<Rendition>> {
        let key = (workspace, source.to_owned(), plan.to_owned());
        Ok(self.state.renditions.get(&key).map(|(_, made)| made.clone()))
    }
}
