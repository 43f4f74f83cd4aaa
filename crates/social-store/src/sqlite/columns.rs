//! Reading and writing columns of SQLite.

use rusqlite::types::FromSql;
use serde::de::DeserializeOwned;
use social_core::ports::StoreError;

use crate::columns::{Read, Row};
pub(super) use crate::columns::{json, millis, word};

/// A row of SQLite.
pub(super) type Columns<'r> = crate::columns::Columns<'r, rusqlite::Row<'r>>;

impl Row for rusqlite::Row<'_> {
    type Error = rusqlite::Error;

    fn text(&self, name: &str) -> rusqlite::Result<&str> {
        Ok(self.get_ref(name)?.as_str()?)
    }
}

impl<T: FromSql> Read<rusqlite::Row<'_>> for T {
    fn read(row: &rusqlite::Row<'_>, name: &str) -> rusqlite::Result<Self> {
        row.get(name)
    }
}

/// A whole row in its `doc`.
pub(super) fn doc<T: DeserializeOwned>(row: &Columns<'_>) -> Result<T, StoreError> {
    row.json("doc")
}
