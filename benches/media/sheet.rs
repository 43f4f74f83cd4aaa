//! A sheet of renditions of real photographs, to be looked at: crops, padding, colours, rotation.

use image::{RgbImage, imageops};
use social_core::domain::media::{Backdrop, ImageFormat, MediaProbe};
use social_core::domain::{Fit, Wishes};
use social_core::ports::{MediaPipeline, MediaSource};
use social_core::rules::{ImageRule, Preset, Ratio, plan_image_as};
use social_media::LocalMedia;
use tokio::runtime::Builder;

/// The height of a row of the sheet, and the room around its pictures.
const ROW: u32 = 300;
const GAP: u32 = 8;

/// The shapes that are shown, and how each is reached.
const SHAPES: [(u32, u32, Fit); 6] = [
    (1080, 1350, Fit::Crop),
    (1080, 1350, Fit::Centre),
    (1080, 1080, Fit::Crop),
    (1080, 1920, Fit::Crop),
    (1080, 566, Fit::Crop),
    (1080, 1080, Fit::Pad(Backdrop::Blur)),
];

/// Writes the sheet to `to`: a row a photograph, all of it first.
pub(crate) fn make(to: &str, photographs: &[&str]) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let media = LocalMedia::new();
    let rows: Vec<RgbImage> = photographs
        .iter()
        .map(|path| {
            let source = MediaSource::File(path.into());
            let MediaProbe::Image(probe) = runtime.block_on(media.probe(&source)).unwrap() else {
                unreachable!("a picture")
            };
            let mut plans = vec![plan_image_as(&probe, &rule(None), &Wishes::default())];
            plans.extend(SHAPES.map(|(width, height, fit)| {
                plan_image_as(
                    &probe,
                    &rule(Some((width, height))),
                    &Wishes { fit, ..Wishes::default() },
                )
            }));
            plans.iter_mut().for_each(|plan| plan.keep = false);
            println!(
                "{path}: {}x{} orientation {} {:?} {:?}, crops {:?}",
                probe.width,
                probe.height,
                probe.orientation,
                probe.colour,
                probe.focus,
                plans.iter().map(|p| p.crop.map(|c| (c.x, c.y))).collect::<Vec<_>>()
            );
            let made = runtime.block_on(media.process_images(&source, &plans)).unwrap();
            let shown = made.iter().map(|one| {
                let MediaSource::Bytes(bytes) = &one.content else { unreachable!("in memory") };
                let picture = image::load_from_memory(bytes).unwrap().into_rgb8();
                let width = picture.width() * ROW / picture.height();
                imageops::resize(&picture, width, ROW, imageops::FilterType::CatmullRom)
            });
            beside(&shown.collect::<Vec<_>>())
        })
        .collect();
    let width = rows.iter().map(RgbImage::width).max().unwrap_or(1);
    let height = rows.len() as u32 * (ROW + GAP) + GAP;
    let mut sheet = RgbImage::from_pixel(width, height, image::Rgb([245; 3]));
    for (number, row) in rows.iter().enumerate() {
        let top = GAP + number as u32 * (ROW + GAP);
        imageops::replace(&mut sheet, row, 0, top.into());
    }
    sheet.save(to).unwrap();
    println!("{to}");
}

fn beside(pictures: &[RgbImage]) -> RgbImage {
    let width = pictures.iter().map(|picture| picture.width() + GAP).sum::<u32>() + GAP;
    let mut row = RgbImage::from_pixel(width, ROW, image::Rgb([245; 3]));
    let mut left = GAP;
    for picture in pictures {
        imageops::replace(&mut row, picture, left.into(), 0);
        left += picture.width() + GAP;
    }
    row
}

/// A network that takes one shape alone, or any.
fn rule(size: Option<(u32, u32)>) -> ImageRule {
    let (width, _) = size.unwrap_or((1080, 0));
    let shape = size.map(|(width, height)| Ratio::new(width.into(), height.into()));
    let preset = size.map(|(width, height)| Preset { name: "sheet".to_owned(), width, height });
    ImageRule {
        formats: vec![ImageFormat::Jpeg],
        max_bytes: 8 << 20,
        ratio: shape.map(|shape| (shape, shape)),
        width: (1, width),
        max_pixels: u64::MAX,
        animated: false,
        presets: preset.into_iter().collect(),
    }
}
