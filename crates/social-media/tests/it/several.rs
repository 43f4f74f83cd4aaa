//! Several renditions from one decode, and the kinds of JPEG that take different ways to it.

use image::ImageFormat as Codec;
use social_core::domain::media::{Crop, ImageFormat, ImagePlan};
use social_core::ports::{MediaErrorKind, MediaPipeline};
use social_media::LocalMedia;

use crate::helpers::{content, encoded, image_plan, near, pixels, probe_image, scene, source};
use crate::jpeg_exif::{BLUE, GREEN, GREY, RED, quadrants, tagged, with_segment};

#[tokio::test]
async fn one_decode_gives_what_several_would() {
    let media = LocalMedia::new();
    let photo = source(tagged(&quadrants(1200, 900), 6));
    let half = |x| Crop { x, y: 0, width: 600, height: 900 };
    let plans = [
        image_plan(400, 300, ImageFormat::Jpeg),
        ImagePlan { crop: Some(half(0)), ..image_plan(400, 600, ImageFormat::Jpeg) },
        ImagePlan { crop: Some(half(600)), ..image_plan(401, 601, ImageFormat::Png) },
        ImagePlan { keep: true, ..image_plan(1200, 900, ImageFormat::Jpeg) },
    ];
    let all = media.process_images(&photo, &plans).await.unwrap();
    assert_eq!(all.len(), plans.len());
    for (one, plan) in all.iter().zip(&plans) {
        assert_eq!(one.probe.size(), (plan.width, plan.height));
        assert_eq!(one.mime, plan.format.mime());
    }
    let whole = pixels(&all[0]);
    for (x, y, colour) in [(80, 60, RED), (320, 60, GREEN), (80, 240, BLUE), (320, 240, GREY)] {
        assert!(near(whole.get_pixel(x, y).0, colour), "{:?} at {x}, {y}", whole.get_pixel(x, y));
    }
    assert!(near(pixels(&all[1]).get_pixel(200, 100).0, RED));
    assert!(near(pixels(&all[2]).get_pixel(200, 500).0, GREY));
}

#[tokio::test]
async fn a_small_region_and_the_whole_agree() {
    let media = LocalMedia::new();
    let photo = source(encoded(&scene(1601, 1203), Codec::Jpeg));
    // Small enough to be decoded alone, and shrunk enough to be decoded coarsely.
    let crop = Crop { x: 803, y: 401, width: 400, height: 400 };
    for size in [400, 200, 60] {
        let part = ImagePlan { crop: Some(crop), ..image_plan(size, size, ImageFormat::Png) };
        let part = pixels(&media.process_image(&photo, &part).await.unwrap());
        let MediaBytes(bytes) = MediaBytes::of(&photo);
        let whole = image::load_from_memory(&bytes).unwrap().into_rgb8();
        let cut = image::imageops::crop_imm(&whole, crop.x, crop.y, 400, 400).to_image();
        let filter = image::imageops::FilterType::Lanczos3;
        let best = image::imageops::resize(&cut, size, size, filter);
        let apart: u64 = part.iter().zip(best.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        assert!(apart / (part.as_raw().len() as u64) < 3, "{size}: {apart}");
    }
}

struct MediaBytes(bytes::Bytes);

impl MediaBytes {
    fn of(source: &social_core::ports::MediaSource) -> Self {
        match source {
            social_core::ports::MediaSource::Bytes(bytes) => Self(bytes.clone()),
            social_core::ports::MediaSource::File(_) => unreachable!("in memory"),
        }
    }
}

#[tokio::test]
async fn what_is_written_is_progressive_and_small() {
    let media = LocalMedia::new();
    let photo = source(encoded(&scene(800, 600), Codec::Jpeg));
    let done = media.process_image(&photo, &image_plan(400, 300, ImageFormat::Jpeg)).await.unwrap();
    assert!(content(&done).windows(2).any(|w| w == [0xff, 0xc2]), "a progressive frame");
    assert!(!probe_image(&done.content).await.unwrap().metadata);
}

#[tokio::test]
async fn a_grey_photograph_stays_grey() {
    let grey = image::DynamicImage::ImageLuma8(scene(300, 200).into_luma8());
    let photo = source(encoded(&grey, Codec::Jpeg));
    let plan = image_plan(150, 100, ImageFormat::Jpeg);
    let out = pixels(&LocalMedia::new().process_image(&photo, &plan).await.unwrap());
    assert!(out.pixels().all(|p| p.0[0].abs_diff(p.0[1]) < 3 && p.0[1].abs_diff(p.0[2]) < 3));
}

#[tokio::test]
async fn thousands_of_scans_are_refused_before_they_are_painted() {
    let mut bytes = encoded(&scene(64, 64), Codec::Jpeg);
    bytes.truncate(bytes.len() - 2);
    for _ in 0..5000 {
        bytes.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0x34]);
    }
    bytes.extend([0xff, 0xd9]);
    let plan = image_plan(32, 32, ImageFormat::Jpeg);
    let error = LocalMedia::new().process_image(&source(bytes), &plan).await.unwrap_err();
    assert_eq!(error.kind, MediaErrorKind::Corrupt, "{error}");
}

#[tokio::test]
async fn parts_of_a_profile_in_any_order_stop_nothing() {
    let plain = encoded(&scene(64, 64), Codec::Jpeg);
    let part = |number: u8| [b"ICC_PROFILE\0".as_slice(), &[number, 3], b"no profile"].concat();
    let mut bytes = plain.clone();
    for number in [1, 3, 3, 0] {
        bytes = with_segment(&bytes, 0xe2, &part(number));
    }
    let plan = image_plan(32, 32, ImageFormat::Jpeg);
    assert!(LocalMedia::new().process_image(&source(bytes), &plan).await.is_ok());
}

#[tokio::test]
async fn a_preview_shows_the_crop_and_the_room_of_its_plan() {
    use social_core::domain::media::Backdrop;
    use social_core::rules::Plan;

    let media = LocalMedia::new();
    let photo = image::DynamicImage::ImageRgb8(quadrants(1200, 900));
    let photo = source(encoded(&photo, Codec::Jpeg));
    let left = Crop { x: 0, y: 0, width: 600, height: 900 };
    let cropped = ImagePlan { crop: Some(left), ..image_plan(600, 900, ImageFormat::Png) };
    let small = media.preview(&photo, &Plan::Image(cropped), 120).await.unwrap();
    assert_eq!((small.probe.size(), small.mime.as_str()), ((120, 180), "image/jpeg"));
    assert!(near(pixels(&small).get_pixel(100, 40).0, RED));

    let pad = Some(Backdrop::Colour([0, 0, 0]));
    let padded = ImagePlan { pad, ..image_plan(900, 900, ImageFormat::Jpeg) };
    let small = pixels(&media.preview(&photo, &Plan::Image(padded), 100).await.unwrap());
    assert!(near(small.get_pixel(50, 3).0, [0; 3]) && near(small.get_pixel(20, 30).0, RED));
}
