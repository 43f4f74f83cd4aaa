//! Media on their way to the server, which may be on another machine.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::args::Content;
use crate::client::{Call, Client, Problem, calls};

/// Names the media of a post in its body; files are taken in first.
pub(super) async fn media(
    client: &Client,
    content: &Content,
    body: &mut Map<String, Value>,
) -> Result<(), Problem> {
    if content.alt.len() > content.media.len() {
        return Err(Problem::input(
            "alt_without_media",
            "there are more --alt than --media",
            "Give one --alt for each --media at most, in the same order.",
        ));
    }
    let mut all = Vec::new();
    for (n, said) in content.media.iter().enumerate() {
        let mut item = if said.starts_with("media_") && !Path::new(said).exists() {
            json!({ "id": said })
        } else if said.starts_with("https://") || said.starts_with("http://") {
            json!({ "url": said })
        } else {
            let taken = client.send(call(Path::new(said)).await?).await?;
            json!({ "id": taken.body["id"] })
        };
        if let Some(alt) = content.alt.get(n).filter(|alt| !alt.is_empty()) {
            item["alt"] = alt.as_str().into();
        }
        all.push(item);
    }
    if !all.is_empty() {
        body.insert("media".into(), all.into());
    }
    Ok(())
}

/// The call that takes a file in.
pub(super) async fn call(path: &Path) -> Result<Call, Problem> {
    let bytes = tokio::fs::read(path).await.map_err(|error| {
        let detail = format!("{}: {error}", path.display());
        Problem::input("file_unreadable", detail, "Check the path.")
    })?;
    let name = path.file_name().and_then(|name| name.to_str());
    Ok(calls::media(bytes, mime(path), name))
}

/// A hint; the server looks at the bytes themselves.
fn mime(path: &Path) -> &'static str {
    let extension = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
    match extension.as_deref() {
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("gif") => "image/gif",
        Some("mp4" | "m4v") => "video/mp4",
        Some("mov") => "video/quicktime",
        Some("webm") => "video/webm",
        _ => "application/octet-stream",
    }
}
