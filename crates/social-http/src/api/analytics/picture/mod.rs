//! The report as a picture that a person can paste into a mail.

mod canvas;
mod panels;

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use social_core::domain::{Dimension, Platform, Sums, TimeSpan};
use social_core::engine::Report;
use social_core::statistics::utc_day;
use social_core::timing::Hour;

use super::numbers::{Growth, Numbers};
use super::report::Names;
use canvas::{Area, At, Canvas, GREY, INK, Look, short};
use panels::{Tile, bars, columns, tile, week};

const WIDTH: u32 = 1200;
const HEIGHT: u32 = 860;
const EDGE: i32 = 40;

/// The most bars of a panel.
const BARS: usize = 6;

type Result<T> = std::result::Result<T, String>;

/// The picture, as a PNG file.
pub(super) fn png(span: TimeSpan, report: &Report, names: &Names) -> Result<Vec<u8>> {
    let mut pixels = vec![255; (WIDTH * HEIGHT * 3) as usize];
    draw(&Canvas::new(&mut pixels, WIDTH, HEIGHT)?, span, report, names)?;
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, WIDTH, HEIGHT);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(|error| error.to_string())?;
    writer.write_image_data(&pixels).map_err(|error| error.to_string())?;
    writer.finish().map_err(|error| error.to_string())?;
    Ok(file)
}

fn draw(canvas: &Canvas<'_>, span: TimeSpan, report: &Report, names: &Names) -> Result<()> {
    let (first, last) =
        (utc_day(span.from), utc_day(span.to - std::time::Duration::from_millis(1)));
    let title = format!("Posts of {} to {}", date(first), date(last));
    canvas.text(&title, EDGE, 46, At::Left, Look::bold(28, INK))?;
    let networks: Vec<&str> = report.platforms.keys().map(Platform::as_str).collect();
    let networks = if networks.is_empty() { "No posts".to_owned() } else { networks.join(", ") };
    let under = format!("{networks}. Days are in UTC.");
    let under = canvas.fitted(&under, 1120, Look::plain(16, GREY))?;
    canvas.text(&under, EDGE, 80, At::Left, Look::plain(16, GREY))?;
    for (n, one) in (0..).zip(tiles(report)) {
        tile(canvas, Area { x: EDGE + n * 285, y: 106, width: 265, height: 112 }, &one)?;
    }
    let (top, bottom) = (250, 560);
    let days: Vec<_> = days(first, last).map(|day| (day, shown(report, day))).collect();
    let area = Area { x: EDGE, y: top, width: 690, height: 280 };
    columns(canvas, area, "Impressions, by the day of posting", &days)?;
    let area = Area { x: 790, y: top, width: 370, height: 280 };
    let engaged = |sums: &Sums| sums.engagements().map(|count| count as f64);
    let platforms = report.platforms.iter().map(|(name, sums)| (name.to_string(), engaged(sums)));
    bars(canvas, area, "Engagements, by network", &longest(platforms))?;
    let area = Area { x: EDGE, y: bottom, width: 690, height: 270 };
    week(canvas, area, "Engagements a post, by the hour of posting", &hours(report))?;
    let area = Area { x: 790, y: bottom, width: 370, height: 270 };
    let (title, rows) = last_panel(report, names);
    bars(canvas, area, title, &rows)
}

fn tiles(report: &Report) -> [Tile; 4] {
    let (now, before) = (Numbers::from(&report.totals), Numbers::from(&report.before));
    let growth = Growth::of(&before, &now);
    let count = |value: Option<u64>| value.map(|value| short(value as f64));
    let rate = now.engagement_rate.map(|rate| format!("{:.1} %", rate * 100.0));
    [
        Tile { name: "Posts", value: count(Some(now.posts)), growth: growth.posts },
        Tile { name: "Impressions", value: count(now.impressions), growth: growth.impressions },
        Tile { name: "Engagements", value: count(now.engagements), growth: growth.engagements },
        Tile { name: "Engagement rate", value: rate, growth: growth.engagement_rate },
    ]
}

/// Campaigns where there are any, else hashtags, else accounts.
fn last_panel(report: &Report, names: &Names) -> (&'static str, Vec<(String, Option<f64>)>) {
    let groups = |dimension| report.by.get(&dimension).filter(|groups| !groups.is_empty());
    let rows = |groups: &BTreeMap<String, Sums>, name: &dyn Fn(&str) -> String| {
        longest(groups.iter().map(|(key, sums)| (name(key), each(sums))))
    };
    if let Some(found) = groups(Dimension::Campaign) {
        return ("Engagements a post, by campaign", rows(found, &str::to_owned));
    }
    if let Some(found) = groups(Dimension::Hashtag) {
        return ("Engagements a post, by hashtag", rows(found, &|tag| format!("#{tag}")));
    }
    let name = |key: &str| names.account(key).unwrap_or(key).to_owned();
    let found = groups(Dimension::Account).map(|found| rows(found, &name)).unwrap_or_default();
    ("Engagements a post, by account", found)
}

/// Engagements a post.
fn each(sums: &Sums) -> Option<f64> {
    Some(sums.engagements()? as f64 / sums.posts.max(1) as f64)
}

/// The longest bars first; those that are not told come last.
fn longest(rows: impl Iterator<Item = (String, Option<f64>)>) -> Vec<(String, Option<f64>)> {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by(|(_, a), (_, b)| b.unwrap_or(-1.0).total_cmp(&a.unwrap_or(-1.0)));
    rows.truncate(BARS);
    rows
}

fn hours(report: &Report) -> Vec<(Hour, f64)> {
    let groups = report.by.get(&Dimension::Hour).into_iter().flatten();
    groups.filter_map(|(key, sums)| Some((key.parse().ok()?, each(sums)?))).collect()
}

fn shown(report: &Report, day: NaiveDate) -> Option<u64> {
    report.days.get(&day).and_then(|sums| sums.shown.known())
}

fn days(first: NaiveDate, last: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let next = |day: &NaiveDate| day.checked_add_days(Days::new(1));
    std::iter::successors(Some(first), next).take_while(move |day| *day <= last)
}

fn date(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}
