//! How a JPEG is best decoded for what is wanted of it.

use social_core::domain::media::Crop;

use super::ffi::Region;
use crate::image::process::View;

/// Pixels around what is shown that the filter also looks at.
const MARGIN: u32 = 12;

/// Above this part of the picture, planes are cheaper than the pixels of a region.
const MOST: f64 = 0.7;

/// Bytes a pixel of the file. What is stored in fewer has hardly any detail as fine as halving takes
/// away: fine detail is what the bytes of a JPEG go to.
const SPARSE: f64 = 0.24;

/// The coarsest scale that costs no quality for any view of a picture with `density` bytes a pixel.
///
/// The decoder's own scaling is a poor filter; a good one has to do the last part of the way, and
/// the more of it the finer the detail that is left. Measured by SSIMULACRA2, halving with less than
/// 1.5 left loses what is seen on hard textures; at a quarter, or of a picture without them, 1.3 is
/// enough.
pub(super) fn scale(views: &[View], density: f64) -> u32 {
    let shrink = shrink(views);
    let left = if density < SPARSE { 1.3 } else { 1.5 };
    [(8, 1.4), (4, 1.4), (2, left)]
        .into_iter()
        .find(|(scale, left)| shrink >= f64::from(*scale) * left)
        .map_or(1, |(scale, _)| scale)
}

/// How many times as long the sides of the picture are as those of its largest view.
pub(super) fn shrink(views: &[View]) -> f64 {
    let shrink = views.iter().map(|view| {
        let across = f64::from(view.crop.width) / f64::from(view.width);
        across.min(f64::from(view.crop.height) / f64::from(view.height))
    });
    shrink.fold(f64::INFINITY, f64::min)
}

/// Whether the views together show so much that decoding all of it is the cheaper way.
pub(super) fn shows_most(views: &[View], size: (u32, u32)) -> bool {
    let all = union(views);
    let shown = f64::from(all.width) * f64::from(all.height);
    shown > MOST * f64::from(size.0) * f64::from(size.1)
}

/// What has to be decoded at `scale` for all views, beginning at a multiple of `step`; all of it
/// where there is no step.
pub(super) fn region(views: &[View], scale: u32, scaled: (u32, u32), step: Option<u32>) -> Region {
    let Some(step) = step else {
        return Region { x: 0, y: 0, width: scaled.0, height: scaled.1 };
    };
    let all = union(views);
    let from = |at: u32| (at / scale).saturating_sub(MARGIN);
    let to = |end: u32, most: u32| (end.div_ceil(scale) + MARGIN).min(most);
    let (x, y) = (from(all.x) / step * step, from(all.y));
    let (right, bottom) = (to(all.x + all.width, scaled.0), to(all.y + all.height, scaled.1));
    Region { x, y, width: right - x, height: bottom - y }
}

fn union(views: &[View]) -> Crop {
    let mut crops = views.iter().map(|view| view.crop);
    let first = crops.next().unwrap_or(Crop { x: 0, y: 0, width: 0, height: 0 });
    crops.fold(first, |all, crop| {
        let (x, y) = (all.x.min(crop.x), all.y.min(crop.y));
        let right = (all.x + all.width).max(crop.x + crop.width);
        let bottom = (all.y + all.height).max(crop.y + crop.height);
        Crop { x, y, width: right - x, height: bottom - y }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(x: u32, y: u32, width: u32, height: u32, to: (u32, u32)) -> View {
        View { crop: Crop { x, y, width, height }, width: to.0, height: to.1 }
    }

    #[test]
    fn scaling_leaves_enough_for_the_good_filter() {
        let wide = |width| view(0, 0, width, width, (1000, 1000));
        let (sparse, dense) = (0.2, 0.3);
        assert_eq!((scale(&[wide(2900)], dense), scale(&[wide(3000)], dense)), (1, 2));
        assert_eq!((scale(&[wide(2500)], sparse), scale(&[wide(2600)], sparse)), (1, 2));
        assert_eq!(scale(&[wide(5600)], dense), 4);
        assert_eq!(scale(&[wide(20_000)], dense), 8);
        assert_eq!(scale(&[wide(20_000), wide(3000)], dense), 2, "the most demanding decides");
        assert_eq!(scale(&[wide(500)], sparse), 1);
    }

    #[test]
    fn a_region_covers_all_views_and_begins_where_it_can() {
        let views = [view(100, 50, 40, 40, (1, 1)), view(300, 20, 50, 10, (1, 1))];
        let found = region(&views, 1, (1000, 1000), Some(16));
        assert_eq!(found, Region { x: 80, y: 8, width: 282, height: 94 });
        let found = region(&views, 2, (200, 45), Some(8));
        assert_eq!(found, Region { x: 32, y: 0, width: 155, height: 45 });
        let all = region(&views, 1, (400, 90), None);
        assert_eq!(all, Region { x: 0, y: 0, width: 400, height: 90 });
    }
}
