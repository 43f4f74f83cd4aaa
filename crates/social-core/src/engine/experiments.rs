//! Trying two variants on posts, and telling honestly which does better.

use sha2::{Digest as _, Sha256};

use super::audit::note;
use super::{Error, Missing, Ports, PostEdit, Posts};
use crate::domain::{
    DeliveryId, Experiment, ExperimentId, Goal, Metric, PostId, Sums, Trial, WorkspaceId,
};
use crate::ports::StoreError;
use crate::statistics::experiment::{Comparison, Result as Shown, Variant, assign, compare};

/// How often a place is looked for that others take meanwhile.
const TRIES: usize = 5;

/// An experiment as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The experiment.
    pub experiment: Experiment,
    /// Its posts in their order, each with what came of it, where its networks tell.
    pub trials: Vec<(Trial, Option<Shown>)>,
    /// What its variants come to.
    pub comparison: Comparison,
}

/// Two texts of which a post gets one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variants {
    /// The first.
    pub a: String,
    /// The second.
    pub b: String,
}

/// Experiments over a store.
#[derive(Debug, Clone)]
pub struct Experiments {
    ports: Ports,
    actor: Option<String>,
}

impl Experiments {
    /// Experiments over `ports`, of nobody in particular.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self { ports, actor: None }
    }

    /// The same for somebody: what they do is put on record.
    #[must_use]
    pub fn by(mut self, actor: impl Into<String>) -> Self {
        self.actor = Some(actor.into());
        self
    }

    /// Begins an experiment.
    ///
    /// # Errors
    /// Of the store.
    pub async fn begin(
        &self,
        ws: WorkspaceId,
        name: &str,
        goal: Goal,
    ) -> Result<Experiment, Error> {
        let now = self.ports.clock.now();
        let id = ExperimentId::from_uuid(self.ports.ids.uuid(now));
        let hash = Sha256::digest(id.as_uuid().as_bytes());
        let seed = hash[..8].iter().fold(0, |seed, byte| (seed << 8) | u64::from(*byte));
        let name = name.to_owned();
        let experiment = Experiment { id, workspace_id: ws, name, goal, seed, created_at: now };
        let mut unit = self.ports.store.begin().await?;
        unit.words().insert_experiment(&experiment).await?;
        if let Some(actor) = &self.actor {
            note(&mut *unit, now, ws, actor, "experiment.begin", &id.to_string()).await?;
        }
        unit.commit().await?;
        Ok(experiment)
    }

    /// All experiments of a workspace.
    ///
    /// # Errors
    /// Of the store.
    pub async fn list(&self, ws: WorkspaceId) -> Result<Vec<Experiment>, Error> {
        let mut unit = self.ports.store.read().await?;
        Ok(unit.words().experiments(ws).await?)
    }

    /// Draws a variant for a post that waits, and gives it that text. Of each two posts one gets the
    /// first variant and one the second, in an order left to chance.
    ///
    /// # Errors
    /// Where there is no such experiment or post, where the post does not wait any more or is of the
    /// experiment already, or of the store.
    pub async fn try_on(
        &self,
        ws: WorkspaceId,
        id: ExperimentId,
        post: PostId,
        texts: &Variants,
    ) -> Result<Trial, Error> {
        for _ in 0..TRIES {
            let (experiment, trials) = self.read(ws, id).await?;
            if trials.iter().any(|trial| trial.post_id == post) {
                let detail = format!("post {post} is of this experiment already");
                return Err(Error::Refused(detail));
            }
            let place = u32::try_from(trials.len()).unwrap_or(u32::MAX);
            let variant = assign(experiment.seed, place.into());
            let trial = Trial { post_id: post, place, variant };
            let text = match variant {
                Variant::A => &texts.a,
                Variant::B => &texts.b,
            };
            let edit = PostEdit { content: Some(text.clone()), ..PostEdit::default() };
            let mut posts = Posts::new(self.ports.clone());
            if let Some(actor) = &self.actor {
                posts = posts.by(actor.clone());
            }
            posts.edit(ws, post, None, edit).await?;
            let mut unit = self.ports.store.begin().await?;
            let added = match unit.words().add_trial(ws, id, &trial).await {
                Ok(()) => unit.commit().await,
                Err(error) => Err(error),
            };
            match added {
                Ok(()) => return Ok(trial),
                // Another post took the place meanwhile: this one is drawn for anew.
                Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Refused("others joined the experiment meanwhile: try again".to_owned()))
    }

    /// How an experiment stands.
    ///
    /// # Errors
    /// Where there is none, or of the store.
    pub async fn standing(&self, ws: WorkspaceId, id: ExperimentId) -> Result<Standing, Error> {
        let (experiment, trials) = self.read(ws, id).await?;
        let mut all = Vec::with_capacity(trials.len());
        for trial in trials {
            all.push((trial, self.shown(ws, trial.post_id, experiment.goal).await?));
        }
        let of = |variant: Variant| -> Vec<Shown> {
            let its = all.iter().filter(|(trial, _)| trial.variant == variant);
            its.filter_map(|(_, shown)| *shown).collect()
        };
        let comparison = compare(&of(Variant::A), &of(Variant::B));
        Ok(Standing { experiment, trials: all, comparison })
    }

    async fn read(
        &self,
        ws: WorkspaceId,
        id: ExperimentId,
    ) -> Result<(Experiment, Vec<Trial>), Error> {
        let mut unit = self.ports.store.read().await?;
        let found = unit.words().experiment(ws, id).await?;
        let experiment =
            found.ok_or(Error::NotFound(Missing::Other(format!("experiment {id}"))))?;
        Ok((experiment, unit.words().trials(ws, id).await?))
    }

    /// What came of a post on all its accounts together, as last read.
    async fn shown(
        &self,
        ws: WorkspaceId,
        post: PostId,
        goal: Goal,
    ) -> Result<Option<Shown>, Error> {
        let mut unit = self.ports.store.read().await?;
        let deliveries: Vec<DeliveryId> =
            unit.deliveries().of_post(ws, post).await?.iter().map(|it| it.id).collect();
        let mut all = Shown { reached: 0, acted: 0 };
        for id in deliveries {
            let Some(last) = unit.analytics().of_delivery(ws, id).await?.pop() else { continue };
            let sums = Sums::one(&last.metrics.values, None);
            let acted = match goal {
                Goal::Engagement => sums.acts,
                // Without a number of clicks the post tells nothing.
                Goal::Clicks => match sums.get(Metric::Clicks) {
                    Some(clicks) => clicks,
                    None => continue,
                },
            };
            all.reached += sums.seen;
            all.acted += acted;
        }
        Ok((all.reached > 0).then_some(all))
    }
}
