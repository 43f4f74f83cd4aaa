//! Colour profiles.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage};
use moxcms::ColorProfile;
use social_core::domain::media::{ColourProfile, ImageFormat};
use social_core::ports::MediaPipeline;
use social_media::LocalMedia;

use crate::helpers::{image_plan, near, pixels, probe_image, source};

const RAW: [u8; 3] = [60, 200, 80];

fn jpeg(profile: &ColorProfile) -> Vec<u8> {
    let plain = RgbImage::from_pixel(64, 64, Rgb(RAW));
    let mut out = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut out, 95);
    encoder.set_icc_profile(profile.encode().unwrap()).unwrap();
    encoder.write_image(&plain, 64, 64, ExtendedColorType::Rgb8).unwrap();
    out
}

#[tokio::test]
async fn display_p3_is_converted() {
    let source = source(jpeg(&ColorProfile::new_display_p3()));
    assert_eq!(probe_image(&source).await.unwrap().colour, ColourProfile::Other);
    let plan = image_plan(32, 32, ImageFormat::Jpeg);
    let out = LocalMedia::new().process_image(&source, &plan).await.unwrap();
    assert_eq!(probe_image(&out.content).await.unwrap().colour, ColourProfile::Untagged);
    // This green lies outside of sRGB: red is clipped to nothing.
    let [red, green, _] = pixels(&out).get_pixel(16, 16).0;
    assert!(red < 20 && green > 195, "{red} {green}");
}

#[tokio::test]
async fn srgb_is_known_by_what_it_does_and_left_alone() {
    let source = source(jpeg(&ColorProfile::new_srgb()));
    assert_eq!(probe_image(&source).await.unwrap().colour, ColourProfile::Srgb);
    let plan = image_plan(32, 32, ImageFormat::Jpeg);
    let out = LocalMedia::new().process_image(&source, &plan).await.unwrap();
    assert!(near(pixels(&out).get_pixel(16, 16).0, RAW));
}

#[tokio::test]
async fn a_png_with_a_profile_and_transparency_is_converted_too() {
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    encoder.set_icc_profile(ColorProfile::new_adobe_rgb().encode().unwrap()).unwrap();
    encoder.write_image(&[128, 64, 64, 255].repeat(64), 8, 8, ExtendedColorType::Rgba8).unwrap();
    let source = source(bytes);
    assert_eq!(probe_image(&source).await.unwrap().colour, ColourProfile::Other);
    let plan = image_plan(8, 8, ImageFormat::Png);
    let out = pixels(&LocalMedia::new().process_image(&source, &plan).await.unwrap());
    let [red, green, _] = out.get_pixel(4, 4).0;
    assert!(red > 138 && green.abs_diff(64) < 12, "{red} {green}");
}

#[tokio::test]
async fn a_broken_profile_stops_nothing() {
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    encoder.set_icc_profile(b"this is no profile".to_vec()).unwrap();
    encoder.write_image(&[9; 192], 8, 8, ExtendedColorType::Rgb8).unwrap();
    let source = source(bytes);
    assert_eq!(probe_image(&source).await.unwrap().colour, ColourProfile::Other);
    let plan = image_plan(8, 8, ImageFormat::Png);
    assert!(LocalMedia::new().process_image(&source, &plan).await.is_ok());
}
