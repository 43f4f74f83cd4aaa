//! Voices and experiments in memory.

use async_trait::async_trait;
use social_core::domain::{Experiment, ExperimentId, Trial, Voice, WorkspaceId};
use social_core::ports::{StoreError, WordsRepo};

use super::unit::MemoryUnit;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl WordsRepo for MemoryUnit {
    async fn put_voice(&mut self, workspace: WorkspaceId, voice: &Voice) -> Result<()> {
        MemoryUnit::put(self, |s| &mut s.voices, workspace, voice.clone());
        Ok(())
    }

    async fn voice(&mut self, workspace: WorkspaceId) -> Result<Option<Voice>> {
        Ok(self.state.voices.get(&workspace).cloned())
    }

    async fn insert_experiment(&mut self, experiment: &Experiment) -> Result<()> {
        let key = (experiment.workspace_id, experiment.id);
        self.put_new(|s| &mut s.experiments, key, experiment.clone(), experiment.id)
    }

    async fn experiment(
        &mut self,
        workspace: WorkspaceId,
        id: ExperimentId,
    ) -> Result<Option<Experiment>> {
        Ok(self.state.experiments.get(&(workspace, id)).cloned())
    }

    async fn experiments(&mut self, workspace: WorkspaceId) -> Result<Vec<Experiment>> {
        let all = self.state.experiments.values();
        Ok(all.filter(|it| it.workspace_id == workspace).cloned().collect())
    }

    async fn add_trial(
        &mut self,
        workspace: WorkspaceId,
        experiment: ExperimentId,
        trial: &Trial,
    ) -> Result<()> {
        let before = self.trials(workspace, experiment).await?;
        if before.iter().any(|other| other.post_id == trial.post_id) {
            return self.conflict(trial.post_id);
        }
        let key = (workspace, experiment, trial.place);
        self.put_new(|s| &mut s.trials, key, *trial, trial.post_id)
    }

    async fn trials(
        &mut self,
        workspace: WorkspaceId,
        experiment: ExperimentId,
    ) -> Result<Vec<Trial>> {
        let its = (workspace, experiment, 0)..=(workspace, experiment, u32::MAX);
        Ok(self.state.trials.range(its).map(|(_, trial)| *trial).collect())
    }
}
