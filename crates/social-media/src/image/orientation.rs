//! How stored pixels lie, and how to set them upright.

use exif::{In, Reader, Tag};
use social_core::domain::media::Crop;

use super::raster::Raster;

/// The EXIF orientation, 1 to 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Orientation(u8);

impl Orientation {
    pub(crate) const UPRIGHT: Self = Self(1);

    /// Anything outside of 1 to 8 means upright, as viewers take it.
    pub(crate) fn new(value: u32) -> Self {
        match value {
            1..=8 => Self(value as u8),
            _ => Self::UPRIGHT,
        }
    }

    /// Reads the TIFF structure of an EXIF block. Only the primary image counts: the one of the
    /// embedded thumbnail may say otherwise.
    pub(crate) fn from_exif(tiff: &[u8]) -> Self {
        let mut reader = Reader::new();
        reader.continue_on_error(true);
        let read = reader.read_raw(tiff.to_vec());
        let Ok(exif) = read.or_else(|error| error.distill_partial_result(|_| {})) else {
            return Self::UPRIGHT;
        };
        exif.get_field(Tag::Orientation, In::PRIMARY)
            .and_then(|field| field.value.get_uint(0))
            .map_or(Self::UPRIGHT, Self::new)
    }

    pub(crate) fn get(self) -> u8 {
        self.0
    }

    /// Whether width and height change places.
    pub(crate) fn swaps(self) -> bool {
        self.0 >= 5
    }

    /// A size after turning; turning back gives the same answer.
    pub(crate) fn size(self, width: u32, height: u32) -> (u32, u32) {
        if self.swaps() { (height, width) } else { (width, height) }
    }

    /// Where a rectangle of the upright picture lies in the stored one of `width` by `height`.
    pub(crate) fn stored(self, crop: Crop, width: u32, height: u32) -> Crop {
        let (w, h) = self.size(crop.width, crop.height);
        let (near_x, near_y) = if self.swaps() { (crop.y, crop.x) } else { (crop.x, crop.y) };
        let (far_x, far_y) = (width - near_x - w, height - near_y - h);
        let (x, y) = match self.0 {
            2 | 8 => (far_x, near_y),
            3 | 7 => (far_x, far_y),
            4 | 6 => (near_x, far_y),
            _ => (near_x, near_y),
        };
        Crop { x, y, width: w, height: h }
    }

    /// Sets pixels upright.
    pub(crate) fn upright(self, raster: Raster) -> Raster {
        if self == Self::UPRIGHT {
            return raster;
        }
        let depth = raster.depth();
        let (width, height) = self.size(raster.width, raster.height);
        let (last_x, last_y) = (raster.width as usize - 1, raster.height as usize - 1);
        let mut data = Vec::with_capacity(raster.data.len());
        for y in 0..height as usize {
            for x in 0..width as usize {
                let (from_x, from_y) = match self.0 {
                    2 => (last_x - x, y),
                    3 => (last_x - x, last_y - y),
                    4 => (x, last_y - y),
                    5 => (y, x),
                    6 => (y, last_y - x),
                    7 => (last_x - y, last_y - x),
                    8 => (last_x - y, x),
                    _ => (x, y),
                };
                let at = (from_y * (last_x + 1) + from_x) * depth;
                data.extend_from_slice(&raster.data[at..at + depth]);
            }
        }
        Raster { width, height, alpha: raster.alpha, data }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cropping upright and cropping as stored must show the same pixels.
    #[test]
    fn a_crop_is_the_same_before_and_after_turning() {
        let (width, height) = (5_u32, 4_u32);
        let data: Vec<u8> = (0..width * height).flat_map(|i| [i as u8, 0, 0]).collect();
        let stored = Raster { width, height, alpha: false, data };
        for value in 1..=8 {
            let orientation = Orientation::new(value);
            let crop = Crop { x: 1, y: 2, width: 2, height: 1 };
            let after = cut(&orientation.upright(stored.clone()), crop);
            let before = orientation.upright(cut(&stored, orientation.stored(crop, width, height)));
            assert_eq!(before, after, "orientation {value}");
        }
    }

    fn cut(raster: &Raster, crop: Crop) -> Raster {
        let data = (crop.y..crop.y + crop.height)
            .flat_map(|y| {
                (crop.x..crop.x + crop.width).map(move |x| (y * raster.width + x) as usize)
            })
            .flat_map(|i| raster.data[i * 3..i * 3 + 3].to_vec())
            .collect();
        Raster { width: crop.width, height: crop.height, alpha: false, data }
    }
}
