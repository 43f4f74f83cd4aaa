//! An answer that is kept in a file.

use std::path::Path;

use serde_json::{Value, json};
use social::http::call;

use crate::client::Problem;

/// Writes an answer to `path`: what it stands for where that is a file, else its JSON. Tells what
/// was written.
pub(super) async fn write(path: &Path, answer: &Value) -> Result<Value, Problem> {
    let bytes = call::file(answer).unwrap_or_else(|| answer.to_string().into_bytes());
    tokio::fs::write(path, &bytes).await.map_err(|error| {
        Problem::input(
            "file_unwritable",
            format!("`{}` cannot be written: {error}", path.display()),
            "Name a file in a folder that you may write to.",
        )
    })?;
    Ok(json!({ "saved": path.display().to_string(), "bytes": bytes.len() }))
}
