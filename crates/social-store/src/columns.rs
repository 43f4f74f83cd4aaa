//! Reading and writing columns in the vocabulary's types, whichever database they come from.

use std::fmt::Display;

use serde::Serialize;
use serde::de::DeserializeOwned;
use social_core::Timestamp;
use social_core::ports::StoreError;
use uuid::Uuid;

type Result<T> = std::result::Result<T, StoreError>;

/// A row of a database.
pub(crate) trait Row {
    type Error: Display;

    /// The text of a column.
    fn text(&self, name: &str) -> std::result::Result<&str, Self::Error>;
}

/// What a row of `R` can hold.
pub(crate) trait Read<R: Row>: Sized {
    fn read(row: &R, name: &str) -> std::result::Result<Self, R::Error>;
}

/// A row and the table it is of, so that one that does not read back can be found.
pub(crate) struct Columns<'r, R> {
    pub(crate) table: &'static str,
    pub(crate) row: &'r R,
}

impl<R: Row> Columns<'_, R> {
    fn corrupt(&self, name: &str, detail: impl Display) -> StoreError {
        StoreError::Corrupt { table: self.table, detail: format!("column {name}: {detail}") }
    }

    pub(crate) fn get<T: Read<R>>(&self, name: &str) -> Result<T> {
        T::read(self.row, name).map_err(|error| self.corrupt(name, error))
    }

    pub(crate) fn id<T>(&self, name: &str, of: fn(Uuid) -> T) -> Result<T>
    where
        Uuid: Read<R>,
    {
        self.get(name).map(of)
    }

    pub(crate) fn maybe_id<T>(&self, name: &str, of: fn(Uuid) -> T) -> Result<Option<T>>
    where
        Option<Uuid>: Read<R>,
    {
        Ok(self.get::<Option<Uuid>>(name)?.map(of))
    }

    pub(crate) fn time(&self, name: &str) -> Result<Timestamp>
    where
        i64: Read<R>,
    {
        self.get(name).map(Timestamp::from_millis)
    }

    pub(crate) fn maybe_time(&self, name: &str) -> Result<Option<Timestamp>>
    where
        Option<i64>: Read<R>,
    {
        Ok(self.get::<Option<i64>>(name)?.map(Timestamp::from_millis))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        let text = self.row.text(name).map_err(|error| self.corrupt(name, error))?;
        serde_json::from_str(text).map_err(|error| self.corrupt(name, error))
    }

    /// A value that is written as one word.
    pub(crate) fn word<T: DeserializeOwned>(&self, name: &str) -> Result<T>
    where
        String: Read<R>,
    {
        let text: String = self.get(name)?;
        serde_json::from_value(text.into()).map_err(|error| self.corrupt(name, error))
    }

    /// The same where there may be none.
    pub(crate) fn maybe_word<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>>
    where
        Option<String>: Read<R>,
    {
        let text: Option<String> = self.get(name)?;
        let read = |text: String| serde_json::from_value(text.into());
        text.map(read).transpose().map_err(|error| self.corrupt(name, error))
    }

    /// A number that is never negative, from a database that knows no such type.
    #[cfg(feature = "postgres")]
    pub(crate) fn count<T: TryFrom<i64>>(&self, name: &str) -> Result<T>
    where
        i64: Read<R>,
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
