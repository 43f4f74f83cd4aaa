//! Files that lie, are cut off, or would swallow the machine.

use image::ImageFormat as Codec;
use social_core::domain::media::{Crop, ImageFormat, ImagePlan};
use social_core::ports::{MediaErrorKind, MediaPipeline, MediaSource};
use social_media::{Budget, LocalMedia};

use crate::helpers::{encoded, image_plan, probe_image, scene, source};

fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

#[tokio::test]
async fn bombs_are_refused_by_their_header() {
    let mut with_end = png_header(30_000, 30_000);
    with_end.extend(b"\0\0\0\0IEND\xae\x42\x60\x82");
    let mut jpeg = encoded(&scene(16, 16), Codec::Jpeg);
    let frame = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    for bytes in [png_header(30_000, 30_000), with_end, jpeg] {
        let error = probe_image(&source(bytes)).await.unwrap_err();
        assert_eq!(error.kind, MediaErrorKind::TooLarge, "{error}");
        assert!(error.detail.contains("megapixels") && error.detail.contains("at most 100"));
    }
}

#[tokio::test]
async fn too_many_bytes_are_refused_unread() {
    let media = LocalMedia::builder().budget(Budget { image_bytes: 1000, ..Budget::default() });
    let error = media.build().probe(&source(encoded(&scene(200, 200), Codec::Png))).await;
    assert_eq!(error.unwrap_err().kind, MediaErrorKind::TooLarge);
}

#[tokio::test]
async fn a_lying_name_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("holiday.png");
    std::fs::write(&path, b"8BPS and so on").unwrap();
    let error = probe_image(&MediaSource::File(path.clone())).await.unwrap_err();
    assert_eq!(error.kind, MediaErrorKind::Unsupported);
    assert!(
        error.detail.contains("says that it is a PNG, but its bytes are a Photoshop document"),
        "{error}"
    );

    // A picture under another picture's name is just that picture.
    std::fs::write(&path, encoded(&scene(20, 20), Codec::Jpeg)).unwrap();
    assert_eq!(probe_image(&MediaSource::File(path)).await.unwrap().format, ImageFormat::Jpeg);
}

#[tokio::test]
async fn what_is_missing_is_an_error_of_io() {
    let error = probe_image(&MediaSource::File("/no/such/file.jpg".into())).await.unwrap_err();
    assert_eq!(error.kind, MediaErrorKind::Io);
    assert!(error.detail.contains("/no/such/file.jpg"));
    assert_eq!(probe_image(&source("")).await.unwrap_err().kind, MediaErrorKind::Corrupt);
}

#[tokio::test]
async fn every_cut_ends_in_a_typed_error() {
    let media = LocalMedia::new();
    for codec in [Codec::Jpeg, Codec::Png, Codec::WebP, Codec::Gif] {
        let whole = encoded(&scene(60, 40), codec);
        for keep in (0..whole.len() - 1).step_by(whole.len() / 40) {
            let cut = source(whole[..keep].to_vec());
            let plan = image_plan(30, 20, ImageFormat::Jpeg);
            let done = media.process_image(&cut, &plan).await;
            // Of a JPEG that lacks its last rows alone, the others are shown.
            if codec == Codec::Jpeg && keep * 10 > whole.len() * 6 && done.is_ok() {
                continue;
            }
            let error = done.unwrap_err();
            let kind = error.kind;
            let expected = matches!(kind, MediaErrorKind::Corrupt | MediaErrorKind::Unsupported);
            assert!(expected, "{codec:?} cut at {keep}: {kind:?} {error}");
        }
    }
    let half = encoded(&scene(600, 400), Codec::Jpeg);
    let error = probe_image(&source(half[..half.len() / 2].to_vec())).await.unwrap_err();
    assert!(error.detail.contains("cut off"), "{error}");
}

#[tokio::test]
async fn scrambled_bytes_never_panic() {
    let media = LocalMedia::new();
    let mut state = 7_u32;
    for codec in [Codec::Jpeg, Codec::Png, Codec::WebP, Codec::Gif] {
        let whole = encoded(&scene(60, 40), codec);
        for _ in 0..60 {
            let mut bytes = whole.clone();
            for _ in 0..4 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = (state >> 8) as usize % bytes.len();
                bytes[at] = state as u8;
            }
            // Some changes harm nothing; what matters is that an answer comes.
            let plan = image_plan(30, 20, ImageFormat::Jpeg);
            let _ = media.process_image(&source(bytes), &plan).await;
        }
    }
}

#[tokio::test]
async fn a_plan_for_another_picture_is_refused() {
    let plan = ImagePlan {
        crop: Some(Crop { x: 50, y: 0, width: 100, height: 40 }),
        ..image_plan(100, 40, ImageFormat::Jpeg)
    };
    let small = source(encoded(&scene(60, 40), Codec::Png));
    let error = LocalMedia::new().process_image(&small, &plan).await.unwrap_err();
    assert_eq!(error.kind, MediaErrorKind::CannotFit);
}
