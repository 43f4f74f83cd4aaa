//! Facebook Pages.
//!
//! Source: Meta, "Pages API: posts", "Page photos" and "Video API" of the Graph documentation.

use std::time::Duration;

use super::{
    ImageRule, KindRule, MediaRule, Preset, QuotaRule, QuotaScope, Ratio, Rules, TextRule,
    TextUnit, VideoRule,
};
use crate::domain::media::ImageFormat;
use crate::domain::{Platform, PostKind};

/// The table of Facebook Pages.
#[must_use]
pub fn facebook() -> Rules {
    let text = |required| TextRule {
        max: 63_206,
        unit: TextUnit::Chars,
        required,
        max_hashtags: None,
        max_mentions: None,
        max_alt: Some(1000),
    };
    let photo = ImageRule {
        formats: vec![ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif],
        // Sources name 4 and 10 MB; the smaller never fails.
        max_bytes: 4 << 20,
        ratio: None,
        width: (1, 2048),
        max_pixels: 2048 * 2048,
        animated: false,
        presets: vec![
            Preset { name: "facebook.feed_square".into(), width: 1080, height: 1080 },
            Preset { name: "facebook.feed_portrait".into(), width: 1080, height: 1350 },
            Preset { name: "facebook.feed_landscape".into(), width: 1200, height: 630 },
        ],
    };
    let image = MediaRule::Image(photo.clone());
    let video = MediaRule::Video(VideoRule {
        containers: vec!["mp4".into(), "mov".into()],
        codecs: vec!["h264".into(), "hevc".into()],
        audio_codecs: vec!["aac".into()],
        max_bytes: 10 << 30,
        duration: (Duration::from_secs(1), Duration::from_secs(4 * 3600)),
        fps: (1.0, 60.0),
        ratio: (Ratio::new(9.0, 16.0), Ratio::new(16.0, 9.0)),
        width: (120, 4096),
        height: (120, 4096),
        max_bitrate: 50_000_000,
        max_sample_rate: 48_000,
        streamable: false,
        presets: vec![
            Preset { name: "facebook.video_portrait".into(), width: 1080, height: 1920 },
            Preset { name: "facebook.video_landscape".into(), width: 1920, height: 1080 },
        ],
    });
    Rules {
        platform: Platform::FACEBOOK,
        name: "Facebook".into(),
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
                items: 2..=10,
                media: Some(image),
            },
            KindRule { kind: PostKind::Video, text: text(false), items: 1..=1, media: Some(video) },
            KindRule {
                kind: PostKind::Reel,
                text: text(false),
                items: 1..=1,
                media: Some(MediaRule::Video(upright("facebook.reel", 90))),
            },
            KindRule {
                kind: PostKind::Story,
                text: TextRule { max: 0, max_alt: None, ..text(false) },
                items: 1..=1,
                media: Some(MediaRule::Image(ImageRule {
                    presets: vec![Preset {
                        name: "facebook.story".into(),
                        width: 1080,
                        height: 1920,
                    }],
                    ..photo
                })),
            },
            KindRule {
                kind: PostKind::Story,
                text: TextRule { max: 0, max_alt: None, ..text(false) },
                items: 1..=1,
                media: Some(MediaRule::Video(upright("facebook.story", 60))),
            },
        ],
        posts_per_day: None,
        quotas: vec![
            // A Page takes 30 reels in a rolling day.
            QuotaRule::new(QuotaScope::Account, &["facebook.clip_finish"], 30, 24 * 3600),
        ],
        // Unpublished photos lapse after about a day.
        prepare_ahead: Duration::from_secs(10 * 60),
        source: "https://developers.facebook.com/docs/pages-api/posts".into(),
    }
}

/// Reels and stories: upright, of at most `longest` seconds.
///
/// Meta, "Reels publishing" and "Page stories". No size is given; a gigabyte is what one request
/// surely takes.
fn upright(preset: &str, longest: u64) -> VideoRule {
    VideoRule {
        containers: vec!["mp4".into()],
        codecs: vec!["h264".into(), "hevc".into()],
        audio_codecs: vec!["aac".into()],
        max_bytes: 1 << 30,
        duration: (Duration::from_secs(3), Duration::from_secs(longest)),
        fps: (24.0, 60.0),
        ratio: (Ratio::new(9.0, 16.0), Ratio::new(9.0, 16.0)),
        width: (540, 1080),
        height: (960, 1920),
        max_bitrate: 25_000_000,
        max_sample_rate: 48_000,
        streamable: true,
        presets: vec![Preset { name: preset.into(), width: 1080, height: 1920 }],
    }
}
