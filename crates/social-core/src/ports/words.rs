//! How workspaces sound, and what they try.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{Experiment, ExperimentId, Trial, Voice, WorkspaceId};

type Result<T> = std::result::Result<T, StoreError>;

/// Voices and experiments.
#[async_trait]
pub trait WordsRepo: Send {
    /// Sets how a workspace sounds, in place of what was set before.
    async fn put_voice(&mut self, workspace: WorkspaceId, voice: &Voice) -> Result<()>;
    /// How a workspace sounds, where that was set.
    async fn voice(&mut self, workspace: WorkspaceId) -> Result<Option<Voice>>;
    /// A new experiment.
    async fn insert_experiment(&mut self, experiment: &Experiment) -> Result<()>;
    /// One experiment.
    async fn experiment(
        &mut self,
        workspace: WorkspaceId,
        id: ExperimentId,
    ) -> Result<Option<Experiment>>;
    /// All experiments.
    async fn experiments(&mut self, workspace: WorkspaceId) -> Result<Vec<Experiment>>;
    /// Adds a post to an experiment. `Conflict` where it has one at this place, or this very post.
    async fn add_trial(
        &mut self,
        workspace: WorkspaceId,
        experiment: ExperimentId,
        trial: &Trial,
    ) -> Result<()>;
    /// The posts of an experiment, in their order.
    async fn trials(
        &mut self,
        workspace: WorkspaceId,
        experiment: ExperimentId,
    ) -> Result<Vec<Trial>>;
}
