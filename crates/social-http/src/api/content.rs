//! Words: captions, hashtags, adaptation, ideas.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use serde::{Deserialize, Serialize};
use social_core::domain::{Platform, PostKind};
use social_core::engine::Error;
use social_core::ports::{Brief, ContentEngine, ContentError, Suggestion};
use social_core::rules::{KindRule, Rules};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Caller;
use super::extract::JsonBody;
use super::{codes, table};
use crate::Problem;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(caption))
        .routes(routes!(hashtags))
        .routes(routes!(optimize))
        .routes(routes!(ideas))
}

/// The most suggestions at once.
const MOST: u32 = 30;

fn engine(app: &App) -> Result<&Arc<dyn ContentEngine>, Problem> {
    let none = || {
        codes::UNAVAILABLE
            .problem("this server writes no text")
            .fix("Write the text yourself.")
            .retryable(false)
    };
    app.content.as_ref().ok_or_else(none)
}

fn failed(error: ContentError) -> Problem {
    table::problem(Error::Content(error))
}

/// The rule of the kind of post that has the most text, or of posts with media where asked.
fn rule<'a>(app: &'a App, name: &str, media: bool) -> Result<(&'a Rules, &'a KindRule), Problem> {
    let unknown = || table::platform_unknown(name, &app.ports.platforms.names());
    let platform: Platform = name.parse().map_err(|_| unknown())?;
    let rules = app.ports.platforms.get(&platform).map_err(table::problem)?.rules();
    let of = |kind| rules.kind(kind);
    let found = if media { of(PostKind::Image).or_else(|| of(PostKind::Video)) } else { None };
    let found = found.or_else(|| of(PostKind::Text)).or_else(|| rules.kinds.first());
    found.map(|rule| (rules, rule)).ok_or_else(unknown)
}

/// Text, and where it came from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Text {
    text: String,
    /// `offline`, or the model's name.
    source: String,
}

impl From<Suggestion> for Text {
    fn from(suggestion: Suggestion) -> Self {
        Self { text: suggestion.text, source: suggestion.source }
    }
}

/// What a caption is about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaptionRequest {
    /// What happened or is shown.
    #[schema(example = "We roast at the harbour from today on.")]
    topic: String,
    /// For which network.
    #[schema(example = "facebook")]
    platform: String,
    /// How it shall sound.
    tone: Option<String>,
    /// A link that must stand in it.
    link: Option<String>,
}

/// Write a caption that fits a network.
#[utoipa::path(
    post, path = "/api/content/caption", tag = "content", request_body = CaptionRequest,
    responses((status = 200, description = "A caption", body = Text)),
)]
pub(crate) async fn caption(
    State(app): State<App>,
    _: Caller,
    JsonBody(asked): JsonBody<CaptionRequest>,
) -> Result<Json<Text>, Problem> {
    let (rules, rule) = rule(&app, &asked.platform, false)?;
    let brief = Brief {
        topic: asked.topic,
        tone: asked.tone,
        link: asked.link,
        platform: Some(rules.platform.clone()),
        ..Brief::default()
    };
    let text = engine(&app)?.generate_caption(&brief, &rule.text).await.map_err(failed)?;
    Ok(Json(text.into()))
}

/// A text to find hashtags for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HashtagRequest {
    /// The text.
    #[schema(example = "Fresh coffee, roasted at the harbour.")]
    text: String,
    /// At most so many; 10 unless said.
    #[schema(value_type = Option<u64>)]
    limit: Option<u32>,
}

/// Hashtags, the best first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Hashtags {
    /// Without `#`.
    hashtags: Vec<String>,
}

/// Find hashtags for a text.
#[utoipa::path(
    post, path = "/api/content/hashtags", tag = "content", request_body = HashtagRequest,
    responses((status = 200, description = "The best first", body = Hashtags)),
)]
pub(crate) async fn hashtags(
    State(app): State<App>,
    _: Caller,
    JsonBody(asked): JsonBody<HashtagRequest>,
) -> Result<Json<Hashtags>, Problem> {
    let limit = asked.limit.unwrap_or(10).clamp(1, MOST);
    let found =
        engine(&app)?.generate_hashtags(&Brief::about(asked.text), limit).await.map_err(failed)?;
    Ok(Json(Hashtags { hashtags: found.tags }))
}

/// A text to be made fit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OptimizeRequest {
    /// The text.
    #[schema(example = "Fresh coffee, roasted at the harbour.")]
    text: String,
    /// For which network.
    #[schema(example = "instagram")]
    platform: String,
    /// Whether it stands with a picture or a clip.
    #[serde(default)]
    media: bool,
}

/// Make a text fit a network; nothing is added.
#[utoipa::path(
    post, path = "/api/content/optimize", tag = "content", request_body = OptimizeRequest,
    responses((status = 200, description = "The text made fit", body = Text)),
)]
pub(crate) async fn optimize(
    State(app): State<App>,
    _: Caller,
    JsonBody(asked): JsonBody<OptimizeRequest>,
) -> Result<Json<Text>, Problem> {
    let (rules, rule) = rule(&app, &asked.platform, asked.media)?;
    let fit = engine(&app)?.optimize_for_platform(&asked.text, rules, &rule.text).await;
    Ok(Json(fit.map_err(failed)?.into()))
}

/// What ideas are wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IdeasRequest {
    /// What the business is.
    #[schema(example = "coffee roastery")]
    industry: String,
    /// At most so many; 5 unless said.
    #[schema(value_type = Option<u64>)]
    limit: Option<u32>,
}

/// Ideas.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Ideas {
    items: Vec<Text>,
}

/// Suggest what to post about.
#[utoipa::path(
    post, path = "/api/content/ideas", tag = "content", request_body = IdeasRequest,
    responses((status = 200, description = "Ideas", body = Ideas)),
)]
pub(crate) async fn ideas(
    State(app): State<App>,
    _: Caller,
    JsonBody(asked): JsonBody<IdeasRequest>,
) -> Result<Json<Ideas>, Problem> {
    let limit = asked.limit.unwrap_or(5).clamp(1, MOST);
    let found = engine(&app)?.suggest_content_ideas(&Brief::about(asked.industry), limit).await;
    Ok(Json(Ideas { items: found.map_err(failed)?.into_iter().map(Into::into).collect() }))
}
