//! The `fields` parameter: `id,name,reactions.summary(true).limit(0),page{id,name}`.

use serde_json::{Map, Value};

/// One field asked for, with the fields asked for inside it.
struct Asked<'a> {
    name: &'a str,
    inside: Option<&'a str>,
}

fn parse(text: &str) -> Vec<Asked<'_>> {
    let mut depth = 0_i32;
    let mut start = 0;
    let mut pieces = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '{' | '(' => depth += 1,
            '}' | ')' => depth -= 1,
            ',' if depth == 0 => {
                pieces.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    pieces
        .into_iter()
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let end = piece.find(['.', '{', '(']).unwrap_or(piece.len());
            let inside = piece
                .find('{')
                .and_then(|open| piece.rfind('}').and_then(|close| piece.get(open + 1..close)));
            Asked { name: &piece[..end], inside }
        })
        .collect()
}

/// The fields of `object` that are asked for and exist, and its `id` always. Without `fields`,
/// those named in `usual`.
pub(crate) fn select(object: &Value, fields: Option<&str>, usual: &[&str]) -> Value {
    let Some(object) = object.as_object() else { return object.clone() };
    let mut chosen = Map::new();
    match fields {
        Some(fields) if !fields.is_empty() => {
            for asked in parse(fields) {
                if let Some(value) = object.get(asked.name) {
                    chosen.insert(asked.name.to_owned(), within(value, asked.inside));
                }
            }
        }
        _ => {
            for name in usual {
                if let Some(value) = object.get(*name) {
                    chosen.insert((*name).to_owned(), value.clone());
                }
            }
        }
    }
    if let Some(id) = object.get("id") {
        chosen.insert("id".to_owned(), id.clone());
    }
    chosen.retain(|_, value| !value.is_null());
    Value::Object(chosen)
}

fn within(value: &Value, inside: Option<&str>) -> Value {
    match (value, inside) {
        (Value::Object(object), Some(_)) if object.get("data").is_some_and(Value::is_array) => {
            let mut list = value.clone();
            if let Some(Value::Array(items)) = list.get_mut("data") {
                for item in items {
                    *item = select(item, inside, &[]);
                }
            }
            list
        }
        (Value::Object(_), Some(_)) => select(value, inside, &[]),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nested_and_modified_fields_are_found() {
        let object = json!({
            "id": "1", "name": "n", "other": 2, "nothing": null,
            "reactions": {"summary": {"total_count": 3}},
            "instagram_business_account": {"id": "7", "username": "u", "more": 1},
        });
        let fields = "name,nothing,reactions.summary(true).limit(0),\
            instagram_business_account{id,username}";
        assert_eq!(
            select(&object, Some(fields), &[]),
            json!({
                "id": "1", "name": "n", "reactions": {"summary": {"total_count": 3}},
                "instagram_business_account": {"id": "7", "username": "u"},
            })
        );
        assert_eq!(select(&object, None, &["other"]), json!({"id": "1", "other": 2}));
    }
}
