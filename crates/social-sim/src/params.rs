//! Query, form, multipart and JSON merged into one set of parameters, as the Graph API does.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, header};
use serde_json::Value;

/// The parameters of a request. A nested JSON value is kept as its JSON text, which is also how
/// a form carries it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Params {
    values: BTreeMap<String, String>,
    files: BTreeMap<String, Bytes>,
}

impl Params {
    pub(crate) fn read(query: &str, headers: &HeaderMap, body: &Bytes) -> Self {
        let mut params = Self::default();
        params.form(query.as_bytes());
        let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
        if kind.starts_with("application/x-www-form-urlencoded") {
            params.form(body);
        } else if kind.starts_with("application/json") {
            if let Ok(Value::Object(object)) = serde_json::from_slice(body) {
                for (name, value) in object {
                    let text = match value {
                        Value::String(text) => text,
                        Value::Null => continue,
                        other => other.to_string(),
                    };
                    params.values.insert(name, text);
                }
            }
        } else if let Some(boundary) = boundary(kind) {
            params.multipart(body, &boundary);
        }
        params
    }

    fn form(&mut self, text: &[u8]) {
        for (name, value) in form_urlencoded::parse(text) {
            self.values.insert(name.into_owned(), value.into_owned());
        }
    }

    fn multipart(&mut self, body: &Bytes, boundary: &str) {
        let mark = format!("--{boundary}");
        let mut at = match find(body, mark.as_bytes(), 0) {
            Some(start) => start + mark.len(),
            None => return,
        };
        let end_mark = format!("\r\n--{boundary}");
        while let Some(head_end) = find(body, b"\r\n\r\n", at) {
            let head = String::from_utf8_lossy(&body[at..head_end]).into_owned();
            let start = head_end + 4;
            let Some(end) = find(body, end_mark.as_bytes(), start.saturating_sub(2)) else {
                return;
            };
            let piece = body.slice(start..end.max(start));
            if let Some(name) = quoted(&head, "name=") {
                if head.contains("filename") {
                    self.files.insert(name, piece);
                } else {
                    self.values.insert(name, String::from_utf8_lossy(&piece).into_owned());
                }
            }
            at = end + end_mark.len();
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The value, where it is there and not empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    pub(crate) fn file(&self, name: &str) -> Option<&Bytes> {
        self.files.get(name)
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).and_then(|value| match value {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        })
    }

    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.get(name).and_then(|value| value.parse().ok())
    }

    /// A list: JSON text, `name[0]`, `name[1]` …, or separated by commas.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        if let Some(text) = self.filled(name) {
            if let Ok(Value::Array(items)) = serde_json::from_str(text) {
                return items
                    .into_iter()
                    .map(|item| match item {
                        Value::String(text) => text,
                        other => other.to_string(),
                    })
                    .collect();
            }
            return text.split(',').map(|item| item.trim().to_owned()).collect();
        }
        (0..).map_while(|index| self.get(&format!("{name}[{index}]")).map(str::to_owned)).collect()
    }
}

fn boundary(kind: &str) -> Option<String> {
    let rest = kind.strip_prefix("multipart/form-data")?;
    let at = rest.find("boundary=")? + "boundary=".len();
    let value = rest.get(at..)?;
    Some(value.split(';').next().unwrap_or(value).trim().trim_matches('"').to_owned())
}

fn quoted(head: &str, key: &str) -> Option<String> {
    // `filename=` ends in `name=` too, so the one sought has a space or a semicolon before it.
    let at = head
        .match_indices(key)
        .find(|(at, _)| head[..*at].ends_with([' ', ';']))
        .map(|(at, _)| at + key.len())?;
    let value = head.get(at..)?;
    match value.strip_prefix('"') {
        Some(rest) => rest.split('"').next().map(str::to_owned),
        None => value.split([';', '\r']).next().map(|v| v.trim().to_owned()),
    }
}

fn find(haystack: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    haystack
        .get(from..)?
        .windows(needle.len())
        .position(|window| window == needle)
        .map(|at| at + from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_multipart_form_keeps_texts_and_files_apart() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static("multipart/form-data; boundary=xyz"),
        );
        let body = "--xyz\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\nhi\r\n--xyz\r\n\
            Content-Disposition: form-data; filename=\"a.jpg\"; name=\"source\"\r\n\
            Content-Type: image/jpeg\r\n\r\n\r\n\x01\r\n\r\n--xyz--\r\n";
        let params = Params::read("message=old&x=1", &headers, &Bytes::from(body));
        assert_eq!(params.get("message"), Some("hi"));
        assert_eq!(params.get("x"), Some("1"));
        assert_eq!(params.file("source").unwrap().as_ref(), b"\r\n\x01\r\n");
    }
}
