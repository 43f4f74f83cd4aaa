//! How much of a picture is left, by SSIMULACRA2 against an unhurried rendition: decoded whole by
//! another decoder, converted and scaled in floating point, with the same crop.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use fast_ssim2::{PixelDescriptor, PixelSlice, compute_ssimulacra2};
use image::{DynamicImage, ImageDecoder, ImageReader};
use moxcms::{ColorProfile, Layout, TransformOptions};

/// Who cuts: sharp scales first and cuts whole pixels then.
#[derive(Clone, Copy)]
pub(crate) enum Cut {
    Ours,
    Sharp,
}

/// A picture in floating point, upright and in sRGB.
pub(crate) struct Original {
    width: u32,
    height: u32,
    data: Vec<f32>,
}

impl Original {
    pub(crate) fn open(path: &str) -> Self {
        let mut reader = ImageReader::open(path).unwrap().with_guessed_format().unwrap();
        reader.no_limits();
        let mut decoder = reader.into_decoder().unwrap();
        let (turn, profile) = (decoder.orientation().unwrap(), decoder.icc_profile().unwrap());
        let mut picture = DynamicImage::from_decoder(decoder).unwrap();
        picture.apply_orientation(turn);
        let picture = picture.into_rgb8();
        let (width, height) = picture.dimensions();
        let mut data: Vec<f32> = picture.iter().map(|v| f32::from(*v) / 255.0).collect();
        drop(picture);
        if let Some(profile) = profile {
            let profile = ColorProfile::new_from_slice(&profile).unwrap();
            let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
            let way = profile.create_transform_f32(Layout::Rgb, &srgb, Layout::Rgb, options);
            let mut converted = vec![0.0; data.len()];
            way.unwrap().transform(&data, &mut converted).unwrap();
            data = converted;
        }
        data.iter_mut().for_each(|value| *value = value.clamp(0.0, 1.0));
        Self { width, height, data }
    }

    /// How close the JPEG at `path` is, and how many bytes it has.
    pub(crate) fn score(&self, path: &str, cut: Cut) -> (f64, u64) {
        let made = image::load_from_memory(&std::fs::read(path).unwrap()).unwrap().into_rgb8();
        let (width, height) = made.dimensions();
        let best = self.rendition(width, height, cut);
        let slice = |data| {
            let row = width as usize * 3;
            PixelSlice::new(data, width, height, row, PixelDescriptor::RGB8_SRGB).unwrap()
        };
        let score = compute_ssimulacra2(&slice(&best), &slice(made.as_raw())).unwrap();
        (score, std::fs::metadata(path).unwrap().len())
    }

    fn rendition(&self, width: u32, height: u32, cut: Cut) -> Vec<u8> {
        let (w, h) = (f64::from(self.width), f64::from(self.height));
        let (to_w, to_h) = (f64::from(width), f64::from(height));
        let (x, y, across, down) = match cut {
            Cut::Ours => {
                let shape = to_w / to_h;
                let (cw, ch) = if w / h > shape { (h * shape, h) } else { (w, w / shape) };
                let (cw, ch) = (cw.round(), ch.round());
                (((w - cw) / 2.0).floor(), ((h - ch) / 2.0).floor(), cw, ch)
            }
            Cut::Sharp => {
                let (sx, sy) = (w / to_w, h / to_h);
                let shrink = sx.min(sy);
                let (rw, rh) = if sx < sy {
                    (to_w, (h / shrink).round())
                } else {
                    ((w / shrink).round(), to_h)
                };
                let left = ((rw - to_w + 1.0) / 2.0).floor();
                let top = ((rh - to_h + 1.0) / 2.0).floor();
                (left * w / rw, top * h / rh, to_w * w / rw, to_h * h / rh)
            }
        };
        let bytes: Vec<u8> = self.data.iter().flat_map(|value| value.to_ne_bytes()).collect();
        let from = ImageRef::new(self.width, self.height, &bytes, PixelType::F32x3).unwrap();
        let mut to = Image::new(width, height, PixelType::F32x3);
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
            .crop(x, y, across, down);
        Resizer::new().resize(&from, &mut to, &options).unwrap();
        let value = |b: &[u8; 4]| (f32::from_ne_bytes(*b).clamp(0.0, 1.0) * 255.0).round() as u8;
        to.buffer().as_chunks::<4>().0.iter().map(value).collect()
    }
}
