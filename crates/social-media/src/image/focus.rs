//! What a person looks at first, so that a crop keeps it in sight.

use social_core::domain::media::Focus;

use super::decode;
use super::header::Header;
use super::raster::Raster;
use super::scale::{Channels, Window, scale};
use super::spare::Scaler;
use super::turbo;
use crate::budget::Budget;
use crate::errors::Result;

/// Pixels of the long side of the copy that is judged.
const JUDGED: u32 = 96;
/// The part of the long side that is looked at at once.
const LOOK: f64 = 0.34;
/// How much more than an average place the best one must hold; below, all is alike.
const STANDS_OUT: f64 = 1.4;
/// The least that a pixel of it must weigh on average: below, there is nothing but grain.
const FAINT: f64 = 0.005;

/// The place that stands out, or `None` where nothing does.
pub(super) fn find(bytes: &[u8], header: &Header, budget: &Budget) -> Result<Option<Focus>> {
    let raster = match turbo::small(bytes, header, budget) {
        Some(raster) => raster,
        None => decode::decode(bytes, header, budget)?.0.flattened([255; 3]),
    };
    Ok(place(&header.orientation.upright(shrunk(&raster)?)))
}

/// The same of a picture that somebody else decoded, upright.
pub(crate) fn find_in(raster: Raster) -> Result<Option<Focus>> {
    Ok(place(&shrunk(&raster.flattened([255; 3]))?))
}

/// A copy of few pixels.
fn shrunk(raster: &Raster) -> Result<Raster> {
    let long = f64::from(raster.width.max(raster.height));
    let side = |length: u32| {
        ((f64::from(length) * f64::from(JUDGED) / long).round() as u32).clamp(1, length.max(1))
    };
    let to = (side(raster.width), side(raster.height));
    let (from, all) = ((raster.width, raster.height), Window::whole(raster.width, raster.height));
    let data = scale(&mut Scaler::take(), &raster.data, from, Channels::Rgb, all, to)?;
    Ok(Raster { width: to.0, height: to.1, alpha: false, data })
}

/// The middle of what stands out of an upright picture of a few pixels.
fn place(small: &Raster) -> Option<Focus> {
    let (width, height) = (small.width as usize, small.height as usize);
    if width < 8 || height < 8 {
        return None;
    }
    let weights = weigh(&small.data, width, height);
    let side = ((width.max(height) as f64 * LOOK) as usize).clamp(4, width.min(height));
    let sums = integral(&weights, width, height);
    let sum = |x: usize, y: usize| {
        let at = |x: usize, y: usize| sums[y * (width + 1) + x];
        at(x + side, y + side) + at(x, y) - at(x + side, y) - at(x, y + side)
    };
    let places = (0..=height - side).flat_map(|y| (0..=width - side).map(move |x| (x, y)));
    let (mut best, mut most, mut total, mut count) = ((0, 0), f64::NEG_INFINITY, 0.0, 0.0);
    for (x, y) in places {
        // People put what matters near the middle, or a third from an edge: never at it.
        let off = |at: usize, all: usize| {
            ((at as f64 + side as f64 / 2.0) / all as f64 - 0.5).abs() * 2.0
        };
        let near = 1.0 - 0.35 * off(x, width).max(off(y, height)).powi(2);
        let value = sum(x, y) * near;
        (total, count) = (total + value, count + 1.0);
        if value > most {
            (best, most) = ((x, y), value);
        }
    }
    if most < STANDS_OUT * total / count || most < FAINT * (side * side) as f64 {
        return None;
    }
    // The middle of what weighs there is nearer to the thing than the middle of the window.
    let (mut across, mut down, mut all) = (0.0, 0.0, 0.0);
    for y in best.1..best.1 + side {
        for x in best.0..best.0 + side {
            let weight = weights[y * width + x];
            across += weight * (x as f64 + 0.5);
            down += weight * (y as f64 + 0.5);
            all += weight;
        }
    }
    if all <= 0.0 {
        return None;
    }
    let part = |sum: f64, length: usize| (1000.0 * sum / all / length as f64).round() as u16;
    Some(Focus { x: part(across, width), y: part(down, height) })
}

/// How much each pixel draws the eye: by how its light and colours differ from what lies around, the
/// more so at an edge, and by skin. Texture alone draws nothing: bark and leaves are full of edges.
fn weigh(data: &[u8], width: usize, height: usize) -> Vec<f64> {
    let (pixels, _) = data.as_chunks::<3>();
    let pixels: Vec<[f64; 3]> = pixels.iter().map(|pixel| pixel.map(f64::from)).collect();
    let map = |of: fn([f64; 3]) -> f64| pixels.iter().map(|pixel| of(*pixel)).collect::<Vec<_>>();
    let light = map(|[r, g, b]| 0.3 * r + 0.59 * g + 0.11 * b);
    let red = map(|[r, g, _]| r - g);
    let blue = map(|[r, g, b]| b - (r + g) / 2.0);
    let around = width.max(height) / 5;
    let mut apart = vec![0.0; pixels.len()];
    for (values, weight) in [(&light, 0.5), (&red, 1.5), (&blue, 1.0)] {
        let fine = blurred(values, width, height, 1);
        let coarse = blurred(values, width, height, around);
        for ((apart, fine), coarse) in apart.iter_mut().zip(fine).zip(coarse) {
            *apart += weight * (fine - coarse).abs() / 255.0;
        }
    }
    let edge = |at: usize| {
        let (x, y) = (at % width, at / width);
        if x == 0 || y == 0 || x + 1 == width || y + 1 == height {
            return 0.0;
        }
        let across = light[at + 1] - light[at - 1];
        across.hypot(light[at + width] - light[at - width]).min(120.0) / 120.0
    };
    let weigh = |(at, [r, g, b]): (usize, &[f64; 3])| {
        apart[at] * (0.4 + edge(at)) + 0.4 * skin(*r, *g, *b) * (2.0 * apart[at]).min(1.0)
    };
    pixels.iter().enumerate().map(weigh).collect()
}

/// The mean of what lies within `reach` pixels of each.
fn blurred(values: &[f64], width: usize, height: usize, reach: usize) -> Vec<f64> {
    let sums = integral(values, width, height);
    let at = |x: usize, y: usize| sums[y * (width + 1) + x];
    let mean = |place: usize| {
        let (x, y) = (place % width, place / width);
        let (left, right) = (x.saturating_sub(reach), (x + reach + 1).min(width));
        let (top, bottom) = (y.saturating_sub(reach), (y + reach + 1).min(height));
        let sum = at(right, bottom) + at(left, top) - at(right, top) - at(left, bottom);
        sum / ((right - left) * (bottom - top)) as f64
    };
    (0..values.len()).map(mean).collect()
}

/// How near a colour is to that of skin, whatever its shade.
fn skin(r: f64, g: f64, b: f64) -> f64 {
    let length = (r * r + g * g + b * b).sqrt();
    if length < 60.0 || r <= g || g <= b {
        return 0.0;
    }
    let apart = (r / length - 0.78).hypot(g / length - 0.57).hypot(b / length - 0.44);
    (1.0 - apart / 0.12).max(0.0)
}

fn integral(weights: &[f64], width: usize, height: usize) -> Vec<f64> {
    let mut sums = vec![0.0; (width + 1) * (height + 1)];
    for y in 0..height {
        let mut row = 0.0;
        for x in 0..width {
            row += weights[y * width + x];
            sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(thing: Option<(usize, usize)>) -> Raster {
        let (width, height) = (96_usize, 64_usize);
        let data = (0..width * height)
            .flat_map(|i| {
                let (x, y) = (i % width, i / width);
                match thing {
                    Some((left, top)) if x.abs_diff(left) < 7 && y.abs_diff(top) < 7 => {
                        if (x / 2 + y / 2) % 2 == 0 { [220, 40, 30] } else { [250, 200, 40] }
                    }
                    _ => [120, 130, 140],
                }
            })
            .collect();
        Raster { width: width as u32, height: height as u32, alpha: false, data }
    }

    #[test]
    fn what_stands_out_is_found_and_an_even_picture_has_nothing() {
        for (x, y) in [(20, 30), (75, 40), (48, 15)] {
            let found = place(&picture(Some((x, y)))).unwrap();
            let (at_x, at_y) = (x * 1000 / 96, y * 1000 / 64);
            assert!(usize::from(found.x).abs_diff(at_x) < 60, "{found:?} for {x}, {y}");
            assert!(usize::from(found.y).abs_diff(at_y) < 90, "{found:?} for {x}, {y}");
        }
        assert_eq!(place(&picture(None)), None);
    }
}
