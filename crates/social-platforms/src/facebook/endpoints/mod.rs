//! The endpoints of a Page: posts, clips, reels and stories, and the Page itself.

mod clips;
mod page;
mod posts;
mod short;

use serde::Deserialize;

use crate::meta::endpoints::id;

pub(super) use clips::{FinishVideo, Range, ReadVideo, StartVideo, TransferVideo, goes_on_at};
pub(super) use page::ReadPage;
pub(super) use posts::{CreatePost, PublishPost, ReadPost, UploadPhoto};
pub(super) use short::{FinishClip, ListStories, PublishPhotoStory, StartClip, UploadClip};

/// An id that may not be there.
fn maybe_id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    struct Id(#[serde(deserialize_with = "id")] String);
    Ok(Option::<Id>::deserialize(deserializer)?.map(|id| id.0))
}
