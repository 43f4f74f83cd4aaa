//! How stored pixels lie, and how to set them upright.

use exif::{In, Reader, Tag};
use social_core::domain::media::Crop;

use super::raster::Raster;
use super::spare;

/// Pixels of a side of the squares in which pictures are turned.
const SQUARE: usize = 32;

/// The EXIF orientation, 1 to 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orientation(u8);

impl Orientation {
    /// Nothing to turn.
    pub const UPRIGHT: Self = Self(1);

    /// Anything outside of 1 to 8 means upright, as viewers take it.
    #[must_use]
    pub fn new(value: u32) -> Self {
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

    /// Its number, 1 to 8.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }

    /// Whether width and height change places.
    #[must_use]
    pub fn swaps(self) -> bool {
        self.0 >= 5
    }

    /// A size after turning; turning back gives the same answer.
    #[must_use]
    pub fn size(self, width: u32, height: u32) -> (u32, u32) {
        if self.swaps() { (height, width) } else { (width, height) }
    }

    /// Where a rectangle of the upright picture lies in the stored one of `width` by `height`.
    #[must_use]
    pub fn stored(self, crop: Crop, width: u32, height: u32) -> Crop {
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
        let (width, height) = self.size(raster.width, raster.height);
        let (wide, tall) = (raster.width, raster.height);
        let data = if raster.alpha {
            self.upright_bytes::<4>(raster.data, wide, tall)
        } else {
            self.upright_bytes::<3>(raster.data, wide, tall)
        };
        Raster { width, height, alpha: raster.alpha, data }
    }

    /// Rows of `width` pixels of `DEPTH` bytes each, set upright.
    pub(super) fn upright_bytes<const DEPTH: usize>(
        self,
        from: Vec<u8>,
        width: u32,
        height: u32,
    ) -> Vec<u8> {
        if self == Self::UPRIGHT {
            return from;
        }
        let (pixels, _) = from.as_chunks::<DEPTH>();
        let (wide, tall) = (width as usize, height as usize);
        let (across, down) = self.size(width, height);
        let (across, down) = (across as usize, down as usize);
        // Where the first pixel comes from, and how far the next ones lie, across and down.
        let (end_x, end_y) = (wide - 1, (tall - 1) * wide);
        let (first, right, below) = match self.0 {
            2 => (end_x, -1, wide as isize),
            3 => (end_y + end_x, -1, -(wide as isize)),
            4 => (end_y, 1, -(wide as isize)),
            5 => (0, wide as isize, 1),
            6 => (end_y, -(wide as isize), 1),
            7 => (end_y + end_x, -(wide as isize), -1),
            8 => (end_x, wide as isize, -1),
            _ => (0, 1, wide as isize),
        };
        let mut data = spare::room(from.len());
        let (to, _) = data.as_chunks_mut::<DEPTH>();
        // Turning walks down the columns of one of the two pictures: in squares, both stay near.
        for top in (0..down).step_by(SQUARE) {
            for left in (0..across).step_by(SQUARE) {
                let (end, bottom) = ((left + SQUARE).min(across), (top + SQUARE).min(down));
                for y in top..bottom {
                    let row = &mut to[y * across + left..y * across + end];
                    let mut at = first as isize + left as isize * right + y as isize * below;
                    for pixel in row {
                        *pixel = pixels[at as usize];
                        at += right;
                    }
                }
            }
        }
        spare::give(from);
        data
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
