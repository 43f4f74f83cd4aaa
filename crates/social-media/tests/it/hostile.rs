//! A corpus of files made to do harm, each told in a typed error, in bounded time and memory.
//!
//! `make hostile` prints how many there are and the worst of them.

use std::time::{Duration, Instant};

use image::ImageFormat as Codec;
use proptest::prelude::*;
use social_core::domain::media::ImageFormat;
use social_core::ports::{MediaErrorKind, MediaPipeline};
use social_media::LocalMedia;

use crate::helpers::{encoded, image_plan, scene, source};
use crate::jpeg_exif::with_segment;

/// More than enough for a header; a file that is decoded would take minutes.
const MOST: Duration = Duration::from_secs(20);

fn png_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = 0xffff_ffff_u32;
    for byte in name.iter().chain(data) {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
        }
    }
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], name, data, &(!crc).to_be_bytes()].concat()
}

fn png(width: u32, height: u32, rest: &[Vec<u8>]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend(png_chunk(b"IHDR", &header));
    rest.iter().for_each(|chunk| bytes.extend(chunk));
    bytes.extend(png_chunk(b"IEND", &[]));
    bytes
}

/// A stream of zeros as zlib stores it, which swells a thousandfold: the same block again and again.
fn zeros(blocks: usize) -> Vec<u8> {
    let mut stream = vec![0x78, 0x9c];
    // A fixed block: one literal zero, then matches of 258 bytes at distance 1, then the end.
    for _ in 0..blocks {
        stream.extend([0x62, 0x18, 0x05, 0xa3, 0x60, 0x14, 0x8c, 0x58, 0x00, 0x00]);
    }
    stream
}

fn tiff(width: u32, height: u32, strip: u32) -> Vec<u8> {
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    let entries: [(u16, u32); 8] = [
        (256, width),
        (257, height),
        (258, 8),
        (259, 1),
        (262, 1),
        (273, 8),
        (278, height),
        (279, strip),
    ];
    bytes.extend(8_u16.to_le_bytes());
    for (tag, value) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(4_u16.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend([0; 4]);
    bytes
}

/// EXIF whose directories lead in a circle.
fn circle() -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x01\0".to_vec();
    tiff.extend([0x69, 0x87, 4, 0, 1, 0, 0, 0, 8, 0, 0, 0]);
    tiff.extend(8_u32.to_le_bytes());
    [b"Exif\0\0", tiff.as_slice()].concat()
}

fn bmp(width: i32, height: i32) -> Vec<u8> {
    let mut bytes = b"BM".to_vec();
    bytes.extend(60_u32.to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(54_u32.to_le_bytes());
    bytes.extend(40_u32.to_le_bytes());
    bytes.extend(width.to_le_bytes());
    bytes.extend(height.to_le_bytes());
    bytes.extend([1, 0, 24, 0]);
    bytes.extend([0; 24]);
    bytes
}

/// Name, bytes, and whether a picture may come of it all the same.
fn corpus() -> Vec<(String, Vec<u8>, bool)> {
    let plain = encoded(&scene(64, 48), Codec::Jpeg);
    let mut all: Vec<(String, Vec<u8>, bool)> = Vec::new();
    let mut add = |name: &str, bytes: Vec<u8>, fine: bool| all.push((name.into(), bytes, fine));

    for (width, height) in [(30_000, 30_000), (u32::MAX, 1), (1, u32::MAX), (0, 0), (0, 9)] {
        add(&format!("png of {width} x {height}"), png(width, height, &[]), false);
    }
    add("png whose pixels swell", png(9_999, 9_999, &[png_chunk(b"IDAT", &zeros(4_000))]), false);
    add(
        "png that says more than it holds",
        png(9_000, 9_000, &[png_chunk(b"IDAT", &[0; 40])]),
        false,
    );
    add("png without pixels", png(100, 100, &[]), false);
    add(
        "png with a profile that swells",
        {
            let profile = [b"p\0\0".as_slice(), &zeros(100_000)].concat();
            png(64, 64, &[png_chunk(b"iCCP", &profile), png_chunk(b"IDAT", &[0; 9])])
        },
        false,
    );
    add(
        "png of a hundred thousand texts",
        {
            let text = png_chunk(b"tEXt", b"k\0v");
            png(16, 16, &vec![text; 100_000])
        },
        false,
    );
    add(
        "png with a chunk as long as can be",
        {
            let mut bytes = png(16, 16, &[]);
            bytes.truncate(33);
            bytes.extend([0xff, 0xff, 0xff, 0xff]);
            bytes.extend(b"IDAT");
            bytes
        },
        false,
    );

    for (high, wide) in [(0xffdc_u16, 0xffdc_u16), (0, 100), (65_500, 1)] {
        let mut bytes = plain.clone();
        let frame = bytes.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
        bytes[frame + 5..frame + 7].copy_from_slice(&high.to_be_bytes());
        bytes[frame + 7..frame + 9].copy_from_slice(&wide.to_be_bytes());
        add(&format!("jpeg of {wide} x {high}"), bytes, wide == 1);
    }
    add(
        "jpeg of thousands of scans",
        {
            let mut bytes = plain[..plain.len() - 2].to_vec();
            for _ in 0..20_000 {
                bytes.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0x34]);
            }
            bytes.extend([0xff, 0xd9]);
            bytes
        },
        false,
    );
    add("jpeg whose exif leads in a circle", with_segment(&plain, 0xe1, &circle()), true);
    add(
        "jpeg of thousands of segments",
        {
            let mut bytes = plain[..2].to_vec();
            for _ in 0..200_000 {
                bytes.extend([0xff, 0xfe, 0, 2]);
            }
            bytes.extend(&plain[2..]);
            bytes
        },
        true,
    );
    add(
        "jpeg with the profile in 255 empty parts",
        {
            let mut bytes = plain.clone();
            for number in 0..=255 {
                let part = [b"ICC_PROFILE\0".as_slice(), &[number, 255]].concat();
                bytes = with_segment(&bytes, 0xe2, &part);
            }
            bytes
        },
        true,
    );
    add(
        "jpeg without a table, for which there is a usual one",
        {
            let mut bytes = plain.clone();
            let table = bytes.windows(2).position(|w| w == [0xff, 0xc4]).unwrap();
            bytes[table + 1] = 0xfe;
            bytes
        },
        true,
    );
    add("jpeg of which half is missing", plain[..plain.len() / 2].to_vec(), false);

    add(
        "gif that says 65535 x 65535",
        [b"GIF89a".as_slice(), &[0xff; 4], &[0; 3], b";"].concat(),
        false,
    );
    add(
        "gif of a million frames",
        {
            let mut bytes = b"GIF89a\x01\0\x01\0\0\0\0".to_vec();
            for _ in 0..1_000_000 {
                bytes.extend(b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\0");
            }
            bytes.push(b';');
            bytes
        },
        false,
    );
    add(
        "gif that is 1 x 1 with a frame of 65535 x 65535",
        {
            let mut bytes = b"GIF89a\x01\0\x01\0\0\0\0".to_vec();
            bytes.extend(b"\x2c\0\0\0\0\xff\xff\xff\xff\0\x08\x02\0\0\0;");
            bytes
        },
        true,
    );

    let vp8x = |width: u32, height: u32| {
        let mut chunk = b"VP8X\x0a\0\0\0\0\0\0\0".to_vec();
        chunk.extend(&(width - 1).to_le_bytes()[..3]);
        chunk.extend(&(height - 1).to_le_bytes()[..3]);
        let mut bytes = b"RIFF".to_vec();
        bytes.extend((4 + chunk.len() as u32).to_le_bytes());
        bytes.extend(b"WEBP");
        bytes.extend(chunk);
        bytes
    };
    add("webp of 16 million x 16 million", vp8x(1 << 24, 1 << 24), false);
    add("webp without pixels", vp8x(100, 100), false);
    add("webp longer than it is", b"RIFF\xff\xff\xff\xffWEBPVP8 \xff\xff\xff\xff".to_vec(), false);

    for (width, height) in [(100_000, 100_000), (60_000, 1_600), (u32::MAX, u32::MAX), (0, 0)] {
        add(&format!("tiff of {width} x {height}"), tiff(width, height, 10), false);
    }
    add("tiff whose first directory is itself", b"II*\0\0\0\0\0".to_vec(), false);
    for (width, height) in
        [(i32::MAX, i32::MAX), (100_000, -100_000), (0, 0), (-5, 5), (9_000, 9_000)]
    {
        add(&format!("bmp of {width} x {height}"), bmp(width, height), false);
    }
    for bytes in [
        &b"%PDF-1.7"[..],
        b"#EXTM3U\nhttp://x/",
        b"ffconcat version 1.0\nfile /etc/passwd",
        b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        b"MZ\x90\0",
        b"\x7fELF",
        b"PK\x03\x04",
        b"\xff",
        b"BM",
    ] {
        add(&String::from_utf8_lossy(bytes), bytes.to_vec(), false);
    }
    all
}

/// The most memory this process ever held, in megabytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: 0");
    line.split_whitespace().nth(1).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[tokio::test]
async fn every_hostile_file_is_a_typed_error() {
    let media = LocalMedia::builder().worker("/nowhere").build();
    let corpus = corpus();
    let (count, before) = (corpus.len(), peak());
    let mut worst = (Duration::ZERO, String::new());
    for (name, bytes, fine) in corpus {
        let begin = Instant::now();
        let file = source(bytes);
        let probed = media.probe(&file).await;
        let made = media.process_image(&file, &image_plan(32, 32, ImageFormat::Jpeg)).await;
        let took = begin.elapsed();
        match made {
            Ok(_) => assert!(fine, "{name} became a picture"),
            Err(error) => {
                let typed = matches!(
                    error.kind,
                    MediaErrorKind::Corrupt
                        | MediaErrorKind::Unsupported
                        | MediaErrorKind::TooLarge
                );
                assert!(typed, "{name}: {:?} {error}", error.kind);
                assert!(!fine || probed.is_err(), "{name}: {error}");
            }
        }
        assert!(took < MOST, "{name} took {took:?}");
        if took > worst.0 {
            worst = (took, name);
        }
    }
    let (time, name) = worst;
    println!(
        "{count} hostile pictures; the slowest took {time:?} ({name}), memory {before} MB to {} MB",
        peak()
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Bytes of every kind of picture with some of them changed, or cut: an answer always comes.
    #[test]
    fn whatever_the_bytes_an_answer_comes(
        kind in 0..6_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let codec = [Codec::Jpeg, Codec::Png, Codec::WebP, Codec::Gif, Codec::Tiff, Codec::Bmp][kind];
        let mut bytes = encoded(&scene(40, 30), codec);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if cut.index(3) == 0 {
            bytes.truncate(cut.index(bytes.len()));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let media = LocalMedia::builder().worker("/nowhere").build();
        runtime.block_on(async {
            let file = source(bytes);
            let _ = media.probe(&file).await;
            let _ = media.process_image(&file, &image_plan(32, 32, ImageFormat::Jpeg)).await;
        });
    }
}
