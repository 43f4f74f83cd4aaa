//! A white page of pixels, and what is drawn on it.

use std::sync::OnceLock;

use plotters::coord::Shift;
use plotters::prelude::{
    BitMapBackend, DrawingArea, IntoDrawingArea as _, PathElement, RGBColor, Rectangle, Text,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, FontStyle, IntoFont as _, TextStyle, register_font};

pub(super) const INK: RGBColor = RGBColor(31, 41, 55);
pub(super) const GREY: RGBColor = RGBColor(107, 114, 128);
pub(super) const LINE: RGBColor = RGBColor(229, 231, 235);
pub(super) const BLUE: RGBColor = RGBColor(37, 99, 235);
pub(super) const GREEN: RGBColor = RGBColor(21, 128, 61);
pub(super) const RED: RGBColor = RGBColor(185, 28, 28);
const WHITE: RGBColor = RGBColor(255, 255, 255);

/// The font comes along, so that a picture looks the same on every machine.
const FONT: &str = "report";

/// A rectangle of the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// Where a text stands against its point.
#[derive(Debug, Clone, Copy)]
pub(super) enum At {
    Left,
    Middle,
    Right,
}

/// A text's look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub(super) size: i32,
    pub(super) bold: bool,
    pub(super) colour: RGBColor,
}

impl Look {
    pub(super) const fn plain(size: i32, colour: RGBColor) -> Self {
        Self { size, bold: false, colour }
    }

    pub(super) const fn bold(size: i32, colour: RGBColor) -> Self {
        Self { size, bold: true, colour }
    }

    fn style(self, at: At) -> TextStyle<'static> {
        let weight = if self.bold { FontStyle::Bold } else { FontStyle::Normal };
        let across = match at {
            At::Left => HPos::Left,
            At::Middle => HPos::Center,
            At::Right => HPos::Right,
        };
        let font = (FONT, self.size).into_font().style(weight);
        TextStyle {
            font,
            color: self.colour.to_backend_color(),
            pos: Pos::new(across, VPos::Center),
        }
    }
}

/// The page.
pub(super) struct Canvas<'a>(DrawingArea<BitMapBackend<'a>, Shift>);

type Result<T> = std::result::Result<T, String>;

impl<'a> Canvas<'a> {
    /// A white page over `pixels`, three bytes each.
    pub(super) fn new(pixels: &'a mut [u8], width: u32, height: u32) -> Result<Self> {
        static FONTS: OnceLock<bool> = OnceLock::new();
        let read = FONTS.get_or_init(|| {
            let normal = include_bytes!("../../../../fonts/DejaVuSans.ttf");
            let bold = include_bytes!("../../../../fonts/DejaVuSans-Bold.ttf");
            register_font(FONT, FontStyle::Normal, normal).is_ok()
                && register_font(FONT, FontStyle::Bold, bold).is_ok()
        });
        if !read {
            return Err("the font cannot be read".to_owned());
        }
        let area = BitMapBackend::with_buffer(pixels, (width, height)).into_drawing_area();
        area.fill(&WHITE).map_err(|error| error.to_string())?;
        Ok(Self(area))
    }

    /// A text in one line, its middle at the height `y`.
    pub(super) fn text(&self, text: &str, x: i32, y: i32, at: At, look: Look) -> Result<()> {
        let text = Text::new(text.to_owned(), (x, y), look.style(at));
        self.0.draw(&text).map_err(|error| error.to_string())
    }

    /// A text cut to `width` pixels where it is longer.
    pub(super) fn fitted(&self, text: &str, width: i32, look: Look) -> Result<String> {
        if self.width(text, look)? <= width {
            return Ok(text.to_owned());
        }
        let mut kept: Vec<char> = text.chars().collect();
        while kept.pop().is_some() {
            let short: String = kept.iter().chain(&['…']).collect();
            if self.width(&short, look)? <= width {
                return Ok(short);
            }
        }
        Ok(String::new())
    }

    /// How wide a text is.
    pub(super) fn width(&self, text: &str, look: Look) -> Result<i32> {
        let size = self.0.estimate_text_size(text, &look.style(At::Left));
        let (width, _) = size.map_err(|error| error.to_string())?;
        Ok(i32::try_from(width).unwrap_or(i32::MAX))
    }

    /// A filled rectangle.
    pub(super) fn fill(&self, area: Area, colour: RGBColor) -> Result<()> {
        let corners = [(area.x, area.y), (area.x + area.width, area.y + area.height)];
        let filled = Rectangle::new(corners, colour.filled());
        self.0.draw(&filled).map_err(|error| error.to_string())
    }

    /// A thin line.
    pub(super) fn line(&self, from: (i32, i32), to: (i32, i32), colour: RGBColor) -> Result<()> {
        let line = PathElement::new([from, to], colour.stroke_width(1));
        self.0.draw(&line).map_err(|error| error.to_string())
    }
}

/// A number as people read it: `950`, `12.4k`, `3.1M`.
pub(super) fn short(value: f64) -> String {
    let (value, unit) = match value.abs() {
        v if v >= 999_500_000.0 => (value / 1e9, "G"),
        v if v >= 999_500.0 => (value / 1e6, "M"),
        v if v >= 1000.0 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let tenths = (value * 10.0).round();
    let whole = tenths % 10.0 == 0.0 || value.abs() >= 100.0;
    if whole { format!("{value:.0}{unit}") } else { format!("{value:.1}{unit}") }
}

/// The end of an axis that reaches `most`, and the step between its marks: 1, 2 or 5 times a power
/// of ten.
pub(super) fn axis(most: f64) -> (f64, f64) {
    let rough = (most / 4.0).max(0.25);
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|by| by * power).into_iter().find(|it| *it >= rough);
    let step = step.unwrap_or(power * 10.0).max(1.0);
    ((most / step).ceil().max(1.0) * step, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let all = [0.0, 7.0, 950.0, 1000.0, 12_432.0, 999_700.0, 3_140_000.0].map(short);
        assert_eq!(all, ["0", "7", "950", "1k", "12.4k", "1M", "3.1M"]);
    }

    #[test]
    fn an_axis_ends_at_a_round_number_beyond_all() {
        for (most, expected) in
            [(0.0, (1.0, 1.0)), (3.0, (3.0, 1.0)), (97.0, (100.0, 50.0)), (1234.0, (1500.0, 500.0))]
        {
            assert_eq!(axis(most), expected, "{most}");
        }
    }
}
