//! An answer for people: names and values, lists as tables.

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Map, Value};

/// An answer in lines.
pub(crate) fn lines(answer: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    match answer {
        Value::Object(fields) => object(fields, 0, &mut lines),
        other => lines.push(scalar(other)),
    }
    lines
}

/// What people look for first.
const FIRST: [&str; 4] = ["id", "platform", "handle", "status"];

/// In the order in which people look: what it is, its plain values, then what lies deeper.
fn ordered(fields: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut fields: Vec<_> = fields.iter().collect();
    let deep = |value: &Value| match value {
        Value::Object(_) => 2,
        Value::Array(items) if items.iter().any(Value::is_object) => 2,
        _ => 1,
    };
    fields.sort_by_key(|(name, value)| {
        let first = FIRST.iter().position(|first| first == name);
        (deep(value), first.unwrap_or(FIRST.len()))
    });
    fields
}

fn object(fields: &Map<String, Value>, depth: usize, lines: &mut Vec<String>) {
    let indent = "  ".repeat(depth);
    for (name, value) in ordered(fields) {
        match value {
            Value::Null => {}
            Value::Object(inner) if inner.is_empty() => {}
            Value::Object(inner) => {
                lines.push(format!("{indent}{name}"));
                object(inner, depth + 1, lines);
            }
            Value::Array(items) if items.is_empty() && depth == 0 => {
                lines.push(format!("{indent}{name}: none"));
            }
            Value::Array(items) if items.is_empty() => {}
            Value::Array(items) if items.iter().all(Value::is_object) => {
                if name != "items" {
                    lines.push(format!("{indent}{name}"));
                }
                lines.push(table(items));
            }
            other => lines.push(format!("{indent}{name}: {}", scalar(other))),
        }
    }
}

/// One column for each name that any of the items has.
fn table(items: &[Value]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for item in items.iter().filter_map(Value::as_object) {
        for (name, value) in ordered(item) {
            if !value.is_null() && !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
    }
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(&names);
    for item in items {
        table.add_row(names.iter().map(|name| scalar(&item[*name])));
    }
    table.to_string()
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => printable(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(scalar).collect();
            items.join(", ")
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| format!("{name}: {}", scalar(value)))
                .collect();
            fields.join("\n")
        }
        other => other.to_string(),
    }
}

/// Names and texts come from networks: what would steer the terminal is left out.
pub(crate) fn printable(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_post_reads_as_lines_and_a_table() {
        let post = json!({
            "id": "post_1", "status": "partial", "time": null,
            "results": [
                {"platform": "instagram", "status": "published", "url": "https://i.example/1"},
                {"platform": "tiktok", "status": "failed", "error": {"code": "too_long"}},
            ],
        });
        let text = lines(&post).join("\n");
        assert!(text.starts_with("id: post_1\nstatus: partial"), "{text}");
        assert!(!text.contains("time"), "{text}");
        for word in ["instagram", "https://i.example/1", "code: too_long"] {
            assert!(text.contains(word), "{text}");
        }
    }

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\u{9b}c"), "a[2Jbc");
    }
}
