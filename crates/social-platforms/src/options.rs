//! Options of a post that only one network knows.

use serde_json::{Map, Value};

/// The options named in `known`, as form fields: text as it is, all else as JSON.
pub(crate) fn fields(
    options: &Map<String, Value>,
    known: &[&'static str],
) -> Vec<(&'static str, String)> {
    let value = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    known.iter().filter_map(|&name| Some((name, value(options.get(name)?)))).collect()
}

/// The text option `name`, where it is there and not empty.
pub(crate) fn text<'a>(options: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    options.get(name)?.as_str().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_options_go_on() {
        let options = serde_json::json!({"location_id": "7", "collaborators": ["a"], "x": 1});
        let options = options.as_object().unwrap();
        let fields = fields(options, &["collaborators", "location_id", "share_to_feed"]);
        assert_eq!(fields, [("collaborators", "[\"a\"]".into()), ("location_id", "7".into())]);
        assert_eq!(text(options, "location_id"), Some("7"));
        assert_eq!(text(options, "x"), None);
    }
}
