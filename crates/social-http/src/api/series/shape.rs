//! Series as clients see them.

use serde::{Deserialize, Serialize};
use social_core::domain::series::{Series, Wall};
use social_core::engine::SeriesView;
use utoipa::ToSchema;

use super::super::posts::{MediaItem, media_items, word};
use super::recurrence::RecurrenceBody;

/// A series.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SeriesAnswer {
    /// `series_…`
    id: String,
    /// active, paused or ended.
    status: String,
    /// The text.
    content: String,
    /// Where it goes, each as `facebook:acct_…`.
    platforms: Vec<String>,
    recurrence: RecurrenceBody,
    /// Whether a person must approve each occurrence.
    approval: bool,
    /// The media, in order.
    media: Vec<MediaItem>,
    /// What single networks get instead.
    #[schema(value_type = Object)]
    overrides: serde_json::Value,
    /// What comes next, ten at most.
    upcoming: Vec<OccurrenceItem>,
    created_at: String,
}

/// An occurrence that is to come.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OccurrenceItem {
    /// Which one: what the author's clock is meant to show.
    occurrence: String,
    /// When it goes out, moved by jitter and quiet hours.
    time: String,
    /// The post that it is already: it can be changed and called off alone.
    post_id: Option<String>,
    /// Why it cannot become a post, and what to do.
    trouble: Option<String>,
}

/// A wall time as clients write it.
pub(crate) fn wall_text(wall: Wall) -> String {
    wall.format("%Y-%m-%dT%H:%M:%S").to_string()
}

impl From<SeriesView> for SeriesAnswer {
    fn from(SeriesView { series, upcoming }: SeriesView) -> Self {
        let Series { id, status, content, targets, repeat, approval, media, overrides, .. } =
            series;
        let target = |target: &social_core::domain::Target| match target.account {
            Some(account) => format!("{}:{account}", target.platform),
            None => target.platform.to_string(),
        };
        Self {
            id: id.to_string(),
            status: word(&status),
            content,
            platforms: targets.iter().map(target).collect(),
            recurrence: RecurrenceBody::of(&repeat),
            approval,
            media: media_items(&media),
            overrides: serde_json::json!(overrides),
            upcoming: upcoming
                .into_iter()
                .map(|next| OccurrenceItem {
                    occurrence: wall_text(next.wall),
                    time: next.at.to_string(),
                    post_id: next.post.map(|id| id.to_string()),
                    trouble: next.trouble,
                })
                .collect(),
            created_at: series.created_at.to_string(),
        }
    }
}

/// A page of series.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SeriesPage {
    pub(super) items: Vec<SeriesAnswer>,
    /// Where the next page begins.
    pub(super) next_cursor: Option<String>,
}

/// Whether a series comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// It does.
    Active,
    /// Not for a while.
    Paused,
}
