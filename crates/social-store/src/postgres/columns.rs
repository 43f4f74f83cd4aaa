//! Reading and writing columns of PostgreSQL.

use serde::de::DeserializeOwned;
use social_core::ports::StoreError;
use sqlx::postgres::PgRow;

pub(super) use crate::columns::{json, millis, word};

/// A row of PostgreSQL.
pub(super) type Columns<'r> = crate::columns::Columns<'r, PgRow>;

/// A whole row in its `doc`.
pub(super) fn doc<T: DeserializeOwned>(row: &Columns<'_>) -> Result<T, StoreError> {
    row.json("doc")
}
