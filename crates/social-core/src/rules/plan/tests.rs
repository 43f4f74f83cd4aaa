//! What is planned is what networks take.

use proptest::prelude::*;

use super::*;
use crate::domain::media::{
    Backdrop, Change, ColourProfile, Focus, ImageFormat, VideoAction, VideoProbe,
};
use crate::domain::{Fit, PostKind};
use crate::rules::{ImageRule, VideoRule, facebook, instagram, linkedin, tiktok};

fn photo(width: u32, height: u32) -> ImageProbe {
    ImageProbe {
        format: ImageFormat::Jpeg,
        width,
        height,
        bytes: 2_000_000,
        orientation: 1,
        alpha: false,
        animated: false,
        colour: ColourProfile::Untagged,
        metadata: false,
        motion: None,
        focus: None,
    }
}

fn clip() -> VideoProbe {
    VideoProbe {
        container: "mp4".into(),
        codec: "h264".into(),
        pixel_format: "yuv420p".into(),
        audio: None,
        width: 1080,
        height: 1920,
        rotation: 0,
        duration: Duration::from_secs(10),
        fps: 30.0,
        bitrate: 4_000_000,
        bytes: 5_000_000,
        index_first: true,
        edit_list: false,
    }
}

fn image_rule() -> ImageRule {
    match instagram().kind(PostKind::Image).unwrap().media.clone().unwrap() {
        MediaRule::Image(rule) => rule,
        _ => unreachable!(),
    }
}

fn video_rule() -> VideoRule {
    match instagram().kind(PostKind::Video).unwrap().media.clone().unwrap() {
        MediaRule::Video(rule) => rule,
        _ => unreachable!(),
    }
}

#[test]
fn what_fits_is_kept() {
    assert!(plan_image(&photo(1080, 1350), &image_rule()).keep);
    assert_eq!(plan_video(&clip(), &video_rule()).unwrap().action, VideoAction::Keep);
}

#[test]
fn a_phone_portrait_is_cropped_to_four_by_five() {
    let plan = plan_image(&photo(3024, 4032), &image_rule());
    assert_eq!((plan.width, plan.height), (1080, 1350));
    let crop = plan.crop.unwrap();
    assert_eq!((crop.x, crop.y, crop.width, crop.height), (0, 126, 3024, 3780));
    assert!(plan.changes.contains(&Change::Cropped { percent: 6 }));
}

#[test]
fn a_photo_within_the_window_loses_nothing() {
    let plan = plan_image(&photo(5312, 2988), &image_rule());
    assert_eq!(plan.crop, None);
    assert_eq!((plan.width, plan.height), (1080, 608));
}

#[test]
fn an_index_at_the_end_is_repacked_and_five_channels_encoded() {
    let late = VideoProbe { index_first: false, ..clip() };
    assert_eq!(plan_video(&late, &video_rule()).unwrap().action, VideoAction::Remux);
    let audio =
        crate::domain::media::AudioProbe { codec: "aac".into(), channels: 6, sample_rate: 48_000 };
    let plan = plan_video(&VideoProbe { audio: Some(audio), ..clip() }, &video_rule()).unwrap();
    assert!(matches!(plan.action, VideoAction::Sound { channels: 2, .. }), "the picture stays");
}

#[test]
fn a_crop_keeps_the_focus_in_sight() {
    for (y, top) in [(0, 0), (300, 0), (500, 126), (900, 252)] {
        let probe = ImageProbe { focus: Some(Focus { x: 500, y }), ..photo(3024, 4032) };
        assert_eq!(plan_image(&probe, &image_rule()).crop.unwrap().y, top);
        let centre = Wishes { fit: Fit::Centre, ..Wishes::default() };
        assert_eq!(plan_image_as(&probe, &image_rule(), &centre).crop.unwrap().y, 126);
    }
}

#[test]
fn padding_cuts_nothing_and_gives_an_allowed_shape() {
    let pad = Wishes { fit: Fit::Pad(Backdrop::Blur), ..Wishes::default() };
    for size in [(3024, 4032), (4000, 1000), (500, 2000)] {
        let plan = plan_image_as(&photo(size.0, size.1), &image_rule(), &pad);
        assert_eq!((plan.crop, plan.pad), (None, Some(Backdrop::Blur)));
        let ratio = f64::from(plan.width) / f64::from(plan.height);
        assert!((0.795..=1.92).contains(&ratio), "{size:?}: {ratio}");
        assert!(plan.changes.iter().any(|c| matches!(c, Change::Padded { .. })));
    }
    let plan = plan_image_as(&photo(1080, 1350), &image_rule(), &pad);
    assert!(plan.keep, "what fits needs no room around it");
}

#[test]
fn a_moving_picture_can_become_a_clip() {
    let motion = crate::domain::media::Motion { frames: 60, duration: Duration::from_secs(6) };
    let (format, animated) = (ImageFormat::Gif, true);
    let gif = ImageProbe { format, animated, motion: Some(motion), ..photo(480, 480) };
    let rule = MediaRule::Video(video_rule());
    let Plan::Video(plan) = plan_media(&MediaProbe::Image(gif), &rule).unwrap() else {
        unreachable!()
    };
    assert!(matches!(plan.action, VideoAction::Transcode { .. }));
    let still = plan_media(&MediaProbe::Image(photo(480, 480)), &rule);
    assert_eq!(still, Err(Refused::NotAVideo));
}

#[test]
fn too_short_is_refused_and_too_long_is_cut() {
    let short = VideoProbe { duration: Duration::from_secs(1), ..clip() };
    assert!(matches!(plan_video(&short, &video_rule()), Err(Refused::TooShort { .. })));
    let long = VideoProbe { duration: Duration::from_secs(3600), ..clip() };
    let plan = plan_video(&long, &video_rule()).unwrap();
    assert_eq!(plan.trim, Some(Duration::from_secs(900)));
}

proptest! {
    #[test]
    fn a_planned_picture_is_what_its_network_takes(width in 1_u32..9000, height in 1_u32..9000) {
        for rules in [instagram(), facebook(), linkedin(), tiktok()] {
            let kind = rules.kind(PostKind::Image).unwrap();
            let Some(MediaRule::Image(rule)) = &kind.media else { unreachable!() };
            let plan = plan_image(&photo(width, height), rule);
            prop_assert!(plan.width <= rule.width.1, "{plan:?}");
            prop_assert!(u64::from(plan.width) * u64::from(plan.height) <= rule.max_pixels);
            if let Some((narrow, wide)) = rule.ratio
                && plan.height > 20
            {
                let ratio = f64::from(plan.width) / f64::from(plan.height);
                prop_assert!(ratio >= narrow.value() * 0.99, "{plan:?}");
                prop_assert!(ratio <= wide.value() * 1.01, "{plan:?}");
            }
            if let Some(crop) = plan.crop {
                prop_assert!(crop.x + crop.width <= width && crop.y + crop.height <= height);
            }
        }
    }

    #[test]
    fn a_planned_clip_is_even_and_within_bounds(width in 64_u32..6000, height in 64_u32..6000) {
        let probe = VideoProbe { width, height, ..clip() };
        for rules in [instagram(), facebook(), linkedin(), tiktok()] {
            let kind = rules.kind(PostKind::Video).unwrap();
            let Some(MediaRule::Video(rule)) = &kind.media else { unreachable!() };
            if let VideoAction::Transcode { width, height, crop, .. } =
                plan_video(&probe, rule).unwrap().action
            {
                prop_assert!(width % 2 == 0 && height % 2 == 0);
                prop_assert!(width <= rule.width.1 + 1 && width + 1 >= rule.width.0);
                prop_assert!(height <= rule.height.1 + 1 && height + 1 >= rule.height.0);
                if let Some(crop) = crop {
                    prop_assert!(crop.x + crop.width <= probe.width);
                    prop_assert!(crop.y + crop.height <= probe.height);
                }
            }
        }
    }
}
