//! Pages: where one ended, and where the next begins.

use std::fmt::Display;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::app::App;
use super::codes;
use crate::Problem;

/// Clients shall not make cursors of ids: what a cursor is made of may change.
pub(crate) fn write(last: impl Display) -> String {
    URL_SAFE_NO_PAD.encode(format!("1 {last}"))
}

/// The id of the last item of the page before.
pub(crate) fn read<T: FromStr>(cursor: &str) -> Result<T, Problem> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let id = text.as_deref().and_then(|text| text.strip_prefix("1 ")).map(str::parse);
    match id {
        Some(Ok(id)) => Ok(id),
        _ => Err(codes::CURSOR_INVALID.problem("this cursor is none of ours")),
    }
}

/// The header `Link` of a page that is followed by another.
pub(crate) fn link(app: &App, path: &str, query: &[(&str, Option<&str>)]) -> String {
    let mut url = app.config.link(path);
    for (name, value) in query {
        if let Some(value) = value {
            url.query_pairs_mut().append_pair(name, value);
        }
    }
    format!("<{url}>; rel=\"next\"")
}

#[cfg(test)]
mod tests {
    use social_core::domain::PostId;

    use super::*;

    #[test]
    fn a_cursor_reads_back_and_no_other_text_does() {
        let id: PostId = "post_01JD3V9K7N3Q5R7T9V1X3Z5B7D".parse().unwrap();
        assert_eq!(read::<PostId>(&write(id)).unwrap(), id);
        for text in ["", "x", "post_01JD3V9K7N3Q5R7T9V1X3Z5B7D", "MSBwb3N0XzE"] {
            assert_eq!(read::<PostId>(text).unwrap_err().code(), "cursor_invalid", "{text}");
        }
    }
}
