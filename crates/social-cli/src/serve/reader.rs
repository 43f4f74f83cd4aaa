//! Reading a configuration so that all that is wrong with it is found at once.

use serde_json::{Map, Value};

/// A table of the configuration, read field by field. What was not asked for by the end is unknown.
pub(super) struct Reader<'p> {
    name: String,
    fields: Map<String, Value>,
    asked: Vec<&'static str>,
    problems: &'p mut Vec<String>,
}

impl<'p> Reader<'p> {
    /// Reads `value`, which stands at `name`; empty for the whole file.
    pub(super) fn new(name: &str, value: Value, problems: &'p mut Vec<String>) -> Self {
        let fields = match value {
            Value::Object(fields) => fields,
            Value::Null => Map::new(),
            _ => {
                problems.push(format!("`{name}` must be a table"));
                Map::new()
            }
        };
        Self { name: name.to_owned(), fields, asked: Vec::new(), problems }
    }

    /// A text, which must not be empty.
    pub(super) fn text(&mut self, field: &'static str) -> Option<String> {
        match self.take(field)? {
            Value::String(text) if !text.trim().is_empty() => Some(text),
            _ => self.wrong(field, "must be a text that is not empty"),
        }
    }

    pub(super) fn flag(&mut self, field: &'static str) -> Option<bool> {
        match self.take(field)? {
            Value::Bool(flag) => Some(flag),
            _ => self.wrong(field, "must be true or false"),
        }
    }

    /// A number from 1 on.
    pub(super) fn count(&mut self, field: &'static str) -> Option<usize> {
        let count = self.take(field)?.as_u64().and_then(|count| usize::try_from(count).ok());
        match count {
            Some(count) if count > 0 => Some(count),
            _ => self.wrong(field, "must be a number from 1 on"),
        }
    }

    /// A number from 0 on.
    pub(super) fn number(&mut self, field: &'static str) -> Option<u64> {
        match self.take(field)?.as_u64() {
            Some(number) => Some(number),
            None => self.wrong(field, "must be a number from 0 on"),
        }
    }

    pub(super) fn texts(&mut self, field: &'static str) -> Option<Vec<String>> {
        let value = self.take(field)?;
        let texts = value.as_array().and_then(|items| {
            items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        });
        match texts {
            Some(texts) => Some(texts),
            None => self.wrong(field, "must be a list of texts"),
        }
    }

    /// The value as it is; null where there is none.
    pub(super) fn raw(&mut self, field: &'static str) -> Value {
        self.take(field).unwrap_or_default()
    }

    pub(super) fn problem(&mut self, problem: impl Into<String>) {
        self.problems.push(problem.into());
    }

    /// Ends the table: what is left in it is unknown.
    pub(super) fn end(self) {
        for field in self.fields.keys() {
            let place = place(&self.name, field);
            self.problems
                .push(format!("`{place}` is unknown; known are {}", self.asked.join(", ")));
        }
    }

    fn take(&mut self, field: &'static str) -> Option<Value> {
        self.asked.push(field);
        self.fields.remove(field)
    }

    fn wrong<T>(&mut self, field: &str, why: &str) -> Option<T> {
        self.problems.push(format!("`{}` {why}", place(&self.name, field)));
        None
    }
}

fn place(table: &str, field: &str) -> String {
    if table.is_empty() { field.to_owned() } else { format!("{table}.{field}") }
}
