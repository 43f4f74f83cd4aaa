//! Reading and writing columns of SQLite.

use serde::de::DeserializeOwned;
use social_core::ports::StoreError;
use sqlx::sqlite::SqliteRow;

pub(super) use crate::columns::{json, millis, word};

/// A row of SQLite.
pub(super) type Columns<'r> = crate::columns::Columns<'r, SqliteRow>;

/// A whole row in its `doc`.
pub(super) fn doc<T: DeserializeOwned>(row: &Columns<'_>) -> Result<T, StoreError> {
    row.json("doc")
}
