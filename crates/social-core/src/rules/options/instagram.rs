//! What can be said to Instagram alone.
//!
//! Meta, "IG User Media": the parameters of a container, and which kinds take them.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Problem, Shape, Source, check_comment, clip_millis, only_for};
use crate::domain::PostKind;

/// A kind of post that only an option asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstagramFormat {
    /// Seen for a day.
    Story,
}

/// An account that a picture or clip shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserTag {
    /// Its name, without `@`.
    pub username: String,
    /// From the left edge, 0 to 1; of pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<f64>,
    /// From the upper edge, 0 to 1; of pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<f64>,
    /// On which item of a carousel, from 0.
    #[serde(default)]
    pub item: u32,
}

/// A reel that is first shown to people who do not follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialParams {
    /// `MANUAL` or `SS_PERFORMANCE`.
    pub graduation_strategy: String,
}

/// What can be said to Instagram alone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InstagramOptions {
    /// A story instead of a post or reel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<InstagramFormat>,
    /// How a clip comes there. Accounts of Instagram Login take clips by address alone.
    pub source: Source,
    /// Up to three accounts that are asked to be authors too.
    pub collaborators: Vec<String>,
    /// The id of a Page that has a place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_id: Option<String>,
    /// Accounts that it shows.
    pub user_tags: Vec<UserTag>,
    /// Whether a reel also stands in the feed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_to_feed: Option<bool>,
    /// What a reel's sound is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_name: Option<String>,
    /// A JPEG as the cover of a reel; goes before `thumb_offset`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cover_url: Option<Url>,
    /// The frame that is a reel's cover, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumb_offset: Option<u64>,
    /// A trial reel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trial_params: Option<TrialParams>,
    /// Says that it was made with AI.
    pub is_ai_generated: bool,
    /// What is said in a comment once it is visible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_comment: Option<String>,
}

impl InstagramOptions {
    pub(super) fn problems(&self, shape: Shape<'_>) -> Vec<Problem> {
        let mut problems = Vec::new();
        let (reel, story) = (shape.kind == PostKind::Video, shape.kind == PostKind::Story);
        only_for(
            &mut problems,
            reel,
            "reels",
            &[
                ("share_to_feed", self.share_to_feed.is_some()),
                ("audio_name", self.audio_name.is_some()),
                ("cover_url", self.cover_url.is_some()),
                ("thumb_offset", self.thumb_offset.is_some()),
                ("trial_params", self.trial_params.is_some()),
            ],
        );
        only_for(
            &mut problems,
            !story,
            "posts and reels",
            &[
                ("collaborators", !self.collaborators.is_empty()),
                ("location_id", self.location_id.is_some()),
                ("first_comment", self.first_comment.is_some()),
            ],
        );
        if self.collaborators.len() > 3 {
            let message = format!("{} collaborators; Instagram takes 3", self.collaborators.len());
            problems.push(Problem::new("collaborators", message));
        }
        if let (Some(offset), Some(length)) = (self.thumb_offset, clip_millis(shape))
            && offset > length
        {
            let message = format!("the cover at {offset} ms lies behind the clip's {length} ms");
            problems.push(Problem::new("thumb_offset", message));
        }
        let strategies = ["MANUAL", "SS_PERFORMANCE"];
        if let Some(trial) = &self.trial_params
            && !strategies.contains(&trial.graduation_strategy.as_str())
        {
            let message = "`graduation_strategy` is `MANUAL` or `SS_PERFORMANCE`";
            problems.push(Problem::new("trial_params", message));
        }
        for tag in &self.user_tags {
            self.check_tag(tag, shape, &mut problems);
        }
        check_comment(&mut problems, self.first_comment.as_deref(), 2200);
        problems
    }

    fn check_tag(&self, tag: &UserTag, shape: Shape<'_>, problems: &mut Vec<Problem>) {
        let at = |value: Option<f64>| value.is_some_and(|at| (0.0..=1.0).contains(&at));
        let Some(item) = shape.media.get(tag.item as usize) else {
            let message = format!("{} is tagged on item {}: there is none", tag.username, tag.item);
            problems.push(Problem::new("user_tags", message));
            return;
        };
        let placed = at(tag.x) && at(tag.y);
        if !item.is_video() && shape.kind != PostKind::Story && !placed {
            let message =
                format!("say where {} is on the picture: `x` and `y`, 0 to 1", tag.username);
            problems.push(Problem::new("user_tags", message));
        }
        if shape.kind == PostKind::Video && (tag.x.is_some() || tag.y.is_some()) {
            let message =
                format!("a tag of a reel has no place: leave out `x` and `y` of {}", tag.username);
            problems.push(Problem::new("user_tags", message));
        }
    }
}
