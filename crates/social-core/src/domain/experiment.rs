//! Two ways of saying something, tried against each other on posts.

use serde::{Deserialize, Serialize};

use super::{ExperimentId, PostId, WorkspaceId};
use crate::Timestamp;
use crate::statistics::experiment::Variant;

/// What an experiment goes by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// Likes, comments, shares and saves.
    #[default]
    Engagement,
    /// Clicks.
    Clicks,
}

/// Two variants that are tried on posts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Experiment {
    /// Its id.
    pub id: ExperimentId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// What is tried.
    pub name: String,
    /// What counts.
    pub goal: Goal,
    /// What the order of variants is drawn by.
    pub seed: u64,
    /// When it began.
    pub created_at: Timestamp,
}

/// A post of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// The post.
    pub post_id: PostId,
    /// Its place in the experiment, from 0 on.
    pub place: u32,
    /// What was drawn for it.
    pub variant: Variant,
}
