//! The media of a post, as they are named in it, and what a network would show of one.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::{save, upload};
use crate::args::{Content, MediaPreview, Wishes};
use crate::client::{Answer, Client, Problem, calls};

/// Names the media of a post in its body; files are taken in first.
pub(super) async fn name(
    client: &Client,
    content: &Content,
    body: &mut Map<String, Value>,
) -> Result<(), Problem> {
    let wishes = wishes(content)?;
    if content.alt.len() > content.media.len() {
        return Err(Problem::input(
            "alt_without_media",
            "there are more --alt than --media",
            "Give one --alt for each --media at most, in the same order.",
        ));
    }
    let mut all = Vec::new();
    for (n, (said, wishes)) in content.media.iter().zip(wishes).enumerate() {
        let mut item = if said.starts_with("media_") && !Path::new(said).exists() {
            json!({ "id": said })
        } else if said.starts_with("https://") || said.starts_with("http://") {
            json!({ "url": said })
        } else {
            let taken = upload::take_in(client, Path::new(said), None).await?;
            json!({ "id": taken.body["id"] })
        };
        if let Some(alt) = content.alt.get(n).filter(|alt| !alt.is_empty()) {
            item["alt"] = alt.as_str().into();
        }
        for (name, wish) in wishes {
            item[name] = wish;
        }
        all.push(item);
    }
    if !all.is_empty() {
        body.insert("media".into(), all.into());
    }
    Ok(())
}

/// How each of the media is to be made fit, checked before any of them is sent.
fn wishes(content: &Content) -> Result<Vec<Map<String, Value>>, Problem> {
    let Wishes { fit, focus, background, keep, smallest } = &content.wishes;
    let count = content.media.len();
    let most = fit.len().max(focus.len()).max(background.len());
    if most > count || (count == 0 && (*smallest || !keep.is_empty())) {
        return Err(Problem::input(
            "wish_without_media",
            "there are more --fit, --focus, --background, --keep or --smallest than --media",
            "Give one of each for each --media at most, in the same order.",
        ));
    }
    // What is said once is meant for all.
    let each = |said: &[String], n: usize| match said {
        [one] => Some(one.clone()),
        said => said.get(n).cloned(),
    };
    let of = |n: usize| {
        let mut item = Map::new();
        for (name, said) in [("fit", each(fit, n)), ("background", each(background, n))] {
            item.extend(said.filter(|said| !said.is_empty()).map(|it| (name.into(), it.into())));
        }
        if let Some(said) = focus.get(n).filter(|said| !said.is_empty()) {
            item.insert("focus".into(), place(said)?);
        }
        if !keep.is_empty() {
            item.insert("keep".into(), keep.clone().into());
        }
        if *smallest {
            item.insert("smallest".into(), true.into());
        }
        Ok::<_, Problem>(item)
    };
    (0..count).map(of).collect()
}

/// A place in a picture, as `0.5,0.3`.
fn place(text: &str) -> Result<Value, Problem> {
    let part = |text: &str| text.trim().parse::<f64>().ok();
    let parts = text.split_once(',').and_then(|(x, y)| Some((part(x)?, part(y)?)));
    let (x, y) = parts.ok_or_else(|| {
        let detail = format!("`{text}` is no place in a picture");
        Problem::input("focus_invalid", detail, "Give two parts of it, such as --focus 0.5,0.3.")
    })?;
    Ok(json!({ "x": x, "y": y }))
}

/// Writes the preview of a file to where it is to be.
pub(super) async fn preview(client: &Client, asked: MediaPreview) -> Result<Answer, Problem> {
    let answer = client
        .send(calls::media_preview(
            &asked.id,
            [
                ("platform", asked.platform),
                ("kind", asked.kind),
                ("width", asked.width.map(|width| width.to_string())),
                ("fit", asked.fit),
                ("focus", asked.focus),
                ("background", asked.background),
            ],
        ))
        .await?;
    let mut body = save::write(&asked.save, &answer.body).await?;
    if let (Value::Object(body), Some(changes)) = (&mut body, answer.body.get("changes")) {
        body.insert("changes".to_owned(), changes.clone());
    }
    Ok(Answer { body })
}
