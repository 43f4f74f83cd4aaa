//! What goes out: texts from files and standard input, so that no shell quoting is involved.

use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::args::Content;
use crate::client::Problem;

/// More text than any network takes; past it, it is the wrong file.
const LARGEST: u64 = 1 << 20;

/// A whole post: its text and where it goes must be said.
pub(super) async fn whole(content: &Content, to: &[String]) -> Result<Map<String, Value>, Problem> {
    let mut body = Map::new();
    let text = match &content.file {
        Some(path) => read(path).await?,
        None if std::io::stdin().is_terminal() => {
            return Err(Problem::input(
                "content_empty",
                "there is no text",
                "Write it to a file and give --file PATH, or send it to standard input.",
            ));
        }
        None => read(Path::new("-")).await?,
    };
    if to.is_empty() {
        return Err(Problem::input(
            "platform_missing",
            "no network is named",
            "Give --to, such as --to instagram,linkedin. `social accounts` lists what is connected.",
        ));
    }
    body.insert("content".into(), text.into());
    body.insert("platforms".into(), to.to_vec().into());
    overrides(content, &mut body).await?;
    Ok(body)
}

/// What of a post is to change: only what was said.
pub(super) async fn changes(content: &Content) -> Result<Map<String, Value>, Problem> {
    let mut patch = Map::new();
    if let Some(path) = &content.file {
        patch.insert("content".into(), read(path).await?.into());
    }
    overrides(content, &mut patch).await?;
    Ok(patch)
}

async fn overrides(content: &Content, body: &mut Map<String, Value>) -> Result<(), Problem> {
    let mut all = Map::new();
    for said in &content.overrides {
        let Some((platform, path)) = said.split_once('=') else {
            return Err(Problem::input(
                "override_invalid",
                format!("`{said}` names no file"),
                "Give --override NETWORK=PATH.",
            ));
        };
        let text = read(Path::new(path)).await?;
        all.insert(platform.to_owned(), serde_json::json!({ "content": text }));
    }
    if !all.is_empty() {
        body.insert("overrides".into(), all.into());
    }
    Ok(())
}

/// The text of a file, or of standard input for `-`. One line break at the end is the editor's.
async fn read(path: &Path) -> Result<String, Problem> {
    let name = path.to_owned();
    let read = tokio::task::spawn_blocking(move || bytes(&name)).await;
    let unreadable = |why: String| {
        let fix = "Check the path; the file must be text in UTF-8.";
        Problem::input("file_unreadable", format!("{}: {why}", path.display()), fix)
    };
    let bytes = read
        .map_err(|error| unreadable(error.to_string()))?
        .map_err(|error| unreadable(error.to_string()))?;
    if bytes.len() as u64 > LARGEST {
        return Err(unreadable(format!("it has more than {LARGEST} bytes")));
    }
    let mut text = String::from_utf8(bytes).map_err(|_| unreadable("it is no UTF-8".into()))?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

fn bytes(path: &PathBuf) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes)?;
    } else {
        std::fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
