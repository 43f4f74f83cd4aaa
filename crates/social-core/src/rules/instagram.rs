//! Instagram, professional accounts.
//!
//! Source: Meta, "Content publishing" and "IG User Media" of the Instagram Platform documentation.

use std::time::Duration;

use super::{
    ImageRule, KindRule, MediaRule, Preset, QuotaRule, QuotaScope, Ratio, Rules, TextRule,
    TextUnit, VideoRule,
};
use crate::domain::media::ImageFormat;
use crate::domain::{Platform, PostKind};

/// The table of Instagram.
#[must_use]
pub fn instagram() -> Rules {
    let text = TextRule {
        max: 2200,
        unit: TextUnit::Chars,
        required: false,
        max_hashtags: Some(30),
        max_mentions: Some(20),
        max_alt: Some(1000),
    };
    let image = MediaRule::Image(ImageRule {
        formats: vec![ImageFormat::Jpeg],
        max_bytes: 8 << 20,
        ratio: Some((Ratio::new(4.0, 5.0), Ratio::new(1.91, 1.0))),
        width: (320, 1440),
        max_pixels: 1440 * 1800,
        animated: false,
        presets: vec![
            Preset { name: "instagram.feed_square".into(), width: 1080, height: 1080 },
            Preset { name: "instagram.feed_portrait".into(), width: 1080, height: 1350 },
            Preset { name: "instagram.feed_landscape".into(), width: 1080, height: 566 },
        ],
    });
    let clip = VideoRule {
        containers: vec!["mp4".into(), "mov".into()],
        codecs: vec!["h264".into(), "hevc".into()],
        audio_codecs: vec!["aac".into()],
        max_bytes: 300 << 20,
        duration: (Duration::from_secs(3), Duration::from_secs(15 * 60)),
        fps: (23.0, 60.0),
        ratio: (Ratio::new(0.01, 1.0), Ratio::new(10.0, 1.0)),
        width: (1, 1920),
        height: (1, 1920),
        max_bitrate: 25_000_000,
        max_sample_rate: 48_000,
        streamable: true,
        presets: vec![Preset { name: "instagram.reel".into(), width: 1080, height: 1920 }],
    };
    let reel = MediaRule::Video(clip.clone());
    Rules {
        platform: Platform::INSTAGRAM,
        name: "Instagram".into(),
        kinds: vec![
            KindRule {
                kind: PostKind::Image,
                text: text.clone(),
                items: 1..=1,
                media: Some(image.clone()),
            },
            KindRule {
                kind: PostKind::Carousel,
                text: text.clone(),
                items: 2..=10,
                media: Some(image),
            },
            KindRule {
                kind: PostKind::Carousel,
                text: text.clone(),
                items: 2..=10,
                media: Some(MediaRule::Video(VideoRule {
                    max_bytes: 100 << 20,
                    duration: (Duration::from_secs(3), Duration::from_secs(60)),
                    // A carousel is cropped to the shape of its first item.
                    ratio: (Ratio::new(4.0, 5.0), Ratio::new(1.91, 1.0)),
                    presets: vec![
                        Preset { name: "instagram.feed_square".into(), width: 1080, height: 1080 },
                        Preset {
                            name: "instagram.feed_portrait".into(),
                            width: 1080,
                            height: 1350,
                        },
                    ],
                    ..clip.clone()
                })),
            },
            KindRule { kind: PostKind::Video, text, items: 1..=1, media: Some(reel) },
            story(MediaRule::Image(ImageRule {
                formats: vec![ImageFormat::Jpeg],
                max_bytes: 8 << 20,
                ratio: None,
                width: (320, 1440),
                max_pixels: 1440 * 2560,
                animated: false,
                presets: vec![upright()],
            })),
            story(MediaRule::Video(VideoRule {
                max_bytes: 100 << 20,
                duration: (Duration::from_secs(3), Duration::from_secs(60)),
                ratio: (Ratio::new(0.1, 1.0), Ratio::new(10.0, 1.0)),
                presets: vec![upright()],
                ..clip
            })),
        ],
        // The guide says 100, the reference 50; the network's own answer decides at run time.
        posts_per_day: Some(50),
        quotas: vec![
            // An account takes 400 containers in a rolling day, and shows 50; how many it really
            // shows is asked (`content_publishing_limit`), since documents name several numbers.
            QuotaRule::new(QuotaScope::Account, &["instagram.media"], 400, 24 * 3600).takes(1, 1),
            QuotaRule::new(QuotaScope::Account, &["instagram.media_publish"], 50, 24 * 3600)
                .takes(1, 0),
        ],
        // An unpublished container dies after 24 hours.
        prepare_ahead: Duration::from_secs(10 * 60),
        source: "https://developers.facebook.com/docs/instagram-platform/content-publishing".into(),
    }
}

fn upright() -> Preset {
    Preset { name: "instagram.story".into(), width: 1080, height: 1920 }
}

/// A story has no words, and no description for those who cannot see it.
fn story(media: MediaRule) -> KindRule {
    let text = TextRule {
        max: 0,
        unit: TextUnit::Chars,
        required: false,
        max_hashtags: None,
        max_mentions: None,
        max_alt: None,
    };
    KindRule { kind: PostKind::Story, text, items: 1..=1, media: Some(media) }
}
