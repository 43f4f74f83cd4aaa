//! TikTok.
//!
//! Source: TikTok for Developers, "Content Posting API" media transfer guide and references.

use std::time::Duration;

use super::{
    ImageRule, KindRule, MediaRule, Preset, QuotaRule, QuotaScope, Ratio, Rules, TextRule,
    TextUnit, VideoRule,
};
use crate::domain::media::ImageFormat;
use crate::domain::{Platform, PostKind};

/// The table of TikTok.
#[must_use]
pub fn tiktok() -> Rules {
    let text = |max| TextRule {
        max,
        unit: TextUnit::Utf16,
        required: false,
        max_hashtags: None,
        max_mentions: None,
        max_alt: None,
    };
    let photo = MediaRule::Image(ImageRule {
        formats: vec![ImageFormat::Jpeg, ImageFormat::Webp],
        max_bytes: 20 << 20,
        ratio: None,
        // "At most 1080p", which axis is not said: neither side of ours passes 1080 x 1920.
        width: (1, 1080),
        max_pixels: 1080 * 1920,
        animated: false,
        presets: vec![
            Preset { name: "tiktok.photo_portrait".into(), width: 1080, height: 1920 },
            Preset { name: "tiktok.photo_square".into(), width: 1080, height: 1080 },
        ],
    });
    let video = MediaRule::Video(VideoRule {
        containers: vec!["mp4".into(), "mov".into(), "webm".into()],
        codecs: vec!["h264".into(), "hevc".into(), "vp8".into(), "vp9".into()],
        audio_codecs: vec!["aac".into(), "opus".into(), "vorbis".into()],
        max_bytes: 4_000_000_000,
        // What the creator may really post comes with the creator's own info, before each post.
        duration: (Duration::from_secs(3), Duration::from_secs(10 * 60)),
        fps: (23.0, 60.0),
        ratio: (Ratio::new(9.0, 16.0), Ratio::new(16.0, 9.0)),
        width: (360, 4096),
        height: (360, 4096),
        max_bitrate: 50_000_000,
        max_sample_rate: 48_000,
        streamable: false,
        presets: vec![Preset { name: "tiktok.video".into(), width: 1080, height: 1920 }],
    });
    Rules {
        platform: Platform::TIKTOK,
        name: "TikTok".into(),
        kinds: vec![
            KindRule {
                kind: PostKind::Image,
                text: text(4000),
                items: 1..=1,
                media: Some(photo.clone()),
            },
            KindRule {
                kind: PostKind::Carousel,
                text: text(4000),
                items: 2..=35,
                media: Some(photo.clone()),
            },
            KindRule {
                kind: PostKind::Video,
                text: text(2200),
                items: 1..=1,
                media: Some(video.clone()),
            },
            // A draft of a clip has no text: the creator writes it in the app.
            KindRule { kind: PostKind::Inbox, text: text(0), items: 1..=1, media: Some(video) },
            KindRule { kind: PostKind::Inbox, text: text(4000), items: 1..=35, media: Some(photo) },
        ],
        // "Typically" 15 a creator and day, over all apps.
        posts_per_day: Some(15),
        quotas: vec![
            QuotaRule::new(QuotaScope::Account, &["tiktok.video_init", "tiktok.video_pull"], 6, 60),
            QuotaRule::new(QuotaScope::Account, &["tiktok.content_init"], 6, 60),
            QuotaRule::new(QuotaScope::Account, &["tiktok.creator_info"], 20, 60).takes(1, 0),
            QuotaRule::new(QuotaScope::Account, &["tiktok.status_fetch"], 30, 60),
            QuotaRule::new(QuotaScope::App, &["tiktok.video_list", "tiktok.analytics"], 600, 60),
        ],
        // An upload address lives for one hour.
        prepare_ahead: Duration::from_secs(10 * 60),
        source: "https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide".into(),
    }
}
