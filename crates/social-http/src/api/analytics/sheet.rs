//! The report as one table: a line for each group, so that a spreadsheet can filter and sort it.

use social_core::domain::{Dimension, Sums};
use social_core::engine::Report;
use social_core::statistics::csv;

use super::numbers::Numbers;
use super::report::Names;

const NAMES: [&str; 12] = [
    "group",
    "key",
    "name",
    "posts",
    "impressions",
    "engagements",
    "engagement_rate",
    "likes",
    "reposts",
    "replies",
    "saves",
    "clicks",
];

/// The table. What cannot be measured is an empty cell.
pub(super) fn table(report: &Report, names: &Names) -> String {
    let mut rows =
        vec![row("total", "", "", &report.totals), row("before", "", "", &report.before)];
    for (platform, sums) in &report.platforms {
        rows.push(row("platform", platform.as_str(), "", sums));
    }
    for (day, sums) in &report.days {
        rows.push(row("day", &day.to_string(), "", sums));
    }
    for (dimension, groups) in &report.by {
        for (key, sums) in groups {
            let name = match dimension {
                Dimension::Account => names.account(key).unwrap_or_default(),
                _ => "",
            };
            rows.push(row(dimension.as_str(), key, name, sums));
        }
    }
    for best in &report.best {
        let url = names.url(best).unwrap_or_default();
        rows.push(row("post", &best.measured.post_id.to_string(), url, &best.sums));
    }
    csv(NAMES, rows)
}

fn row(group: &str, key: &str, name: &str, sums: &Sums) -> [String; 12] {
    let numbers = Numbers::from(sums);
    let cell = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    [
        group.to_owned(),
        key.to_owned(),
        name.to_owned(),
        numbers.posts.to_string(),
        cell(numbers.impressions),
        cell(numbers.engagements),
        numbers.engagement_rate.map(|rate| rate.to_string()).unwrap_or_default(),
        cell(numbers.likes),
        cell(numbers.reposts),
        cell(numbers.replies),
        cell(numbers.saves),
        cell(numbers.clicks),
    ]
}
