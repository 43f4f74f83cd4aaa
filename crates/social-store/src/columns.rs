//! Reading and writing columns in the vocabulary's types, whichever database they come from.

use serde::Serialize;
use serde::de::DeserializeOwned;
use social_core::Timestamp;
use social_core::ports::StoreError;
use sqlx::{ColumnIndex, Decode, Row, Type};
use uuid::Uuid;

type Result<T> = std::result::Result<T, StoreError>;

/// A row and the table it is of, so that one that does not read back can be found.
pub(crate) struct Columns<'r, R> {
    pub(crate) table: &'static str,
    pub(crate) row: &'r R,
}

impl<'r, R: Row> Columns<'r, R>
where
    for<'a> &'a str: ColumnIndex<R>,
{
    fn corrupt(&self, name: &str, detail: impl std::fmt::Display) -> StoreError {
        StoreError::Corrupt { table: self.table, detail: format!("column {name}: {detail}") }
    }

    pub(crate) fn get<T>(&self, name: &str) -> Result<T>
    where
        T: Decode<'r, R::Database> + Type<R::Database>,
    {
        self.row.try_get(name).map_err(|error| self.corrupt(name, error))
    }

    pub(crate) fn id<T>(&self, name: &str, of: fn(Uuid) -> T) -> Result<T>
    where
        Uuid: Decode<'r, R::Database> + Type<R::Database>,
    {
        self.get(name).map(of)
    }

    pub(crate) fn maybe_id<T>(&self, name: &str, of: fn(Uuid) -> T) -> Result<Option<T>>
    where
        Option<Uuid>: Decode<'r, R::Database> + Type<R::Database>,
    {
        Ok(self.get::<Option<Uuid>>(name)?.map(of))
    }

    pub(crate) fn time(&self, name: &str) -> Result<Timestamp>
    where
        i64: Decode<'r, R::Database> + Type<R::Database>,
    {
        self.get(name).map(Timestamp::from_millis)
    }

    pub(crate) fn maybe_time(&self, name: &str) -> Result<Option<Timestamp>>
    where
        Option<i64>: Decode<'r, R::Database> + Type<R::Database>,
    {
        Ok(self.get::<Option<i64>>(name)?.map(Timestamp::from_millis))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, name: &str) -> Result<T>
    where
        &'r str: Decode<'r, R::Database> + Type<R::Database>,
    {
        let text: &str = self.get(name)?;
        serde_json::from_str(text).map_err(|error| self.corrupt(name, error))
    }

    /// A value that is written as one word.
    pub(crate) fn word<T: DeserializeOwned>(&self, name: &str) -> Result<T>
    where
        String: Decode<'r, R::Database> + Type<R::Database>,
    {
        let text: String = self.get(name)?;
        serde_json::from_value(text.into()).map_err(|error| self.corrupt(name, error))
    }

    /// The same where there may be none.
    pub(crate) fn maybe_word<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>>
    where
        Option<String>: Decode<'r, R::Database> + Type<R::Database>,
    {
        let text: Option<String> = self.get(name)?;
        let read = |text: String| serde_json::from_value(text.into());
        text.map(read).transpose().map_err(|error| self.corrupt(name, error))
    }

    /// A number that is never negative, from a database that knows no such type.
    pub(crate) fn count<T: TryFrom<i64>>(&self, name: &str) -> Result<T>
    where
        i64: Decode<'r, R::Database> + Type<R::Database>,
    {
        let number: i64 = self.get(name)?;
        T::try_from(number).map_err(|_| self.corrupt(name, format!("{number} is out of range")))
    }
}

/// What goes into a JSON column.
pub(crate) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Backend(Box::new(error)))
}

/// What goes into a column of one word.
pub(crate) fn word(value: &impl Serialize) -> Result<String> {
    Ok(json(value)?.trim_matches('"').to_owned())
}

pub(crate) fn millis(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::as_millis)
}
