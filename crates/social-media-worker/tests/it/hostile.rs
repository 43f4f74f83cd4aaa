//! Clips and pictures made to harm decoders written in C: each a typed error, in bounded time.
//!
//! Run alone with `--nocapture`, it prints how many there are and the slowest.

use std::time::{Duration, Instant};

use social_core::domain::PostKind;
use social_core::domain::media::{ImageFormat, ImagePlan, MediaProbe};
use social_core::ports::{MediaErrorKind, MediaPipeline, Progress};
use social_core::rules::{Plan, instagram, plan_media};
use social_media::{Budget, LocalMedia};

use crate::helpers::{builder, demo_path, source};

const MOST: Duration = Duration::from_secs(60);

fn patched(bytes: &[u8], name: &[u8; 4], offset: usize, value: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if let Some(at) = bytes.windows(4).position(|w| w == name) {
        let at = at + offset;
        bytes[at..at + value.len()].copy_from_slice(value);
    }
    bytes
}

/// A box within a box within a box.
fn nested(depth: usize) -> Vec<u8> {
    let mut inner = Vec::new();
    for _ in 0..depth {
        let length = u32::try_from(inner.len() + 8).unwrap();
        inner = [&length.to_be_bytes()[..], b"moov", &inner].concat();
    }
    [b"\0\0\0\x18ftypisom\0\0\0\0isommp42".as_slice(), &inner].concat()
}

fn corpus() -> Vec<(String, Vec<u8>)> {
    let clip = std::fs::read(demo_path("clip.mp4")).unwrap();
    let heic = include_bytes!("../media/quadrants.heic");
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    for parts in [1, 4, 16] {
        all.push((format!("clip of which 1/{parts} is zero"), {
            let mut bytes = clip.clone();
            let length = bytes.len();
            bytes[length - length / parts + 40.min(length / parts)..].fill(0);
            bytes
        }));
    }
    for cut in [40, 400, 4_000, clip.len() / 3] {
        all.push((format!("clip cut at {cut}"), clip[..cut].to_vec()));
    }
    all.push(("clip that runs for centuries".into(), patched(&clip, b"mvhd", 20, &[0x7f; 4])));
    all.push(("clip of a million entries".into(), patched(&clip, b"stsz", 12, &[0x7f; 4])));
    all.push(("clip whose samples are huge".into(), patched(&clip, b"stsz", 16, &[0x7f; 4])));
    all.push(("clip of 65535 x 65535".into(), {
        let avc = patched(&clip, b"avc1", 28, &[0xff; 4]);
        patched(&avc, b"tkhd", 80, &[0xff, 0xff, 0, 0, 0xff, 0xff, 0, 0])
    }));
    all.push(("clip whose time stands still".into(), patched(&clip, b"mdhd", 16, &[0; 4])));
    all.push(("boxes a thousand deep".into(), nested(1_000)));
    all.push((
        "a box longer than all".into(),
        b"\0\0\0\x18ftypisom\0\0\0\0isommp42\xff\xff\xff\xffmoov".to_vec(),
    ));
    for list in [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n",
        "ffconcat version 1.0\nfile /etc/passwd\n",
    ] {
        all.push((
            format!("an mp4 that is {:?}", &list[..7]),
            [b"\0\0\0\x18ftypisom", list.as_bytes()].concat(),
        ));
    }
    all.push((
        "matroska of nothing".into(),
        b"\x1a\x45\xdf\xa3\x01\xff\xff\xff\xff\xff\xff\xff".to_vec(),
    ));
    all.push((
        "avi of nothing".into(),
        b"RIFF\xff\xff\xff\x7fAVI LIST\xff\xff\xff\x7fhdrl".to_vec(),
    ));
    all.push(("transport stream of nothing".into(), {
        let mut packet = vec![0x47, 0x1f, 0xff, 0x10];
        packet.resize(188, 0xff);
        packet.repeat(2_000)
    }));
    let sizes = |width: u32, height: u32| {
        let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
        patched(heic, b"ispe", 8, &sides)
    };
    all.push(("heic of 4 billion x 4 billion".into(), sizes(u32::MAX, u32::MAX)));
    all.push(("heic of 30000 x 30000".into(), sizes(30_000, 30_000)));
    all.push(("heic without items".into(), patched(heic, b"iloc", 0, b"free")));
    all.push(("heic whose item lies elsewhere".into(), patched(heic, b"iloc", 8, &[0xff; 12])));
    all
}

async fn used(media: &LocalMedia, bytes: Vec<u8>) -> Result<(), social_core::ports::MediaError> {
    let file = source(bytes);
    match media.probe(&file).await? {
        MediaProbe::Image(_) => {
            let plan = ImagePlan::scaled(32, 24, ImageFormat::Jpeg);
            media.process_image(&file, &plan).await.map(drop)
        }
        probe @ MediaProbe::Video(_) => {
            let rules = instagram();
            let rule = rules.kind(PostKind::Video).and_then(|kind| kind.media.clone()).unwrap();
            match plan_media(&probe, &rule) {
                Ok(Plan::Video(plan)) => {
                    media.process_video(&file, &plan, &Progress::none()).await.map(drop)
                }
                _ => Ok(()),
            }
        }
        MediaProbe::Document(_) => Ok(()),
    }
}

#[tokio::test]
async fn every_hostile_file_is_a_typed_error() {
    // A few frames may say that they last for hours, which is work in good faith until the time is up.
    let budget = Budget { video_time: Duration::from_secs(20), ..Budget::default() };
    let media = builder().budget(budget).build();
    let corpus = corpus();
    let (count, mut worst, mut refused) = (corpus.len(), (Duration::ZERO, String::new()), 0);
    for (name, bytes) in corpus {
        let begin = Instant::now();
        // A decoder may get over the harm that was done; then a clip comes of it.
        if let Err(error) = used(&media, bytes).await {
            refused += 1;
            let typed = matches!(
                error.kind,
                MediaErrorKind::Corrupt
                    | MediaErrorKind::Unsupported
                    | MediaErrorKind::TooLarge
                    | MediaErrorKind::CannotFit
                    | MediaErrorKind::Codec
                    | MediaErrorKind::TimedOut
            );
            assert!(typed, "{name}: {:?} {error}", error.kind);
        }
        let took = begin.elapsed();
        assert!(took < MOST, "{name} took {took:?}");
        if took > worst.0 {
            worst = (took, name);
        }
    }
    let (time, name) = worst;
    assert!(refused > count / 2, "most of them cannot be used: {refused} of {count}");
    println!("{count} hostile files, {refused} refused; the slowest took {time:?} ({name})");
}
