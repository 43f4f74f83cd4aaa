//! What can be said to TikTok alone.
//!
//! TikTok for Developers, "Direct post", "Upload video", "Photo post".

use serde::{Deserialize, Serialize};

use super::{Problem, Shape, Source, clip_millis, only_for};
use crate::domain::PostKind;

/// A kind of post that only an option asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TikTokFormat {
    /// A draft in the creator's inbox, who finishes it in the app.
    Inbox,
}

/// What can be said to TikTok alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TikTokOptions {
    /// A draft instead of a post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<TikTokFormat>,
    /// How a clip comes there. Pictures are always fetched.
    pub source: Source,
    /// Who may see it: one of those that the creator's account offers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub privacy_level: Option<String>,
    /// Nobody may comment.
    pub disable_comment: bool,
    /// Nobody may make a duet of it.
    pub disable_duet: bool,
    /// Nobody may stitch it.
    pub disable_stitch: bool,
    /// The frame that is a clip's cover, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_cover_timestamp_ms: Option<u64>,
    /// Which picture is the cover, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo_cover_index: Option<u32>,
    /// The title of pictures, at most 90 UTF-16 units; their text is the description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Whether TikTok adds music to pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_add_music: Option<bool>,
    /// Discloses a paid partnership.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_content_toggle: Option<bool>,
    /// Discloses that the creator promotes their own business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_organic_toggle: Option<bool>,
    /// Says that it was made with AI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_aigc: Option<bool>,
}

impl TikTokOptions {
    pub(super) fn problems(&self, shape: Shape<'_>) -> Vec<Problem> {
        let mut problems = Vec::new();
        let clip = shape.media.iter().any(|item| item.is_video());
        only_for(
            &mut problems,
            clip,
            "clips",
            &[
                ("disable_duet", self.disable_duet),
                ("disable_stitch", self.disable_stitch),
                ("video_cover_timestamp_ms", self.video_cover_timestamp_ms.is_some()),
                ("is_aigc", self.is_aigc.is_some()),
                ("source", self.source == Source::Url),
            ],
        );
        only_for(
            &mut problems,
            !clip,
            "pictures",
            &[
                ("photo_cover_index", self.photo_cover_index.is_some()),
                ("title", self.title.is_some()),
                ("auto_add_music", self.auto_add_music.is_some()),
            ],
        );
        only_for(
            &mut problems,
            shape.kind != PostKind::Inbox,
            "direct posts; for a draft the creator chooses it in the app",
            &[
                ("privacy_level", self.privacy_level.is_some()),
                ("disable_comment", self.disable_comment),
                ("brand_content_toggle", self.brand_content_toggle.is_some()),
                ("brand_organic_toggle", self.brand_organic_toggle.is_some()),
            ],
        );
        let paid = self.brand_content_toggle == Some(true);
        if paid && self.privacy_level.as_deref() == Some("SELF_ONLY") {
            let message = "a paid partnership cannot be for the creator alone: choose who else";
            problems.push(Problem::new("privacy_level", message));
        }
        if let (Some(at), Some(length)) = (self.video_cover_timestamp_ms, clip_millis(shape))
            && at > length
        {
            let message = format!("the cover at {at} ms lies behind the clip's {length} ms");
            problems.push(Problem::new("video_cover_timestamp_ms", message));
        }
        if let Some(cover) = self.photo_cover_index
            && !clip
            && cover as usize >= shape.media.len()
        {
            let message = format!("there is no picture {cover}: count from 0");
            problems.push(Problem::new("photo_cover_index", message));
        }
        let length = self.title.as_deref().map_or(0, |title| title.encode_utf16().count());
        if length > 90 {
            let message = format!("the title has {length} of 90 characters: shorten it");
            problems.push(Problem::new("title", message));
        }
        problems
    }
}
