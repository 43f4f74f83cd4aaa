//! Reading and writing columns in the vocabulary's types.

use serde::Serialize;
use serde::de::DeserializeOwned;
use social_core::Timestamp;
use social_core::ports::StoreError;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Row as _, Sqlite, Type};
use uuid::Uuid;

type Result<T> = std::result::Result<T, StoreError>;

/// A row and the table it is of, so that one that does not read back can be found.
pub(super) struct Columns<'r> {
    pub(super) table: &'static str,
    pub(super) row: &'r SqliteRow,
}

impl<'r> Columns<'r> {
    fn corrupt(&self, name: &str, detail: impl std::fmt::Display) -> StoreError {
        StoreError::Corrupt { table: self.table, detail: format!("column {name}: {detail}") }
    }

    pub(super) fn get<T: Decode<'r, Sqlite> + Type<Sqlite>>(&self, name: &str) -> Result<T> {
        self.row.try_get(name).map_err(|error| self.corrupt(name, error))
    }

    pub(super) fn id<T>(&self, name: &str, of: fn(Uuid) -> T) -> Result<T> {
        self.get(name).map(of)
    }

    pub(super) fn maybe_id<T>(&self, name: &str, of: fn(Uuid) -> T) -> Result<Option<T>> {
        Ok(self.get::<Option<Uuid>>(name)?.map(of))
    }

    pub(super) fn time(&self, name: &str) -> Result<Timestamp> {
        self.get(name).map(Timestamp::from_millis)
    }

    pub(super) fn maybe_time(&self, name: &str) -> Result<Option<Timestamp>> {
        Ok(self.get::<Option<i64>>(name)?.map(Timestamp::from_millis))
    }

    pub(super) fn json<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        let text: &str = self.get(name)?;
        serde_json::from_str(text).map_err(|error| self.corrupt(name, error))
    }

    /// A value that is written as one word.
    pub(super) fn word<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        let text: String = self.get(name)?;
        serde_json::from_value(text.into()).map_err(|error| self.corrupt(name, error))
    }
}

/// A whole row in its `doc`.
pub(super) fn doc<T: DeserializeOwned>(row: &Columns<'_>) -> Result<T> {
    row.json("doc")
}

/// What goes into a JSON column.
pub(super) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Backend(Box::new(error)))
}

/// What goes into a column of one word.
pub(super) fn word(value: &impl Serialize) -> Result<String> {
    Ok(json(value)?.trim_matches('"').to_owned())
}

pub(super) fn millis(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::as_millis)
}
