//! Media on their way to the server, which may be on another machine.

use std::io::SeekFrom;
use std::path::Path;
use std::time::Duration;

use indicatif::ProgressBar;
use social::core::ports::{Clock as _, SystemClock};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use crate::client::{Answer, Client, Problem, calls};

/// The largest piece of a file that is sent at once; a smaller file goes whole.
const PIECE: u64 = 8 << 20;

/// How often a piece is sent again before somebody must see to it.
const RETRIES: u32 = 5;

/// Takes a file in. A large one goes in pieces, of which one at a time is in memory; where the
/// connection breaks it goes on from what arrived.
pub(super) async fn take_in(
    client: &Client,
    path: &Path,
    resume: Option<&str>,
) -> Result<Answer, Problem> {
    let unreadable = |error: std::io::Error| {
        let detail = format!("{}: {error}", path.display());
        Problem::input("file_unreadable", detail, "Check the path.")
    };
    let name = path.file_name().and_then(|name| name.to_str());
    let mut file = File::open(path).await.map_err(unreadable)?;
    let length = file.metadata().await.map_err(unreadable)?.len();
    if length <= PIECE && resume.is_none() {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).await.map_err(unreadable)?;
        return client.send(calls::media(bytes, mime(path), name)).await;
    }
    let mut state = match resume {
        Some(id) => client.send(calls::upload(id)).await?.body,
        None => client.send(calls::begin_upload(length, name)).await?.body,
    };
    if state["length"] != length {
        let detail = format!("the upload is of {} bytes, the file has {length}", state["length"]);
        return Err(Problem::input("another_file", detail, "Name the file that was begun with."));
    }
    let id = state["id"].as_str().unwrap_or_default().to_owned();
    // It shows itself where somebody sees it.
    let bar = ProgressBar::new(length).with_message("uploading");
    let clock = SystemClock::new();
    let mut failures = 0;
    loop {
        if let Some(media) = state["media_id"].as_str() {
            bar.finish_and_clear();
            return client.send(calls::media_by_id(media)).await;
        }
        let offset = state["offset"].as_u64().unwrap_or(0);
        bar.set_position(offset);
        let mut piece = Vec::new();
        file.seek(SeekFrom::Start(offset)).await.map_err(unreadable)?;
        (&mut file).take(PIECE).read_to_end(&mut piece).await.map_err(unreadable)?;
        let sent = match client.send(calls::upload_piece(&id, offset, piece)).await {
            Ok(_) => client.send(calls::upload(&id)).await,
            Err(problem) => Err(problem),
        };
        state = match sent {
            Ok(answer) => {
                failures = 0;
                answer.body
            }
            Err(problem) if failures < RETRIES && problem.exit_code() == 4 => {
                failures += 1;
                let wait = Duration::from_secs(1 << failures);
                clock.sleep_until(clock.now() + wait).await;
                // The server knows what arrived; the file did not change.
                client.send(calls::upload(&id)).await.map_or(state, |answer| answer.body)
            }
            Err(problem) if problem.exit_code() == 4 => {
                let fix = format!("Go on with: social media add {} --resume {id}", path.display());
                return Err(problem.with_fix(&fix));
            }
            Err(problem) => return Err(problem),
        };
    }
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
