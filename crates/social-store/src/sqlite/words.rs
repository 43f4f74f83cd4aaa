//! Voices and experiments in SQLite.

use async_trait::async_trait;
use social_core::domain::{Experiment, ExperimentId, Trial, Voice, WorkspaceId};
use social_core::ports::{StoreError, WordsRepo};

use super::columns::{doc, json};
use super::sql::words as sql;
use super::statement::statement;
use super::unit::SqliteUnit;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl WordsRepo for SqliteUnit {
    async fn put_voice(&mut self, workspace: WorkspaceId, voice: &Voice) -> Result<()> {
        let put = statement(sql::VOICE_PUT).bind(workspace.as_uuid()).bind(json(voice)?);
        self.run(put, &"the voice").await.map(drop)
    }

    async fn voice(&mut self, workspace: WorkspaceId) -> Result<Option<Voice>> {
        let get = statement(sql::VOICE_GET).bind(workspace.as_uuid());
        self.one(get, "voice", doc).await
    }

    async fn insert_experiment(&mut self, experiment: &Experiment) -> Result<()> {
        let insert = statement(sql::EXPERIMENT_INSERT)
            .bind(experiment.workspace_id.as_uuid())
            .bind(experiment.id.as_uuid())
            .bind(json(experiment)?);
        self.run(insert, &experiment.id).await.map(drop)
    }

    async fn experiment(
        &mut self,
        workspace: WorkspaceId,
        id: ExperimentId,
    ) -> Result<Option<Experiment>> {
        let get = statement(sql::EXPERIMENT_GET).bind(workspace.as_uuid()).bind(id.as_uuid());
        self.one(get, "experiment", doc).await
    }

    async fn experiments(&mut self, workspace: WorkspaceId) -> Result<Vec<Experiment>> {
        let list = statement(sql::EXPERIMENT_LIST).bind(workspace.as_uuid());
        self.all(list, "experiment", doc).await
    }

    async fn add_trial(
        &mut self,
        workspace: WorkspaceId,
        experiment: ExperimentId,
        trial: &Trial,
    ) -> Result<()> {
        let add = statement(sql::TRIAL_INSERT)
            .bind(workspace.as_uuid())
            .bind(experiment.as_uuid())
            .bind(i64::from(trial.place))
            .bind(trial.post_id.as_uuid())
            .bind(json(trial)?);
        self.run(add, &trial.post_id).await.map(drop)
    }

    async fn trials(
        &mut self,
        workspace: WorkspaceId,
        experiment: ExperimentId,
    ) -> Result<Vec<Trial>> {
        let list = statement(sql::TRIAL_LIST).bind(workspace.as_uuid()).bind(experiment.as_uuid());
        self.all(list, "trial", doc).await
    }
}
