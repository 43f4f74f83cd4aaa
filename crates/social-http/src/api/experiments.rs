//! Trying two texts on posts, and telling which does better, once that can be told.

#![allow(unused_qualifications, reason = "the macros of utoipa write them")]

use axum::extract::{Path, State};
use axum::response::Json;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use social_core::domain::{Experiment, ExperimentId, Goal, Trial};
use social_core::engine::{Experiments, Standing, Variants};
use social_core::statistics::experiment::{Comparison, Result as Shown, Variant, Verdict};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Caller;
use super::extract::{JsonBody, field, id};
use super::{codes, table};
use crate::Problem;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, begin)).routes(routes!(one)).routes(routes!(try_on))
}

/// The longest name.
const LONGEST: usize = 200;

/// What is tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewExperiment {
    /// In a few words.
    #[schema(example = "Ending with a question")]
    name: String,
    /// What counts: engagement (likes, comments, shares, saves) unless said, or clicks.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "engagement")]
    goal: Goal,
}

/// An experiment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExperimentItem {
    id: String,
    name: String,
    /// engagement or clicks.
    #[schema(value_type = String)]
    goal: Goal,
    created_at: String,
}

impl From<&Experiment> for ExperimentItem {
    fn from(experiment: &Experiment) -> Self {
        Self {
            id: experiment.id.to_string(),
            name: experiment.name.clone(),
            goal: experiment.goal,
            created_at: experiment.created_at.to_string(),
        }
    }
}

/// All experiments.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExperimentList {
    items: Vec<ExperimentItem>,
}

/// An experiment as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExperimentAnswer {
    #[serde(flatten)]
    experiment: ExperimentItem,
    /// Its posts in their order.
    posts: Vec<TrialItem>,
    /// better, alike or not_enough_data.
    verdict: &'static str,
    /// Which is better: a or b.
    #[schema(value_type = Option<String>)]
    better: Option<Variant>,
    /// What b does as a factor of a; null where a variant has nothing to show.
    factor: Option<f64>,
    /// In 19 of 20 experiments, whenever one looks, the factor is at least this …
    low: Option<f64>,
    /// … and at most this.
    high: Option<f64>,
    /// All of it in a sentence.
    summary: String,
}

/// A post of an experiment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrialItem {
    post_id: String,
    /// a or b.
    #[schema(value_type = String)]
    variant: Variant,
    /// How many saw it; null where nobody tells, or not yet.
    reached: Option<u64>,
    /// What counts.
    acted: Option<u64>,
}

impl TrialItem {
    fn of(trial: &Trial, shown: Option<Shown>) -> Self {
        Self {
            post_id: trial.post_id.to_string(),
            variant: trial.variant,
            reached: shown.map(|shown| shown.reached),
            acted: shown.map(|shown| shown.acted),
        }
    }
}

impl From<Standing> for ExperimentAnswer {
    fn from(standing: Standing) -> Self {
        let Comparison { factor, verdict, .. } = standing.comparison;
        let round = |value: f64| (value * 1000.0).round() / 1000.0;
        let better = match verdict {
            Verdict::Better { variant } => Some(variant),
            Verdict::Alike | Verdict::NotEnough { .. } => None,
        };
        let trials = standing.trials.iter();
        Self {
            experiment: (&standing.experiment).into(),
            posts: trials.map(|(trial, shown)| TrialItem::of(trial, *shown)).collect(),
            verdict: match verdict {
                Verdict::Better { .. } => "better",
                Verdict::Alike => "alike",
                Verdict::NotEnough { .. } => "not_enough_data",
            },
            better,
            factor: factor.map(|(factor, ..)| round(factor)),
            low: factor.map(|(_, low, _)| round(low)),
            high: factor.map(|(.., high)| round(high)),
            summary: summary(&standing.comparison),
        }
    }
}

fn summary(comparison: &Comparison) -> String {
    let (a, b) = comparison.posts;
    let seen = format!("{a} posts of a and {b} of b have numbers");
    let by = comparison.factor.map_or(String::new(), |(factor, low, high)| {
        format!(": b does {factor:.2} times as well as a, {low:.2} to {high:.2} in 19 of 20 cases")
    });
    match comparison.verdict {
        Verdict::Better { variant: Variant::A } => format!("a does better. {seen}{by}."),
        Verdict::Better { variant: Variant::B } => format!("b does better. {seen}{by}."),
        Verdict::Alike => format!("They do alike, within a tenth. {seen}{by}."),
        Verdict::NotEnough { more } => {
            format!("Not enough data. {seen}{by}. About {more} more of each would tell.")
        }
    }
}

fn experiments(app: &App, caller: &Caller) -> Experiments {
    Experiments::new(app.ports.clone()).by(caller.actor())
}

fn read(text: &str) -> Result<ExperimentId, Problem> {
    id(text, &codes::NOT_FOUND)
}

/// List the experiments.
#[utoipa::path(
    get, path = "/api/experiments", tag = "content",
    responses((status = 200, description = "All of them", body = ExperimentList)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<ExperimentList>, Problem> {
    let all = experiments(&app, &caller).list(caller.workspace()).await.map_err(table::problem)?;
    Ok(Json(ExperimentList { items: all.iter().map(Into::into).collect() }))
}

/// Begin an experiment: two texts are to be tried on posts.
#[utoipa::path(
    post, path = "/api/experiments", tag = "content", request_body = NewExperiment,
    responses((status = 201, description = "It has begun", body = ExperimentItem)),
)]
pub(crate) async fn begin(
    State(app): State<App>,
    caller: Caller,
    JsonBody(new): JsonBody<NewExperiment>,
) -> Result<(StatusCode, Json<ExperimentItem>), Problem> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST {
        let detail = format!("between 1 and {LONGEST} characters");
        return Err(field(&codes::INVALID_FIELD, "/name", &detail));
    }
    let begun = experiments(&app, &caller).begin(caller.workspace(), name, new.goal).await;
    Ok((StatusCode::CREATED, Json((&begun.map_err(table::problem)?).into())))
}

/// Tell how an experiment stands: which variant does better, or that there is not enough data.
#[utoipa::path(
    get, path = "/api/experiments/{id}", tag = "content",
    params(("id" = String, Path, description = "`exp_…`")),
    responses((status = 200, description = "As it stands", body = ExperimentAnswer)),
)]
pub(crate) async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Json<ExperimentAnswer>, Problem> {
    let standing = experiments(&app, &caller).standing(caller.workspace(), read(&text)?).await;
    Ok(Json(standing.map_err(table::problem)?.into()))
}

/// Two texts, and the post that gets one of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTrial {
    /// A post that waits for its time.
    post_id: String,
    /// The first text.
    a: String,
    /// The second text.
    b: String,
}

/// Draw one of two texts for a post that waits, and give it that text.
#[utoipa::path(
    post, path = "/api/experiments/{id}/posts", tag = "content", request_body = NewTrial,
    params(("id" = String, Path, description = "`exp_…`")),
    responses((status = 201, description = "What was drawn", body = TrialItem)),
)]
pub(crate) async fn try_on(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    JsonBody(new): JsonBody<NewTrial>,
) -> Result<(StatusCode, Json<TrialItem>), Problem> {
    let experiment = read(&text)?;
    let post = id(&new.post_id, &codes::POST_NOT_FOUND)?;
    let texts = Variants { a: new.a, b: new.b };
    let drawn =
        experiments(&app, &caller).try_on(caller.workspace(), experiment, post, &texts).await;
    let refused = |error| table::problem_of(error, table::Doing::Changing);
    Ok((StatusCode::CREATED, Json(TrialItem::of(&drawn.map_err(refused)?, None))))
}
