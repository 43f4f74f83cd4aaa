//! HEIC and AVIF.

use social_core::domain::media::{ColourProfile, ImageFormat, ImagePlan, MediaProbe};
use social_core::ports::{MediaErrorKind, MediaPipeline};

use crate::helpers::{media, pixels, source};

/// A picture of 64 by 48 in four colours, made by heif-enc of libheif.
const HEIC: &[u8] = include_bytes!("../media/quadrants.heic");
/// The same as AVIF.
const AVIF: &[u8] = include_bytes!("../media/quadrants.avif");

fn near(a: [u8; 3], b: [u8; 3]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) < 24)
}

#[tokio::test]
async fn heic_and_avif_become_jpegs() {
    for (bytes, format) in [(HEIC, ImageFormat::Heic), (AVIF, ImageFormat::Avif)] {
        let (media, file) = (media(), source(bytes));
        let MediaProbe::Image(probe) = media.probe(&file).await.unwrap() else { unreachable!() };
        assert_eq!((probe.format, probe.width, probe.height), (format, 64, 48));
        assert_ne!(probe.colour, ColourProfile::Other);
        let plan = ImagePlan::scaled(32, 24, ImageFormat::Jpeg);
        let done = media.process_image(&file, &plan).await.unwrap();
        assert_eq!(done.mime, "image/jpeg");
        let out = pixels(&done);
        let corners = [
            (6, 5, [220, 30, 30]),
            (26, 5, [30, 200, 40]),
            (6, 19, [30, 40, 220]),
            (26, 19, [128, 128, 128]),
        ];
        for (x, y, colour) in corners {
            assert!(near(out.get_pixel(x, y).0, colour), "{format:?} {:?}", out.get_pixel(x, y));
        }
    }
}

#[tokio::test]
async fn every_cut_of_them_ends_in_a_typed_error() {
    let media = media();
    for bytes in [HEIC, AVIF] {
        for keep in (12..bytes.len()).step_by(bytes.len() / 12) {
            let cut = source(bytes[..keep].to_vec());
            let plan = ImagePlan::scaled(32, 24, ImageFormat::Jpeg);
            let error = media.process_image(&cut, &plan).await.unwrap_err();
            let typed = matches!(error.kind, MediaErrorKind::Corrupt | MediaErrorKind::Unsupported);
            assert!(typed, "cut at {keep}: {error}");
        }
    }
}
