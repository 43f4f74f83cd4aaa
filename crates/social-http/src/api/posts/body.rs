//! What a client asks to publish, and the engine's request that it becomes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use social_core::Timestamp;
use social_core::domain::{MediaRef, Override, Platform, Target};
use social_core::ports::{PostRequest, When};
use utoipa::ToSchema;

use super::super::app::App;
use super::super::auth::Caller;
use super::super::extract::{field, time};
use super::super::{codes, table};
use super::slot;
use crate::Problem;

/// A post to be written.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPost {
    /// The text.
    #[schema(example = "Fresh beans at nine.")]
    pub(crate) content: String,
    /// Where it goes: a network, or one of its accounts as `instagram:acct_…`.
    #[schema(example = json!(["facebook"]))]
    pub(crate) platforms: Vec<String>,
    /// An instant with its offset, `now`, or `next-slot`: the next full hour at least one hour
    /// ahead at which none of the accounts has a post. Default: `next-slot`.
    pub(crate) time: Option<String>,
    /// Only store it.
    #[serde(default)]
    pub(crate) draft: bool,
    /// What single networks get instead.
    #[serde(default)]
    pub(crate) overrides: BTreeMap<String, OwnContent>,
    /// The media, in order.
    #[serde(default)]
    pub(crate) media: Vec<MediaItem>,
    /// Only tell what would become of it.
    #[serde(default)]
    pub(crate) dry_run: bool,
    /// The token of a dry run of the same content, networks, time and media.
    pub(crate) confirm: Option<String>,
    /// Publish it although the same went there within a day.
    #[serde(default)]
    pub(crate) allow_duplicate: bool,
    /// In place of the header `Idempotency-Key`.
    pub(crate) idempotency_key: Option<String>,
}

/// What one network gets instead.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnContent {
    /// Another text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content: Option<String>,
    /// What only this network knows, such as TikTok's `privacy_level`.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    #[schema(value_type = Object)]
    pub(crate) options: serde_json::Map<String, Value>,
}

/// A media item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MediaItem {
    /// `media_…`, as POST /api/media answered.
    pub(crate) id: String,
    /// What it shows, for those who cannot see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) alt: Option<String>,
}

/// What was asked, as the engine takes it.
#[derive(Debug)]
pub(crate) struct Asked {
    /// With the time that was chosen, where none was given.
    pub(crate) request: PostRequest,
    /// Where no time was given, the slot that a dry run of the last minutes may have shown.
    pub(crate) earlier: Option<Timestamp>,
    /// Whether the time was chosen here.
    pub(crate) chosen: bool,
}

impl NewPost {
    /// Reads all of it, and chooses the time where none was given.
    pub(crate) async fn asked(&self, app: &App, caller: &Caller) -> Result<Asked, Problem> {
        let names = app.ports.platforms.names();
        let targets = self.platforms.iter().enumerate().map(|(at, text)| target(at, text, &names));
        let targets = targets.collect::<Result<Vec<Target>, _>>()?;
        let mut request = PostRequest::new(caller.workspace(), self.content.clone(), targets);
        request.media = media(&self.media)?;
        request.overrides = overrides(&self.overrides, &names)?;
        request.allow_duplicate = self.allow_duplicate;
        request.actor = Some(caller.actor());
        let mut asked = Asked { request, earlier: None, chosen: false };
        match self.time.as_deref() {
            Some("now") => {}
            Some("next-slot") | None => {
                let quiet = caller.budget.quiet_hours;
                let (slot, earlier) = slot::next(app, &asked.request, quiet).await?;
                asked.request = asked.request.at(slot);
                asked.earlier = (earlier != slot).then_some(earlier);
                asked.chosen = true;
            }
            Some(text) => asked.request = asked.request.at(time(text, "/time")?),
        }
        Ok(asked)
    }
}

impl Asked {
    /// What a confirmation stands for: content, networks, time and media.
    pub(crate) fn payload(&self, when: When) -> String {
        let request = &self.request;
        json!({
            "content": request.content,
            "targets": request.targets,
            "when": when,
            "media": request.media,
            "overrides": request.overrides,
        })
        .to_string()
    }
}

fn target(at: usize, text: &str, names: &str) -> Result<Target, Problem> {
    let (name, account) = match text.split_once(':') {
        Some((name, account)) => (name, Some(account)),
        None => (text, None),
    };
    let unknown = |_| table::platform_unknown(name, names);
    let platform: Platform = name.parse().map_err(unknown)?;
    let account = account.map(str::parse).transpose().map_err(|_| {
        let detail = format!("there is no account of this id on {platform}");
        field(&codes::ACCOUNT_NOT_CONNECTED, &format!("/platforms/{at}"), &detail)
    })?;
    Ok(Target { platform, account })
}

/// The engine's references to media.
pub(crate) fn media(items: &[MediaItem]) -> Result<Vec<MediaRef>, Problem> {
    let read = |(at, item): (usize, &MediaItem)| {
        let asset = item.id.parse().map_err(|_| {
            let pointer = format!("/media/{at}/id");
            field(&codes::MEDIA_UNSUPPORTED, &pointer, "there is no media of this id")
                .fix(codes::MEDIA_NOT_FOUND.fix)
        })?;
        Ok(MediaRef { asset, alt: item.alt.clone() })
    };
    items.iter().enumerate().map(read).collect()
}

/// References to media as a client writes them.
pub(crate) fn media_items(media: &[MediaRef]) -> Vec<MediaItem> {
    let item = |media: &MediaRef| MediaItem { id: media.asset.to_string(), alt: media.alt.clone() };
    media.iter().map(item).collect()
}

pub(crate) fn media_json(media: &[MediaRef]) -> Value {
    json!(media_items(media))
}

/// What single networks get instead, as the engine takes it.
pub(crate) fn overrides(
    own: &BTreeMap<String, OwnContent>,
    names: &str,
) -> Result<BTreeMap<Platform, Override>, Problem> {
    let read = |(name, own): (&String, &OwnContent)| {
        let platform = name.parse().map_err(|_| table::platform_unknown(name, names))?;
        let own = Override { content: own.content.clone(), options: own.options.clone() };
        Ok((platform, own))
    };
    own.iter().map(read).collect()
}
