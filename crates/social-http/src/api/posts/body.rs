//! What a client asks to publish, and the engine's request that it becomes.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use social_core::Timestamp;
use social_core::domain::series::Repeat;
use social_core::domain::{MediaRef, Override, Permission, Platform, Target};
use social_core::engine::Preview;
use social_core::ports::{PostRequest, When};
use utoipa::ToSchema;

use super::super::app::App;
use super::super::auth::Caller;
use super::super::extract::{field, time};
use super::super::series::RecurrenceBody;
use super::super::{access, codes, table};
use super::wishes::{self, Kept, Place};
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
    /// An instant with its offset, `now`, or `next-slot`: the next of the accounts' slots (GET
    /// /api/slots) at which none of them has a post, or, where none has slots, the next such full
    /// hour at least one hour ahead. Default: `next-slot`.
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
    /// For how many seconds a post for now waits and can be called off, 3600 at most. By default
    /// as the server is set up; a key may have to wait longer.
    pub(crate) undo_seconds: Option<u32>,
    /// What it is part of, for reports: at most 100 characters.
    #[schema(example = "spring")]
    pub(crate) campaign: Option<String>,
    /// How it comes again, in place of `time`: this is the first of a series, and `series_id` of the
    /// answer names it.
    pub(crate) recurrence: Option<RecurrenceBody>,
    /// In place of the header `Idempotency-Key`.
    #[allow(dead_code, reason = "it is read from the raw body")]
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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MediaItem {
    /// `media_…`, as POST /api/media answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    /// In place of an id: where the file is, on a public server that asks for no password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// A file on the client's own machine: the command `social` uploads it; the server cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    /// What it shows, for those who cannot see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) alt: Option<String>,
    /// How a picture whose shape a network does not take is brought into one that it does: `crop`
    /// (the default) keeps in sight what stands out, `centre` cuts on all sides alike, and `blur` or
    /// a colour such as `#ffffff` cuts nothing and fills the room around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fit: Option<String>,
    /// What a crop keeps in sight. By default what was found to stand out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) focus: Option<Place>,
    /// What shows through transparent parts where a network's format has none. Default: `#ffffff`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) background: Option<String>,
    /// What of its metadata stays. Default: nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) keep: Vec<Kept>,
    /// As few bytes as can be, which takes longer. Default: false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) smallest: bool,
}

/// What was asked, as the engine takes it.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) request: PostRequest,
}

impl NewPost {
    /// When it shall go out.
    pub(crate) fn when(&self) -> Result<When, Problem> {
        read_when(self.time.as_deref())
    }

    /// Reads all of it, and takes in what is on other servers.
    pub(crate) async fn asked(&self, app: &App, caller: &Caller) -> Result<Asked, Problem> {
        let repeat = self.repeat(app.now())?;
        let names = app.ports.platforms.names();
        let targets = self.platforms.iter().enumerate().map(|(at, text)| target(at, text, &names));
        let targets = targets.collect::<Result<Vec<Target>, _>>()?;
        let mut request = PostRequest::new(caller.workspace(), self.content.clone(), targets);
        request.when = self.when()?;
        request.repeat = repeat;
        request.undo = undo(self.undo_seconds)?;
        request.overrides = overrides(&self.overrides, &names)?;
        request.allow_duplicate = self.allow_duplicate;
        request.campaign = campaign(self.campaign.as_deref())?;
        request.media = media(app, caller, &self.media).await?;
        Ok(Asked { request })
    }
}

impl NewPost {
    /// How it comes again, where it does.
    fn repeat(&self, now: Timestamp) -> Result<Option<Repeat>, Problem> {
        let Some(recurrence) = &self.recurrence else { return Ok(None) };
        let contradicts =
            |name: &str, detail: &str| Err(field(&codes::INVALID_FIELD, name, detail));
        if self.time.is_some() {
            return contradicts("/time", "`recurrence` says when it comes: leave `time` out");
        }
        if self.draft {
            return contradicts("/draft", "a series is no draft: dry_run shows what comes of it");
        }
        recurrence.read(now).map(Some)
    }
}

/// A time as clients write it.
pub(crate) fn read_when(text: Option<&str>) -> Result<When, Problem> {
    Ok(match text {
        Some("now") => When::Now,
        Some("next-slot") | None => When::NextSlot,
        Some(text) => When::At(time(text, "/time")?),
    })
}

/// The longest time in which a post for now can be called off.
const LONGEST_UNDO: u32 = 3600;

fn undo(seconds: Option<u32>) -> Result<Option<Duration>, Problem> {
    match seconds {
        Some(seconds) if seconds > LONGEST_UNDO => {
            let detail = format!("at most {LONGEST_UNDO}; for a later time, set `time`");
            Err(field(&codes::INVALID_FIELD, "/undo_seconds", &detail))
        }
        seconds => Ok(seconds.map(|seconds| Duration::from_secs(seconds.into()))),
    }
}

/// The longest name of a campaign.
const LONGEST_CAMPAIGN: usize = 100;

fn campaign(name: Option<&str>) -> Result<Option<String>, Problem> {
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    if name.is_some_and(|name| name.chars().count() > LONGEST_CAMPAIGN) {
        let detail = format!("at most {LONGEST_CAMPAIGN} characters");
        return Err(field(&codes::INVALID_FIELD, "/campaign", &detail));
    }
    Ok(name.map(str::to_owned))
}

impl Asked {
    /// What a confirmation stands for: content, networks, time and media.
    pub(crate) fn payload(&self, preview: &Preview) -> String {
        let request = &self.request;
        let when = match request.when {
            When::Now => Value::from("now"),
            When::At(_) | When::NextSlot | When::Slot(_) => json!(preview.time),
        };
        let mut payload = json!({
            "content": request.content,
            "targets": request.targets,
            "when": when,
            "media": request.media,
            "overrides": request.overrides,
        });
        if let Some(repeat) = &request.repeat {
            payload["repeat"] = json!(repeat);
        }
        payload.to_string()
    }
}

pub(crate) fn target(at: usize, text: &str, names: &str) -> Result<Target, Problem> {
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

/// The engine's references to media. What is on another server is taken in first, also for a dry
/// run: nothing can be said about a file that nobody has.
pub(crate) async fn media(
    app: &App,
    caller: &Caller,
    items: &[MediaItem],
) -> Result<Vec<MediaRef>, Problem> {
    let mut media = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let wrong = |name: &str, detail: &str| {
            field(&codes::MEDIA_UNSUPPORTED, &format!("/media/{at}{name}"), detail)
        };
        let asset = match (&item.id, &item.url, &item.path) {
            (Some(id), None, None) => id.parse().map_err(|_| {
                wrong("/id", "there is no media of this id").fix(codes::MEDIA_NOT_FOUND.fix)
            })?,
            (None, Some(url), None) => {
                access::allowed(caller, Permission::FileStorage)?;
                super::super::media::take_in(app, caller, url, &format!("/media/{at}/url")).await?
            }
            (None, None, Some(_)) => {
                let detail = "the server has no files of yours";
                return Err(wrong("/path", detail).fix(codes::MEDIA_NOT_FOUND.fix));
            }
            _ => {
                let detail = "a media item has an `id` or a `url`, one of them";
                return Err(wrong("", detail).fix(codes::MEDIA_NOT_FOUND.fix));
            }
        };
        let wishes = wishes::read(item, &format!("/media/{at}"))?;
        media.push(MediaRef { asset, alt: item.alt.clone(), wishes });
    }
    Ok(media)
}

/// References to media as a client writes them.
pub(crate) fn media_items(media: &[MediaRef]) -> Vec<MediaItem> {
    let item = |media: &MediaRef| MediaItem {
        id: Some(media.asset.to_string()),
        alt: media.alt.clone(),
        ..MediaItem::default()
    };
    media.iter().map(|media| wishes::told(&media.wishes, item(media))).collect()
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
