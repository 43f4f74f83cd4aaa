//! Clips: probed, kept, repacked, encoded, cut, cancelled, shown.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use social_core::domain::PostKind;
use social_core::domain::media::{
    Crop, ImageFormat, ImagePlan, MediaProbe, VideoAction, VideoPlan, VideoProbe,
};
use social_core::ports::{
    MediaErrorKind, MediaPipeline, MediaSource, Processed, Progress, ThumbnailAt,
};
use social_core::rules::{MediaRule, Plan, VideoRule, plan_media};
use social_media::Budget;

use crate::helpers::{builder, content, demo, media, networks, pixels, source};

async fn probe(source: &MediaSource) -> VideoProbe {
    match media().probe(source).await.unwrap() {
        MediaProbe::Video(probe) => probe,
        _ => unreachable!(),
    }
}

fn plan(action: VideoAction) -> VideoPlan {
    VideoPlan { action, trim: None, max_bytes: 100 << 20, changes: Vec::new() }
}

/// Small and quick to encode.
fn small() -> VideoAction {
    VideoAction::Transcode {
        crop: Some(Crop { x: 437, y: 0, width: 405, height: 720 }),
        width: 180,
        height: 320,
        fps: 24.0,
        max_bitrate: 500_000,
        sample_rate: 44_100,
        channels: 1,
    }
}

async fn made(action: VideoAction) -> Processed {
    let media = media();
    media.process_video(&demo("clip.mp4"), &plan(action), &Progress::none()).await.unwrap()
}

#[tokio::test]
async fn a_clip_is_described_as_it_is() {
    let found = probe(&demo("clip.mp4")).await;
    assert_eq!((found.container.as_str(), found.codec.as_str()), ("mp4", "h264"));
    assert_eq!((found.width, found.height, found.rotation), (1280, 720, 0));
    assert_eq!(found.pixel_format, "yuv420p");
    assert!((found.fps - 25.0).abs() < 0.01);
    assert!((5.2..5.4).contains(&found.duration.as_secs_f64()));
    let audio = found.audio.as_ref().unwrap();
    assert_eq!((audio.codec.as_str(), audio.channels, audio.sample_rate), ("aac", 6, 48_000));
    assert_eq!(found.bytes, 1_055_736);

    // From memory it is the same clip.
    let MediaSource::File(path) = demo("clip.mp4") else { unreachable!() };
    assert_eq!(probe(&source(std::fs::read(path).unwrap())).await, found);
}

#[tokio::test]
async fn repacking_moves_the_index_and_keeps_every_frame() {
    let before = probe(&demo("clip.mp4")).await;
    let done = made(VideoAction::Remux).await;
    let after = probe(&done.content).await;
    assert_eq!(MediaProbe::Video(after.clone()), done.probe);
    assert!(after.index_first && !after.edit_list);
    assert_eq!((after.width, after.height, &after.codec), (1280, 720, &before.codec));
    assert!(after.duration.abs_diff(before.duration) < Duration::from_millis(100));
    assert_eq!(done.mime, "video/mp4");
}

#[tokio::test]
async fn encoding_gives_what_the_plan_says() {
    let done = made(small()).await;
    let found = probe(&done.content).await;
    assert_eq!((found.width, found.height, found.rotation), (180, 320, 0));
    assert_eq!((found.codec.as_str(), found.pixel_format.as_str()), ("h264", "yuv420p"));
    assert!((found.fps - 24.0).abs() < 0.01, "{}", found.fps);
    assert!((5.2..5.4).contains(&found.duration.as_secs_f64()), "{:?}", found.duration);
    let audio = found.audio.as_ref().unwrap();
    assert_eq!((audio.codec.as_str(), audio.channels, audio.sample_rate), ("aac", 1, 44_100));
    assert!(found.index_first && !found.edit_list);
    let MediaSource::File(path) = &done.content else { unreachable!() };
    assert!(!content(&done).windows(4).any(|w| w == b"Lavf"), "no trace of the tools");
    let path = path.clone();
    assert!(path.exists());
    drop(done);
    assert!(!path.exists(), "the file lives as long as its guard");
}

#[tokio::test]
async fn every_network_takes_what_is_made() {
    let media = media();
    let source = demo("clip.mp4");
    let probe = media.probe(&source).await.unwrap();
    for rules in networks() {
        let rule = rules.kind(PostKind::Video).and_then(|kind| kind.media.as_ref()).unwrap();
        // The same limits on a smaller frame: encoding 720p four times proves no more.
        let MediaRule::Video(rule) = rule else { unreachable!() };
        let rule = VideoRule {
            width: (2, rule.width.1.min(426)),
            height: (2, rule.height.1.min(426)),
            ..rule.clone()
        };
        let rule = MediaRule::Video(rule);
        let Plan::Video(plan) = plan_media(&probe, &rule).unwrap() else { unreachable!() };
        assert!(matches!(plan.action, VideoAction::Transcode { .. }), "it is too large");
        let done = media.process_video(&source, &plan, &Progress::none()).await.unwrap();
        let again = media.probe(&done.content).await.unwrap();
        let Plan::Video(again) = plan_media(&again, &rule).unwrap() else { unreachable!() };
        assert_eq!(again.action, VideoAction::Keep, "{}", rules.name);

        let kept = media.process_video(&done.content, &again, &Progress::none()).await.unwrap();
        assert_eq!(content(&kept), content(&done));
        assert!(kept.guard.is_none());
    }
}

#[tokio::test]
async fn the_end_is_cut_off() {
    for action in [small(), VideoAction::Remux] {
        let repacked = action == VideoAction::Remux;
        let plan = VideoPlan { trim: Some(Duration::from_secs(3)), ..plan(action) };
        let media = media();
        let done = media.process_video(&demo("clip.mp4"), &plan, &Progress::none()).await.unwrap();
        let seconds = probe(&done.content).await.duration.as_secs_f64();
        // Without decoding, the cut falls where packets end.
        let most = if repacked { 3.15 } else { 3.0 };
        assert!((2.8..=most).contains(&seconds), "{seconds}");
    }
}

#[tokio::test]
async fn bytes_bound_the_outcome() {
    let media = media();
    let best = made(small()).await.probe.bytes();
    let plan = |max_bytes| VideoPlan { max_bytes, ..plan(small()) };
    let limit = best * 8 / 10;
    let clip = demo("clip.mp4");
    let less = media.process_video(&clip, &plan(limit), &Progress::none()).await.unwrap();
    assert!(less.probe.bytes() <= limit);
    let error = media.process_video(&clip, &plan(5_000), &Progress::none()).await.unwrap_err();
    assert_eq!(error.kind, MediaErrorKind::CannotFit);
}

#[tokio::test]
async fn progress_rises_and_ends_at_one() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let note = seen.clone();
    let progress = Progress::new(move |part| note.lock().unwrap().push(part));
    media().process_video(&demo("clip.mp4"), &plan(small()), &progress).await.unwrap();
    let seen = seen.lock().unwrap();
    assert!(seen.len() > 1 && seen.is_sorted(), "{seen:?}");
    assert_eq!(seen.last(), Some(&1.0));
}

#[tokio::test]
async fn cancelling_leaves_no_file() {
    let scratch = tempfile::tempdir().unwrap();
    let media = builder().scratch_dir(scratch.path()).build();
    let MediaSource::File(path) = demo("clip.mp4") else { unreachable!() };
    let clip = source(std::fs::read(path).unwrap());

    // While it runs: as soon as a tenth is done.
    let token = Arc::new(Mutex::new(None::<Progress>));
    let reach = token.clone();
    let progress = Progress::new(move |part| {
        if part > 0.0 {
            reach.lock().unwrap().as_ref().unwrap().cancel.cancel();
        }
    });
    *token.lock().unwrap() = Some(progress.clone());
    let error = media.process_video(&clip, &plan(small()), &progress).await.unwrap_err();
    assert_eq!(error.kind, MediaErrorKind::Cancelled);
    assert!(is_empty(scratch.path()));

    // Before it begins.
    let error = media.process_video(&clip, &plan(small()), &progress).await.unwrap_err();
    assert_eq!(error.kind, MediaErrorKind::Cancelled);
    assert!(is_empty(scratch.path()));
}

fn is_empty(dir: &Path) -> bool {
    let folders = std::fs::read_dir(dir).unwrap();
    folders.flatten().all(|folder| std::fs::read_dir(folder.path()).unwrap().next().is_none())
}

#[tokio::test]
async fn stills_are_small_jpegs() {
    let media = media();
    for at in [
        ThumbnailAt::KeyFrame(Duration::ZERO),
        ThumbnailAt::KeyFrame(Duration::from_secs(900)),
        ThumbnailAt::Best,
    ] {
        let still = media.generate_thumbnail(&demo("clip.mp4"), at, 320).await.unwrap();
        assert_eq!(still.probe.size(), (320, 180), "{at:?}");
        assert_eq!(still.mime, "image/jpeg");
        let picture = pixels(&still);
        let light: u64 = picture.pixels().map(|p| u64::from(p.0[1])).sum();
        assert!(light / u64::from(320 * 180_u32) > 20, "{at:?} is not black");
    }
}

#[tokio::test]
async fn a_turned_clip_is_seen_and_set_upright() {
    // The display matrix of the picture's track, rewritten to a quarter turn clockwise.
    let mut bytes = content(&made(small()).await).to_vec();
    let track = bytes.windows(4).position(|w| w == b"tkhd").unwrap();
    let matrix: Vec<u8> = [0, 0x10000, 0, -0x10000, 0, 0, 180 << 16, 0, 0x4000_0000_i32]
        .iter()
        .flat_map(|value: &i32| value.to_be_bytes())
        .collect();
    bytes[track + 44..track + 80].copy_from_slice(&matrix);
    let turned = source(bytes);
    let found = probe(&turned).await;
    assert_eq!((found.width, found.height, found.rotation), (320, 180, 90));

    let media = media();
    let plain = made(small()).await;
    let straight = media.generate_thumbnail(&plain.content, ThumbnailAt::Best, 4000).await;
    let straight = pixels(&straight.unwrap());
    let still = media.generate_thumbnail(&turned, ThumbnailAt::Best, 4000).await.unwrap();
    alike(&pixels(&still), &image::imageops::rotate90(&straight));

    let action = VideoAction::Transcode {
        crop: None,
        width: 320,
        height: 180,
        fps: 24.0,
        max_bitrate: 2_000_000,
        sample_rate: 44_100,
        channels: 1,
    };
    let done = media.process_video(&turned, &plan(action), &Progress::none()).await.unwrap();
    let found = probe(&done.content).await;
    assert_eq!((found.width, found.height, found.rotation), (320, 180, 0));
    let first = ThumbnailAt::KeyFrame(Duration::ZERO);
    let upright = media.generate_thumbnail(&done.content, first, 4000).await.unwrap();
    let before = media.generate_thumbnail(&turned, first, 4000).await.unwrap();
    alike(&pixels(&upright), &pixels(&before));
}

fn alike(a: &image::RgbImage, b: &image::RgbImage) {
    assert_eq!(a.dimensions(), b.dimensions());
    let apart: u64 =
        a.as_raw().iter().zip(b.as_raw()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    assert!(
        apart / (a.as_raw().len() as u64) < 10,
        "{} a channel",
        apart / a.as_raw().len() as u64
    );
}

#[tokio::test]
async fn bad_clips_are_told_in_words() {
    let MediaSource::File(path) = demo("clip.mp4") else { unreachable!() };
    let whole = std::fs::read(path).unwrap();
    let media = media();
    let cut = media.probe(&source(whole[..whole.len() / 2].to_vec())).await.unwrap_err();
    assert_eq!(cut.kind, MediaErrorKind::Corrupt);
    assert!(cut.detail.contains("cut off"), "{cut}");

    let list = b"\0\0\0\x18ftypisom#EXTM3U\nfile:///etc/passwd\n".to_vec();
    assert_eq!(media.probe(&source(list)).await.unwrap_err().kind, MediaErrorKind::Corrupt);

    let strict = |budget| builder().budget(budget).build();
    for budget in [
        Budget { video_pixels: 100_000, ..Budget::default() },
        Budget { video_duration: Duration::from_secs(2), ..Budget::default() },
        Budget { video_bytes: 1000, ..Budget::default() },
        Budget { video_frames: 10, ..Budget::default() },
    ] {
        let error = strict(budget).probe(&demo("clip.mp4")).await.unwrap_err();
        assert_eq!(error.kind, MediaErrorKind::TooLarge, "{budget:?}");
    }
    let picture = ImagePlan::scaled(10, 10, ImageFormat::Jpeg);
    let error = media.process_image(&demo("clip.mp4"), &picture).await.unwrap_err();
    assert_eq!(error.kind, MediaErrorKind::Unsupported);
}
