//! Reading and writing columns of PostgreSQL.

use serde::de::DeserializeOwned;
use social_core::ports::StoreError;
use sqlx::postgres::PgRow;
use sqlx::{Decode, Postgres, Row as _, Type};

use crate::columns::{Read, Row};
pub(super) use crate::columns::{json, millis, word};

/// A row of PostgreSQL.
pub(super) type Columns<'r> = crate::columns::Columns<'r, PgRow>;

impl Row for PgRow {
    type Error = sqlx::Error;

    fn text(&self, name: &str) -> sqlx::Result<&str> {
        self.try_get(name)
    }
}

impl<T> Read<PgRow> for T
where
    T: for<'r> Decode<'r, Postgres> + Type<Postgres>,
{
    fn read(row: &PgRow, name: &str) -> sqlx::Result<Self> {
        row.try_get(name)
    }
}

/// A whole row in its `doc`.
pub(super) fn doc<T: DeserializeOwned>(row: &Columns<'_>) -> Result<T, StoreError> {
    row.json("doc")
}
