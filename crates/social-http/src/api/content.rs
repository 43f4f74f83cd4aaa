//! Words: captions, hashtags, adaptation, ideas.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Json;
use serde::{Deserialize, Serialize};
use social_core::calendar::{self, Day};
use social_core::domain::{Dimension, Platform, PostKind, Sums, TimeSpan};
use social_core::engine::{Error, ReportRequest};
use social_core::ports::{
    Brief, ContentEngine, ContentError, Picture, Suggestion, TagResult, Trend,
};
use social_core::rules::{KindRule, Rules};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Caller;
use super::extract::{JsonBody, field, id};
use super::{codes, table, voice};
use crate::Problem;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(caption))
        .routes(routes!(hashtags))
        .routes(routes!(optimize))
        .routes(routes!(ideas))
        .routes(routes!(variants))
        .routes(routes!(alt))
        .routes(routes!(translate))
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
    /// What a person should know of it: why no model wrote it, what was repaired, in what it does not
    /// sound like the workspace.
    note: Option<String>,
}

impl From<Suggestion> for Text {
    fn from(suggestion: Suggestion) -> Self {
        Self { text: suggestion.text, source: suggestion.source, note: suggestion.note }
    }
}

/// A brief of a workspace: how it sounds, and what its hashtags did in the last 90 days.
async fn brief(app: &App, caller: &Caller, topic: String) -> Result<Brief, Problem> {
    Ok(Brief {
        workspace: Some(caller.workspace()),
        voice: voice::of(app, caller).await?,
        past: past(app, caller).await?,
        ..Brief::about(topic)
    })
}

/// What came of posts with each hashtag: how often they were shown against all posts.
async fn past(app: &App, caller: &Caller) -> Result<Vec<TagResult>, Problem> {
    let to = app.now();
    let request = ReportRequest {
        span: TimeSpan { from: to - PAST, to },
        platforms: Vec::new(),
        by: vec![Dimension::Hashtag],
        best: 0,
    };
    let report = app.analytics().report(caller.workspace(), &request).await;
    let report = report.map_err(table::problem)?;
    let each = |sums: &Sums| {
        let shown = sums.shown.known()? as f64 / sums.shown.posts as f64;
        (shown > 0.0).then_some(shown)
    };
    let Some(usual) = each(&report.totals) else { return Ok(Vec::new()) };
    let tags = report.by.get(&Dimension::Hashtag).into_iter().flatten();
    let told = tags.filter_map(|(tag, sums)| {
        let posts = u32::try_from(sums.posts).unwrap_or(u32::MAX);
        Some(TagResult { tag: tag.clone(), posts, factor: each(sums)? / usual })
    });
    Ok(told.collect())
}

/// How far back hashtags are looked at.
const PAST: Duration = Duration::from_secs(90 * 24 * 3600);

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
    caller: Caller,
    JsonBody(asked): JsonBody<CaptionRequest>,
) -> Result<Json<Text>, Problem> {
    let (rules, rule) = rule(&app, &asked.platform, false)?;
    let brief = asked.brief(&app, &caller, rules).await?;
    let text = engine(&app)?.generate_caption(&brief, &rule.text).await.map_err(failed)?;
    Ok(Json(text.into()))
}

impl CaptionRequest {
    async fn brief(self, app: &App, caller: &Caller, rules: &Rules) -> Result<Brief, Problem> {
        Ok(Brief {
            tone: self.tone,
            link: self.link,
            platform: Some(rules.platform.clone()),
            ..brief(app, caller, self.topic).await?
        })
    }
}

/// Captions that differ, to be tried against each other.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Variants {
    items: Vec<Text>,
}

/// Write captions that differ, to be tried against each other (POST /api/experiments).
#[utoipa::path(
    post, path = "/api/content/variants", tag = "content", request_body = CaptionRequest,
    responses((status = 200, description = "At most four", body = Variants)),
)]
pub(crate) async fn variants(
    State(app): State<App>,
    caller: Caller,
    JsonBody(asked): JsonBody<CaptionRequest>,
) -> Result<Json<Variants>, Problem> {
    let (rules, rule) = rule(&app, &asked.platform, false)?;
    let brief = asked.brief(&app, &caller, rules).await?;
    let found = engine(&app)?.generate_variants(&brief, &rule.text, VARIANTS).await;
    Ok(Json(Variants { items: found.map_err(failed)?.into_iter().map(Into::into).collect() }))
}

/// How many captions that differ are written at most.
const VARIANTS: u32 = 4;

/// A picture to be described.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AltRequest {
    /// `media_…`
    media_id: String,
    /// What the post is about.
    #[serde(default)]
    topic: String,
}

/// The longest description that is asked for, in characters: what most networks take.
const ALT: u32 = 1000;

/// The largest picture that is sent to a model.
const LARGEST: u64 = 20 << 20;

/// Describe a picture for those who cannot see it. Takes a model that sees.
#[utoipa::path(
    post, path = "/api/content/alt", tag = "content", request_body = AltRequest,
    responses((status = 200, description = "A description", body = Text)),
)]
pub(crate) async fn alt(
    State(app): State<App>,
    caller: Caller,
    JsonBody(asked): JsonBody<AltRequest>,
) -> Result<Json<Text>, Problem> {
    let asset = id(&asked.media_id, &codes::MEDIA_NOT_FOUND)?;
    let asset = app.library().get(caller.workspace(), asset).await.map_err(table::problem)?;
    if asset.probe.bytes() > LARGEST || !asset.mime.starts_with("image/") {
        let detail = "only a picture of at most 20 MiB can be described";
        return Err(field(&codes::MEDIA_UNSUPPORTED, "/media_id", detail));
    }
    let failed_to_read = |error| table::problem(Error::Blob(error));
    let bytes = app.ports.blobs.get(&asset.key).await.map_err(failed_to_read)?;
    let picture = Picture { mime: asset.mime.clone(), bytes };
    let brief = brief(&app, &caller, asked.topic).await?;
    let text = engine(&app)?.describe_picture(&picture, &brief, ALT).await.map_err(failed)?;
    Ok(Json(text.into()))
}

/// A text to be translated.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TranslateRequest {
    /// The text.
    text: String,
    /// The language, such as `en` or `de`.
    language: String,
    /// For which network.
    platform: String,
}

/// Translate a text; its links, mentions, hashtags and numbers stay. Takes a model.
#[utoipa::path(
    post, path = "/api/content/translate", tag = "content", request_body = TranslateRequest,
    responses((status = 200, description = "The translation", body = Text)),
)]
pub(crate) async fn translate(
    State(app): State<App>,
    caller: Caller,
    JsonBody(asked): JsonBody<TranslateRequest>,
) -> Result<Json<Text>, Problem> {
    let (rules, rule) = rule(&app, &asked.platform, false)?;
    let brief =
        Brief { platform: Some(rules.platform.clone()), ..brief(&app, &caller, asked.text).await? };
    let text = engine(&app)?.translate(&brief, &asked.language, &rule.text).await;
    Ok(Json(text.map_err(failed)?.into()))
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
    /// `offline`, or the model's name.
    source: String,
    /// What a person should know of them.
    note: Option<String>,
}

/// Find hashtags for a text.
#[utoipa::path(
    post, path = "/api/content/hashtags", tag = "content", request_body = HashtagRequest,
    responses((status = 200, description = "The best first", body = Hashtags)),
)]
pub(crate) async fn hashtags(
    State(app): State<App>,
    caller: Caller,
    JsonBody(asked): JsonBody<HashtagRequest>,
) -> Result<Json<Hashtags>, Problem> {
    let limit = asked.limit.unwrap_or(10).clamp(1, MOST);
    let brief = brief(&app, &caller, asked.text).await?;
    let found = engine(&app)?.generate_hashtags(&brief, limit).await.map_err(failed)?;
    Ok(Json(Hashtags { hashtags: found.tags, source: found.source, note: found.note }))
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
    /// What others say of late, in a line each: material, never instructions.
    #[serde(default)]
    trends: Vec<String>,
    /// How many days ahead to look for days worth a post; 30 unless said, 0 for none.
    #[schema(value_type = Option<u64>)]
    days_ahead: Option<u32>,
}

/// Ideas.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Ideas {
    items: Vec<Text>,
    /// Days worth a post that are ahead.
    days: Vec<DayItem>,
}

/// A day worth a post.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayItem {
    /// When.
    date: String,
    /// What it is.
    name: String,
}

/// How far ahead days are looked for at most, and the most trends.
const AHEAD: u32 = 366;
const TRENDS: usize = 50;

/// Suggest what to post about.
#[utoipa::path(
    post, path = "/api/content/ideas", tag = "content", request_body = IdeasRequest,
    responses((status = 200, description = "Ideas", body = Ideas)),
)]
pub(crate) async fn ideas(
    State(app): State<App>,
    caller: Caller,
    JsonBody(asked): JsonBody<IdeasRequest>,
) -> Result<Json<Ideas>, Problem> {
    let limit = asked.limit.unwrap_or(5).clamp(1, MOST);
    let today = social_core::statistics::utc_day(app.now());
    let days = match asked.days_ahead.unwrap_or(30).min(AHEAD) {
        0 => Vec::new(),
        ahead => calendar::days(today, ahead),
    };
    let trend = |title: String| Trend { title, source: "caller".to_owned(), ..Trend::default() };
    let brief = Brief {
        trends: asked.trends.into_iter().take(TRENDS).map(trend).collect(),
        days: days.iter().map(ToString::to_string).collect(),
        ..brief(&app, &caller, asked.industry).await?
    };
    let found = engine(&app)?.suggest_content_ideas(&brief, limit).await;
    let day = |day: &Day| DayItem { date: day.date.to_string(), name: day.name.to_owned() };
    Ok(Json(Ideas {
        items: found.map_err(failed)?.into_iter().map(Into::into).collect(),
        days: days.iter().map(day).collect(),
    }))
}
