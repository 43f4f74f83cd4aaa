//! The parts of the picture: tiles, columns by day, bars, and the hours of the week.

use chrono::NaiveDate;
use plotters::style::RGBColor;
use social_core::timing::Hour;

use super::canvas::{Area, At, BLUE, Canvas, GREEN, GREY, INK, LINE, Look, RED, axis, short};

type Result<T> = std::result::Result<T, String>;

const LABEL: Look = Look::plain(15, GREY);
const VALUE: Look = Look::plain(15, INK);

/// A number, and by what factor it is the one of the time before.
pub(super) struct Tile {
    pub(super) name: &'static str,
    pub(super) value: Option<String>,
    pub(super) growth: Option<f64>,
}

/// A tile: a number that one sees first.
pub(super) fn tile(canvas: &Canvas<'_>, area: Area, tile: &Tile) -> Result<()> {
    let Area { x, y, .. } = area;
    canvas.fill(area, RGBColor(249, 250, 251))?;
    canvas.text(tile.name, x + 18, y + 24, At::Left, Look::plain(16, GREY))?;
    let value = tile.value.as_deref().unwrap_or("not told");
    canvas.text(value, x + 18, y + 58, At::Left, Look::bold(32, INK))?;
    let (growth, colour) = match tile.growth.map(|factor| (factor - 1.0) * 100.0) {
        None => ("nothing to compare with".to_owned(), GREY),
        Some(by) if by.abs() < 0.5 => ("as the time before".to_owned(), GREY),
        Some(by) if by > 0.0 => (format!("▲ {by:.0} % on the time before"), GREEN),
        Some(by) => (format!("▼ {:.0} % on the time before", -by), RED),
    };
    let growth = canvas.fitted(&growth, area.width - 30, Look::plain(14, colour))?;
    canvas.text(&growth, x + 18, y + 92, At::Left, Look::plain(14, colour))
}

/// The title of a panel, and the area that is left for what is in it.
fn titled(canvas: &Canvas<'_>, area: Area, title: &str) -> Result<Area> {
    canvas.text(title, area.x, area.y + 12, At::Left, Look::bold(18, INK))?;
    Ok(Area { y: area.y + 40, height: area.height - 40, ..area })
}

fn nothing(canvas: &Canvas<'_>, area: Area) -> Result<()> {
    let (x, y) = (area.x + area.width / 2, area.y + area.height / 2);
    canvas.text("No numbers yet", x, y, At::Middle, LABEL)
}

/// Columns by day. A day without posts, or whose posts do not tell, has none.
pub(super) fn columns(
    canvas: &Canvas<'_>,
    area: Area,
    title: &str,
    days: &[(NaiveDate, Option<u64>)],
) -> Result<()> {
    let area = titled(canvas, area, title)?;
    let most = days.iter().filter_map(|(_, value)| *value).max().unwrap_or(0);
    if most == 0 {
        return nothing(canvas, area);
    }
    let (end, step) = axis(most as f64);
    let (left, bottom) = (area.x + 58, area.y + area.height - 26);
    let (width, height) = (area.width - 58, bottom - area.y);
    let marks = (end / step).round() as i32;
    for mark in 0..=marks {
        let y = bottom - height * mark / marks;
        canvas.line((left, y), (left + width, y), LINE)?;
        canvas.text(&short(f64::from(mark) * step), left - 10, y, At::Right, LABEL)?;
    }
    let count = i32::try_from(days.len()).unwrap_or(i32::MAX).max(1);
    let at = |n: i32| left + width * n / count;
    // So many labels that they stand clear of each other.
    let room = canvas.width("30 Sep", LABEL)? + 16;
    let every = (room * count / width + 1).max(1);
    for (n, (day, value)) in (0..).zip(days) {
        let (from, to) = (at(n), at(n + 1));
        let gap = ((to - from) / 5).min(12);
        let tall = (value.unwrap_or(0) as f64 / end * f64::from(height)).round() as i32;
        let column =
            Area { x: from + gap, y: bottom - tall, width: to - from - 2 * gap, height: tall };
        canvas.fill(Area { width: column.width.max(1), ..column }, BLUE)?;
        if n % every == 0 {
            let label = day.format("%-d %b").to_string();
            canvas.text(&label, i32::midpoint(from, to), bottom + 18, At::Middle, LABEL)?;
        }
    }
    Ok(())
}

/// Bars from left to right, the longest first. What is not told says so.
pub(super) fn bars(
    canvas: &Canvas<'_>,
    area: Area,
    title: &str,
    rows: &[(String, Option<f64>)],
) -> Result<()> {
    let area = titled(canvas, area, title)?;
    if rows.is_empty() {
        return nothing(canvas, area);
    }
    let most = rows.iter().filter_map(|(_, value)| *value).fold(0.0, f64::max);
    let name = area.width * 34 / 100;
    let room = area.width - name - 70;
    let height = (area.height / i32::try_from(rows.len()).unwrap_or(1)).min(42);
    for (n, (label, value)) in (0..).zip(rows) {
        let y = area.y + n * height;
        let middle = y + height / 2;
        let label = canvas.fitted(label, name - 12, VALUE)?;
        canvas.text(&label, area.x, middle, At::Left, VALUE)?;
        let Some(value) = value else {
            canvas.text("not told", area.x + name, middle, At::Left, LABEL)?;
            continue;
        };
        let long = if most > 0.0 { (value / most * f64::from(room)).round() as i32 } else { 0 };
        let bar = Area { x: area.x + name, y: y + 6, width: long.max(2), height: height - 12 };
        canvas.fill(bar, BLUE)?;
        canvas.text(&short(*value), bar.x + bar.width + 10, middle, At::Left, VALUE)?;
    }
    Ok(())
}

/// The hours of a week, the better the darker. An hour without posts stays light grey.
pub(super) fn week(
    canvas: &Canvas<'_>,
    area: Area,
    title: &str,
    hours: &[(Hour, f64)],
) -> Result<()> {
    let area = titled(canvas, area, title)?;
    if hours.is_empty() {
        return nothing(canvas, area);
    }
    let (left, top) = (area.x + 58, area.y);
    let (across, down) = ((area.width - 58) / 24, (area.height - 26) / 7);
    let most = hours.iter().map(|(_, value)| *value).fold(0.0, f64::max);
    for (weekday, name) in (0..7_u8).zip(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]) {
        let y = top + i32::from(weekday) * down;
        canvas.text(name, left - 10, y + down / 2, At::Right, LABEL)?;
        for hour in 0..24_u8 {
            let found = hours.iter().find(|(at, _)| (at.weekday, at.hour) == (weekday, hour));
            let colour = match found {
                Some((_, value)) if most > 0.0 => shade(value / most),
                Some(_) => shade(0.0),
                None => RGBColor(243, 244, 246),
            };
            let x = left + i32::from(hour) * across;
            canvas.fill(Area { x, y, width: across - 2, height: down - 2 }, colour)?;
        }
    }
    for hour in (0..24).step_by(3) {
        let x = left + hour * across;
        canvas.text(&format!("{hour:02}"), x, top + 7 * down + 14, At::Left, LABEL)?;
    }
    Ok(())
}

/// From light to dark blue.
fn shade(part: f64) -> RGBColor {
    let between = |light: f64, dark: f64| (light + (dark - light) * part).round() as u8;
    RGBColor(between(219.0, 30.0), between(234.0, 64.0), between(254.0, 175.0))
}
