//! Several clips from one decode, sound alone, moving pictures, and stills at a time.

use std::time::Duration;

use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, Frame, Rgba, RgbaImage};
use social_core::domain::PostKind;
use social_core::domain::media::{MediaProbe, VideoAction, VideoPlan};
use social_core::ports::{MediaPipeline, MediaSource, Processed, Progress, ThumbnailAt};
use social_core::rules::{Plan, instagram, plan_media};

use crate::helpers::{content, demo, media, pixels, source};

fn encode(width: u32, height: u32, trim: Option<u64>) -> VideoPlan {
    let (fps, max_bitrate, sample_rate, channels) = (25.0, 400_000, 44_100, 2);
    let crop = None;
    let action =
        VideoAction::Transcode { crop, width, height, fps, max_bitrate, sample_rate, channels };
    VideoPlan {
        action,
        trim: trim.map(Duration::from_secs),
        max_bytes: 100 << 20,
        changes: Vec::new(),
    }
}

fn clip(processed: &Processed) -> social_core::domain::media::VideoProbe {
    match &processed.probe {
        MediaProbe::Video(probe) => probe.clone(),
        MediaProbe::Image(_) | MediaProbe::Document(_) => unreachable!("a clip"),
    }
}

#[tokio::test]
async fn one_decode_gives_all_clips_that_are_wanted() {
    let keep = VideoPlan { action: VideoAction::Keep, ..encode(2, 2, None) };
    let plans = [encode(320, 180, None), encode(160, 90, Some(2)), keep];
    let made = media().process_videos(&demo("clip.mp4"), &plans, &Progress::none()).await.unwrap();
    let [whole, short, kept] = made.as_slice() else { unreachable!("three") };
    assert_eq!((clip(whole).width, clip(short).width), (320, 160));
    assert!((5.2..5.4).contains(&clip(whole).duration.as_secs_f64()));
    assert!((1.8..=2.0).contains(&clip(short).duration.as_secs_f64()));
    assert!(kept.guard.is_none() && matches!(&kept.content, MediaSource::File(_)));
    let alone =
        media().process_video(&demo("clip.mp4"), &plans[0], &Progress::none()).await.unwrap();
    assert_eq!(content(&alone), content(whole), "the others change nothing of it");
}

#[tokio::test]
async fn sound_alone_is_encoded_where_the_picture_fits() {
    let action = VideoAction::Sound { sample_rate: 44_100, channels: 2 };
    let plan = VideoPlan { action, ..encode(2, 2, None) };
    let done = media().process_video(&demo("clip.mp4"), &plan, &Progress::none()).await.unwrap();
    let (found, heard) = (clip(&done), clip(&done).audio.unwrap());
    assert_eq!((found.codec.as_str(), found.width, found.height), ("h264", 1280, 720));
    assert_eq!((heard.codec.as_str(), heard.channels, heard.sample_rate), ("aac", 2, 44_100));
    assert!(found.index_first && !found.edit_list);
    assert!((5.2..5.45).contains(&found.duration.as_secs_f64()), "{:?}", found.duration);
}

fn gif() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    encoder.set_repeat(Repeat::Infinite).unwrap();
    for i in 0..40_u32 {
        let picture = RgbaImage::from_fn(320, 320, |x, _| {
            if x / 8 == i { Rgba([250, 30, 30, 255]) } else { Rgba([20, 40, 160, 255]) }
        });
        let delay = Delay::from_numer_denom_ms(100, 1);
        encoder.encode_frame(Frame::from_parts(picture, 0, 0, delay)).unwrap();
    }
    drop(encoder);
    bytes
}

#[tokio::test]
async fn a_gif_becomes_a_clip() {
    let (media, gif) = (media(), source(gif()));
    let probe = media.probe(&gif).await.unwrap();
    let rules = instagram();
    let rule = rules.kind(PostKind::Video).and_then(|kind| kind.media.as_ref()).unwrap();
    let Plan::Video(plan) = plan_media(&probe, rule).unwrap() else { unreachable!() };
    let done = media.process_video(&gif, &plan, &Progress::none()).await.unwrap();
    let found = clip(&done);
    assert_eq!((found.codec.as_str(), found.pixel_format.as_str()), ("h264", "yuv420p"));
    assert!((3.8..4.2).contains(&found.duration.as_secs_f64()), "{:?}", found.duration);
    let Plan::Video(again) = plan_media(&done.probe, rule).unwrap() else { unreachable!() };
    assert_eq!(again.action, VideoAction::Keep);
}

#[tokio::test]
async fn a_still_shows_the_time_that_is_asked_for() {
    let media = media();
    let gif = source(gif());
    let clip = media.process_video(&gif, &encode(320, 320, None), &Progress::none()).await.unwrap();
    for second in [1_u64, 3] {
        let at = ThumbnailAt::Time(Duration::from_millis(second * 1000 + 50));
        let still = pixels(&media.generate_thumbnail(&clip.content, at, 320).await.unwrap());
        let red = (0..320).max_by_key(|x| still.get_pixel(*x, 160).0[0]).unwrap();
        assert!((red / 8).abs_diff(second as u32 * 10) <= 1, "{red} at {second} s");
    }
}
