//! How a workspace sounds: what suggestions are held to.

#![allow(unused_qualifications, reason = "the macros of utoipa write them")]

use axum::extract::State;
use axum::response::Json;
use serde::{Deserialize, Serialize};
use social_core::domain::{HashtagPolicy, Voice};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Caller;
use super::extract::{JsonBody, field};
use super::{codes, table};
use crate::Problem;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(voice, set_voice))
}

/// The most entries of each list, and the longest of them.
const MOST: usize = 100;
const LONGEST: usize = 3000;

/// How a workspace sounds. What is left out has no opinion.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct VoiceBody {
    /// Texts that sound right.
    samples: Vec<String>,
    /// Words to use where they fit.
    prefer: Vec<String>,
    /// Words that must not stand in a text.
    #[schema(example = json!(["cheap"]))]
    avoid: Vec<String>,
    /// The most emoji in a text.
    max_emoji: Option<u32>,
    /// Hashtags that stand in every post, without `#`.
    hashtags_always: Vec<String>,
    /// Hashtags that never do.
    hashtags_never: Vec<String>,
    /// The most hashtags in a text.
    max_hashtags: Option<u32>,
    /// The language to write in, such as `en` or `de`; null is that of the topic.
    language: Option<String>,
}

impl From<Voice> for VoiceBody {
    fn from(voice: Voice) -> Self {
        Self {
            samples: voice.samples,
            prefer: voice.prefer,
            avoid: voice.avoid,
            max_emoji: voice.max_emoji,
            hashtags_always: voice.hashtags.always,
            hashtags_never: voice.hashtags.never,
            max_hashtags: voice.hashtags.max,
            language: voice.language,
        }
    }
}

impl From<VoiceBody> for Voice {
    fn from(body: VoiceBody) -> Self {
        Self {
            samples: body.samples,
            prefer: body.prefer,
            avoid: body.avoid,
            max_emoji: body.max_emoji,
            hashtags: HashtagPolicy {
                always: body.hashtags_always,
                never: body.hashtags_never,
                max: body.max_hashtags,
            },
            language: body.language,
        }
    }
}

impl VoiceBody {
    fn check(&self) -> Result<(), Problem> {
        for (name, list) in [
            ("samples", &self.samples),
            ("prefer", &self.prefer),
            ("avoid", &self.avoid),
            ("hashtags_always", &self.hashtags_always),
            ("hashtags_never", &self.hashtags_never),
        ] {
            let long = |text: &String| text.chars().count() > LONGEST;
            if list.len() > MOST || list.iter().any(long) {
                let detail = format!("at most {MOST}, each of at most {LONGEST} characters");
                return Err(field(&codes::INVALID_FIELD, &format!("/{name}"), &detail));
            }
        }
        Ok(())
    }
}

/// How the workspace of who asks sounds; without an opinion where nothing was set.
pub(crate) async fn of(app: &App, caller: &Caller) -> Result<Voice, Problem> {
    let failed = |error| table::store(&error);
    let mut unit = app.ports.store.read().await.map_err(failed)?;
    let voice = unit.words().voice(caller.workspace()).await.map_err(failed)?;
    Ok(voice.unwrap_or_default())
}

/// Tell how the workspace sounds.
#[utoipa::path(
    get, path = "/api/voice", tag = "content",
    responses((status = 200, description = "As it was set", body = VoiceBody)),
)]
pub(crate) async fn voice(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<VoiceBody>, Problem> {
    Ok(Json(of(&app, &caller).await?.into()))
}

/// Set how the workspace sounds, in place of what was set before.
#[utoipa::path(
    put, path = "/api/voice", tag = "content", request_body = VoiceBody,
    responses((status = 200, description = "As it is now", body = VoiceBody)),
)]
pub(crate) async fn set_voice(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<VoiceBody>,
) -> Result<Json<VoiceBody>, Problem> {
    body.check()?;
    let failed = |error| table::store(&error);
    let voice: Voice = body.into();
    let mut unit = app.ports.store.begin().await.map_err(failed)?;
    unit.words().put_voice(caller.workspace(), &voice).await.map_err(failed)?;
    unit.commit().await.map_err(failed)?;
    app.record(&caller, "voice.set", "voice").await;
    Ok(Json(voice.into()))
}
