//! What each network takes, as data: one table a network, read by preflight, by media planning,
//! by the content engine, and shown to people and agents.

mod facebook;
mod instagram;
mod linkedin;
pub mod options;
mod plan;
mod text;
mod tiktok;

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::media::{DocumentFormat, ImageFormat, MediaProbe};
use crate::domain::{Platform, PostKind};
use crate::ports::Quota;

pub use facebook::facebook;
pub use instagram::instagram;
pub use linkedin::linkedin;
pub use plan::{Plan, Refused, plan_image, plan_image_as, plan_media, plan_media_as, plan_video};
pub use text::{TextUnit, count, emoji, hashtags, links, mentions, shorten, split, whole_pieces};
pub use tiktok::tiktok;

/// All limits of one network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// The network.
    pub platform: Platform,
    /// Its name as people write it.
    pub name: String,
    /// What can be published there, and within what.
    pub kinds: Vec<KindRule>,
    /// How many posts an account may publish in a rolling day.
    pub posts_per_day: Option<u32>,
    /// How often what may be asked.
    #[serde(default)]
    pub quotas: Vec<QuotaRule>,
    /// How long before the due time preparing may begin, so that nothing prepared expires.
    pub prepare_ahead: Duration,
    /// The page that documents most of this.
    pub source: String,
}

impl Rules {
    /// The limits of posts of `kind`, where the network has such posts.
    #[must_use]
    pub fn kind(&self, kind: PostKind) -> Option<&KindRule> {
        self.kinds.iter().find(|rule| rule.kind == kind)
    }

    /// The limits of posts of `kind` that begin with `media`: some kinds take pictures or clips,
    /// each within limits of their own.
    #[must_use]
    pub fn kind_with(&self, kind: PostKind, media: Option<&MediaProbe>) -> Option<&KindRule> {
        let takes = |rule: &&KindRule| match (&rule.media, media) {
            (Some(rule), Some(probe)) => rule.takes(probe),
            _ => true,
        };
        self.kinds.iter().filter(|rule| rule.kind == kind).find(takes).or_else(|| self.kind(kind))
    }
}

/// How often something may be asked of a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaRule {
    /// Who shares it.
    pub scope: QuotaScope,
    /// Which requests count, by their names; several counted together. `linkedin.` is all of them.
    pub operations: Vec<String>,
    /// How many.
    pub quota: Quota,
    /// How many of them a post takes, or a little more: for preflight.
    #[serde(default)]
    pub per_post: u32,
    /// How many more each of its media items takes.
    #[serde(default)]
    pub per_item: u32,
}

/// Who shares a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotaScope {
    /// All accounts of the app.
    App,
    /// One account.
    Account,
}

impl QuotaRule {
    fn new(scope: QuotaScope, operations: &[&str], calls: u32, secs: u64) -> Self {
        let operations = operations.iter().map(|&name| name.to_owned()).collect();
        let quota = Quota { calls, per: Duration::from_secs(secs) };
        Self { scope, operations, quota, per_post: 0, per_item: 0 }
    }

    /// The same, of which a post takes so many.
    fn takes(mut self, per_post: u32, per_item: u32) -> Self {
        (self.per_post, self.per_item) = (per_post, per_item);
        self
    }

    /// Whether requests of this name count.
    #[must_use]
    pub fn counts(&self, operation: &str) -> bool {
        let one = |it: &String| it == operation || (it.ends_with('.') && operation.starts_with(it));
        self.operations.iter().any(one)
    }

    /// How many a post of so many media items takes.
    #[must_use]
    pub fn taken_by(&self, items: usize) -> u32 {
        let items = u32::try_from(items).unwrap_or(u32::MAX);
        self.per_post.saturating_add(self.per_item.saturating_mul(items))
    }
}

/// The limits of one kind of post.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KindRule {
    /// Which kind.
    pub kind: PostKind,
    /// Its text.
    pub text: TextRule,
    /// How many media items.
    pub items: RangeInclusive<u32>,
    /// What each item must be.
    pub media: Option<MediaRule>,
}

/// Limits of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextRule {
    /// The most there may be.
    pub max: u32,
    /// Of what.
    pub unit: TextUnit,
    /// Whether there must be a text.
    pub required: bool,
    /// The most hashtags.
    pub max_hashtags: Option<u32>,
    /// The most mentions.
    pub max_mentions: Option<u32>,
    /// The longest description of a picture for those who cannot see it, where there is one.
    pub max_alt: Option<u32>,
}

/// Limits of one media item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum MediaRule {
    /// A picture.
    Image(ImageRule),
    /// A clip.
    Video(VideoRule),
    /// A file of pages.
    Document(DocumentRule),
}

impl MediaRule {
    /// Whether it is about such media at all, fitting or not.
    #[must_use]
    pub fn takes(&self, probe: &MediaProbe) -> bool {
        matches!(
            (self, probe),
            (Self::Image(_), MediaProbe::Image(_))
                | (Self::Video(_), MediaProbe::Video(_))
                | (Self::Document(_), MediaProbe::Document(_))
        )
    }
}

/// Limits of a file of pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRule {
    /// What the network takes.
    pub formats: Vec<DocumentFormat>,
    /// The most bytes.
    pub max_bytes: u64,
}

/// Width by height.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ratio {
    /// The width.
    pub width: f64,
    /// The height.
    pub height: f64,
}

impl Ratio {
    /// `width`:`height`.
    #[must_use]
    pub const fn new(width: f64, height: f64) -> Self {
        Self { width, height }
    }

    /// Width divided by height.
    #[must_use]
    pub fn value(self) -> f64 {
        self.width / self.height
    }
}

/// A size that a network shows well, with the name it goes by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preset {
    /// Such as `instagram.feed_portrait`.
    pub name: String,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// Limits of a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImageRule {
    /// What the network takes; the first is what we make.
    pub formats: Vec<ImageFormat>,
    /// The most bytes.
    pub max_bytes: u64,
    /// The narrowest and the widest allowed shape, where shape matters.
    pub ratio: Option<(Ratio, Ratio)>,
    /// Pixels across, at least and at most.
    pub width: (u32, u32),
    /// The most pixels in all.
    pub max_pixels: u64,
    /// Whether moving pictures stay so.
    pub animated: bool,
    /// The sizes to aim at; a picture out of shape is cropped to the nearest of them.
    pub presets: Vec<Preset>,
}

/// Limits of a clip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VideoRule {
    /// Containers the network takes.
    pub containers: Vec<String>,
    /// Video codecs it takes.
    pub codecs: Vec<String>,
    /// Audio codecs it takes.
    pub audio_codecs: Vec<String>,
    /// The most bytes.
    pub max_bytes: u64,
    /// The shortest and the longest.
    pub duration: (Duration, Duration),
    /// Frames a second, at least and at most.
    pub fps: (f64, f64),
    /// The narrowest and the widest allowed shape.
    pub ratio: (Ratio, Ratio),
    /// The least and the most pixels across.
    pub width: (u32, u32),
    /// The least and the most pixels down.
    pub height: (u32, u32),
    /// The most bits a second.
    pub max_bitrate: u64,
    /// The most samples a second of sound.
    pub max_sample_rate: u32,
    /// Whether the index must come first and no edit list stand in the file.
    pub streamable: bool,
    /// The sizes to aim at; a clip out of shape is cropped to the nearest of them.
    pub presets: Vec<Preset>,
}
