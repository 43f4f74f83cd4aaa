//! LinkedIn, members and organisations.
//!
//! Source: Microsoft Learn, "Posts API", "Images API", "Videos API" and "MultiImage API".

use std::time::Duration;

use super::{
    DocumentRule, ImageRule, KindRule, MediaRule, Preset, QuotaRule, QuotaScope, Ratio, Rules,
    TextRule, TextUnit, VideoRule,
};
use crate::domain::media::{DocumentFormat, ImageFormat};
use crate::domain::{Platform, PostKind};

/// The table of LinkedIn.
#[must_use]
pub fn linkedin() -> Rules {
    let text = |required| TextRule {
        // The unit is not documented: UTF-16 units are the most that any reading counts.
        max: 3000,
        unit: TextUnit::Utf16,
        required,
        max_hashtags: None,
        max_mentions: None,
        max_alt: Some(4086),
    };
    let image = MediaRule::Image(ImageRule {
        formats: vec![ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif],
        max_bytes: 5 << 20,
        ratio: None,
        width: (1, 4096),
        max_pixels: 36_152_319,
        animated: false,
        presets: vec![
            Preset { name: "linkedin.square".into(), width: 1080, height: 1080 },
            Preset { name: "linkedin.landscape".into(), width: 1200, height: 627 },
            Preset { name: "linkedin.portrait".into(), width: 1080, height: 1350 },
        ],
    });
    let video = MediaRule::Video(VideoRule {
        containers: vec!["mp4".into()],
        codecs: vec!["h264".into()],
        audio_codecs: vec!["aac".into()],
        max_bytes: 500 << 20,
        duration: (Duration::from_secs(3), Duration::from_secs(30 * 60)),
        fps: (10.0, 60.0),
        ratio: (Ratio::new(1.0, 2.4), Ratio::new(2.4, 1.0)),
        width: (256, 4096),
        height: (144, 2304),
        max_bitrate: 30_000_000,
        max_sample_rate: 48_000,
        streamable: false,
        presets: vec![
            Preset { name: "linkedin.video_portrait".into(), width: 1080, height: 1920 },
            Preset { name: "linkedin.video_landscape".into(), width: 1920, height: 1080 },
        ],
    });
    Rules {
        platform: Platform::LINKEDIN,
        name: "LinkedIn".into(),
        kinds: vec![
            KindRule { kind: PostKind::Text, text: text(true), items: 0..=0, media: None },
            KindRule {
                kind: PostKind::Image,
                text: text(false),
                items: 1..=1,
                media: Some(image.clone()),
            },
            KindRule {
                kind: PostKind::Carousel,
                text: text(false),
                items: 2..=20,
                media: Some(image),
            },
            KindRule { kind: PostKind::Video, text: text(false), items: 1..=1, media: Some(video) },
            KindRule {
                kind: PostKind::Document,
                text: text(false),
                items: 1..=1,
                media: Some(MediaRule::Document(DocumentRule {
                    // Word and PowerPoint files are taken too; a PDF looks the same everywhere.
                    formats: vec![DocumentFormat::Pdf],
                    max_bytes: 100 << 20,
                })),
            },
        ],
        posts_per_day: Some(150),
        quotas: vec![
            // "Share on LinkedIn"; LinkedIn counts from midnight UTC, and this never asks more.
            QuotaRule::new(QuotaScope::Account, &["linkedin."], 150, 24 * 3600).takes(1, 3),
            QuotaRule::new(QuotaScope::App, &["linkedin."], 100_000, 24 * 3600).takes(1, 3),
        ],
        prepare_ahead: Duration::from_secs(10 * 60),
        source:
            "https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api"
                .into(),
    }
}
