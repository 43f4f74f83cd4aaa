//! Statements, and running them.
//!
//! SQLite runs on the thread that asks: most statements take microseconds, which is less than to
//! hand them to another thread and to be woken by the answer. Only what may wait for the disk or
//! for another process goes elsewhere ([`aside`]).

use std::fmt::Display;

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row};
use social_core::ports::StoreError;
use uuid::Uuid;

use super::error::{broken, failed};

/// A statement with its values.
#[derive(Debug)]
pub(super) struct Statement {
    sql: &'static str,
    values: Vec<Value>,
}

/// What SQLite keeps.
#[derive(Debug)]
pub(super) enum Value {
    Null,
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A statement whose values are still to be bound, in the order of their numbers.
pub(super) fn statement(sql: &'static str) -> Statement {
    Statement { sql, values: Vec::new() }
}

impl Statement {
    pub(super) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Runs it, and hands on each row that it gives back; `what` is what it is about. How many
    /// rows it touched, where it is one that writes.
    pub(super) fn each(
        &self,
        conn: &Connection,
        what: &impl Display,
        mut read: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<u64, StoreError> {
        let failed = |error| failed(error, what);
        let mut prepared = conn.prepare_cached(self.sql).map_err(failed)?;
        for (place, value) in (1..).zip(&self.values) {
            prepared.raw_bind_parameter(place, value).map_err(failed)?;
        }
        let mut rows = prepared.raw_query();
        while let Some(row) = rows.next().map_err(failed)? {
            read(row)?;
        }
        Ok(conn.changes())
    }
}

/// Runs a statement that has no values and gives nothing back.
pub(super) fn plain(conn: &Connection, sql: &'static str) -> Result<(), StoreError> {
    statement(sql).each(conn, &"the database", |_| Ok(())).map(drop)
}

/// Reads the one value that a statement without values gives back.
pub(super) fn value<T: rusqlite::types::FromSql>(
    conn: &Connection,
    sql: &'static str,
) -> Result<T, StoreError> {
    conn.query_row(sql, [], |row| row.get(0)).map_err(broken)
}

/// Does what may wait, for the disk or for another process, on a thread that is there for that. It
/// is done to its end also where nobody waits for it any more.
pub(super) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| StoreError::Backend(Box::new(error)))?
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Number(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<Uuid> for Value {
    fn from(id: Uuid) -> Self {
        Self::Bytes(id.as_bytes().to_vec())
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<&Vec<u8>> for Value {
    fn from(bytes: &Vec<u8>) -> Self {
        Self::Bytes(bytes.clone())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Number(flag.into())
    }
}

impl From<i16> for Value {
    fn from(number: i16) -> Self {
        Self::Number(number.into())
    }
}

impl From<u16> for Value {
    fn from(number: u16) -> Self {
        Self::Number(number.into())
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_reach_their_numbers_and_rows_are_counted() {
        let conn = Connection::open_in_memory().unwrap();
        plain(&conn, "CREATE TABLE t (a, b, c)").unwrap();
        let insert = statement("INSERT INTO t VALUES (?2, ?1, ?2)").bind("first").bind(7_i64);
        assert_eq!(insert.each(&conn, &"t", |_| Ok(())).unwrap(), 1);
        let insert = statement("INSERT INTO t VALUES (?1, ?2, NULL)").bind(true);
        insert.bind(None::<i64>).each(&conn, &"t", |_| Ok(())).unwrap();
        let mut read: Vec<(i64, String, i64)> = Vec::new();
        let select = statement("SELECT a, b, c FROM t WHERE a = ?1").bind(7_i64);
        let each = select.each(&conn, &"t", |row| {
            read.push((row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap()));
            Ok(())
        });
        each.unwrap();
        assert_eq!(read, [(7, "first".to_owned(), 7)]);
    }
}
