//! `social analytics`: a report, to be read here or kept in a file.

use std::path::Path;

use super::save;
use crate::args::Analytics;
use crate::client::{Answer, Client, Problem, calls};

/// Asks for a report, and writes it to a file where one is named.
pub(super) async fn ask(client: &Client, asked: Analytics) -> Result<Answer, Problem> {
    let platforms = (!asked.platforms.is_empty()).then(|| asked.platforms.join(","));
    let format = asked.save.as_deref().map(format).transpose()?;
    let answer = client
        .send(calls::analytics([
            ("timeframe", Some(asked.timeframe)),
            ("platforms", platforms),
            ("post_id", asked.post_id),
            ("group_by", asked.group_by),
            ("accounts", asked.accounts.then(|| "true".to_owned())),
            ("view", asked.full.then(|| "full".to_owned())),
            ("format", format.map(str::to_owned)),
        ]))
        .await?;
    match asked.save {
        Some(path) => save::write(&path, &answer.body).await.map(|body| Answer { body }),
        None => Ok(answer),
    }
}

/// What a file's name asks for.
fn format(path: &Path) -> Result<&'static str, Problem> {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => Ok("csv"),
        Some("png") => Ok("png"),
        Some("json") => Ok("json"),
        _ => Err(Problem::input(
            "format_unknown",
            format!("`{}` ends with no format that a report has", path.display()),
            "Name a file that ends with .csv, .png or .json.",
        )),
    }
}
