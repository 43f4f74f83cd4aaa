//! What a network would show of a file.

use super::{Error, Library};
use crate::domain::media::{Change, MediaProbe};
use crate::domain::{AssetId, Platform, PostKind, Wishes, WorkspaceId};
use crate::ports::{MediaError, MediaErrorKind, MediaSource, Processed, ThumbnailAt};
use crate::rules::plan_media_as;

impl Library {
    /// A JPEG of at most `max_width` pixels across of what a network would get of a file, with what
    /// would be done to it: by the plan that preflight shows and publishing follows. Without a
    /// network, the file as it is; without a kind of post, the one that the file alone makes.
    ///
    /// # Errors
    /// Where there is no such file or network, where the network takes no such file, and of the
    /// stores.
    pub async fn preview(
        &self,
        ws: WorkspaceId,
        id: AssetId,
        aim: Option<(&Platform, Option<PostKind>)>,
        wishes: &Wishes,
        max_width: u32,
    ) -> Result<(Processed, Vec<Change>), Error> {
        let asset = self.get(ws, id).await?;
        let plan = match aim {
            None => None,
            Some((platform, kind)) => {
                let api = self.ports.platforms.get(platform)?;
                let alone = match asset.probe {
                    MediaProbe::Image(_) => PostKind::Image,
                    MediaProbe::Video(_) => PostKind::Video,
                    MediaProbe::Document(_) => PostKind::Document,
                };
                let rule = api.rules().kind_with(kind.unwrap_or(alone), Some(&asset.probe));
                let rule = rule
                    .and_then(|rule| rule.media.as_ref())
                    .ok_or_else(|| unfit(format!("{} takes no such file", api.rules().name)))?;
                let plan = plan_media_as(&asset.probe, rule, wishes);
                Some(plan.map_err(|refused| unfit(refused.to_string()))?)
            }
        };
        let source = match self.ports.blobs.local_path(&asset.key) {
            Some(path) => MediaSource::File(path),
            None => MediaSource::Bytes(self.ports.blobs.get(&asset.key).await?),
        };
        let media = &self.ports.media;
        Ok(match plan {
            Some(plan) => {
                let picture = media.preview(&source, &plan, max_width).await?;
                (picture, plan.changes().to_vec())
            }
            None => {
                let still = media.generate_thumbnail(&source, ThumbnailAt::Best, max_width).await?;
                (still, Vec::new())
            }
        })
    }
}

fn unfit(detail: String) -> Error {
    Error::Media(MediaError::new(MediaErrorKind::CannotFit, detail))
}
