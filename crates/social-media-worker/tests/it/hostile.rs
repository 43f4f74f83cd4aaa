//! Clips and pictures made to harm decoders written in C: each a typed error, in bounded time.
//!
//! `make hostile` prints how many there are and the worst of them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use social_core::domain::PostKind;
use social_core::domain::media::{ImageFormat, ImagePlan, MediaProbe};
use social_core::ports::{MediaErrorKind, MediaPipeline, Progress};
use social_core::rules::{Plan, instagram, plan_media};
use social_media::native::Workers;
use social_media::{Budget, LocalMedia};

use crate::helpers::{WORKER, builder, demo_path, source};

/// Far more than any of them needs, on a machine that does much else.
const MOST: Duration = Duration::from_secs(60);
/// What a clip of 1080p takes while it is encoded, with room to spare.
const MOST_MEGABYTES: u64 = 1024;

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
    all.push((
        "clip whose frames last for minutes".into(),
        patched(&clip, b"stts", 12, &[0, 0x20, 0, 0]),
    ));
    all.push(("clip of which one frame lasts for hours".into(), {
        let one = patched(&clip, b"stts", 8, &[0, 0, 0, 1]);
        patched(&one, b"stts", 12, &[0x10, 0, 0, 0])
    }));
    all.push(("clip whose chunks lie elsewhere".into(), patched(&clip, b"stco", 12, &[0xff; 16])));
    all.push(("clip whose chunks lie at its start".into(), patched(&clip, b"stco", 12, &[0; 16])));
    all.push((
        "clip of a million chunks".into(),
        patched(&clip, b"stco", 8, &[0x00, 0x7f, 0xff, 0xff]),
    ));
    all.push(("clip of a codec that there is not".into(), patched(&clip, b"avc1", 0, b"zzzz")));
    all.push(("clip whose picture is encrypted".into(), patched(&clip, b"avc1", 0, b"encv")));
    all.push((
        "clip without the parameters of its picture".into(),
        patched(&clip, b"avcC", 0, b"free"),
    ));
    all.push(("clip whose parameters are noise".into(), patched(&clip, b"avcC", 4, &[0xa5; 24])));
    all.push(("clip whose frames are noise".into(), {
        let mut bytes = clip.clone();
        let data = bytes.windows(4).position(|w| w == b"mdat").unwrap() + 4;
        let end = bytes.len().min(data + 400_000);
        let mut state = 1_u32;
        bytes[data..end].iter_mut().for_each(|byte| {
            state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            *byte = (state >> 16) as u8;
        });
        bytes
    }));
    all.push(("clip whose sound has a billion samples a second".into(), {
        patched(&clip, b"mp4a", 28, &[0xff; 4])
    }));
    all.push((
        "clip turned by no angle that there is".into(),
        patched(&clip, b"tkhd", 44, &[0x7f; 36]),
    ));
    all.push(("boxes a thousand deep".into(), nested(1_000)));
    all.push(("boxes twenty thousand deep".into(), nested(20_000)));
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

/// The most memory that a process ever held, in megabytes.
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: 0");
    line.split_whitespace().nth(1).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[tokio::test]
async fn every_hostile_file_is_a_typed_error() {
    let scratch = tempfile::tempdir().unwrap();
    // A fresh worker for each, so that each one's memory is its own.
    let workers = Workers::builder(scratch.path()).program(WORKER).recycle(2, u64::MAX).build();
    // Frames may say that they last for long, which is work in good faith until the time is up.
    let budget = Budget { video_time: Duration::from_secs(20), ..Budget::default() };
    let media = builder()
        .scratch_dir(scratch.path())
        .native(Arc::new(workers.clone()))
        .budget(budget)
        .build();
    let corpus = corpus();
    let (count, mut refused) = (corpus.len(), 0);
    let (mut slowest, mut largest) = ((Duration::ZERO, String::new()), (0, String::new()));
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
        let held = workers.processes().into_iter().map(peak).max().unwrap_or(0);
        assert!(held < MOST_MEGABYTES, "{name} took {held} MB");
        if took > slowest.0 {
            slowest = (took, name.clone());
        }
        if held > largest.0 {
            largest = (held, name);
        }
    }
    assert!(refused > count / 2, "most of them cannot be used: {refused} of {count}");
    println!(
        "{count} hostile clips and HEIC pictures, {refused} refused, the others usable; the slowest \
         took {:?} ({}), the most memory of a worker {} MB ({})",
        slowest.0, slowest.1, largest.0, largest.1
    );
}
