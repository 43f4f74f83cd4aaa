//! Statements, and several of them sent as one.
//!
//! SQLite runs on a thread of its own. To hand it a statement and to be woken by its answer costs
//! more than most statements do, so those whose answer nobody needs yet go along with the next.

use social_core::ports::StoreError;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments as _, AssertSqlSafe, Sqlite, SqliteConnection};
use uuid::Uuid;

use super::error::broken;

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

    /// Reads the row that it gives back, outside any unit.
    pub(super) async fn fetch_one(
        self,
        conn: &mut SqliteConnection,
    ) -> Result<SqliteRow, StoreError> {
        let mut batch = Batch::default();
        batch.push(self)?;
        batch.query().fetch_one(conn).await.map_err(broken)
    }
}

/// Statements that are sent together.
#[derive(Debug, Default)]
pub(super) struct Batch {
    sql: String,
    arguments: SqliteArguments,
    count: usize,
}

impl Batch {
    /// Adds a statement that has no values.
    pub(super) fn push_plain(&mut self, sql: &str) {
        self.sql.push_str(sql);
        self.sql.push(';');
    }

    /// Adds a statement, each of whose values has its number, which a test holds for all of ours.
    /// Values are numbered through all of them.
    pub(super) fn push(&mut self, statement: Statement) -> Result<(), StoreError> {
        let mut parts = statement.sql.split('?');
        self.sql.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = part.split_at(digits);
            let number: usize = number.parse().unwrap_or(0);
            self.sql.push_str(&format!("${}{rest}", self.count + number));
        }
        self.sql.push(';');
        self.count += statement.values.len();
        for value in statement.values {
            let added = match value {
                Value::Null => self.arguments.add(None::<i64>),
                Value::Number(number) => self.arguments.add(number),
                Value::Text(text) => self.arguments.add(text),
                Value::Bytes(bytes) => self.arguments.add(bytes),
            };
            added.map_err(|error| broken(sqlx::Error::Encode(error)))?;
        }
        Ok(())
    }

    /// The text of all of them.
    #[cfg(test)]
    pub(super) fn sql(&self) -> &str {
        &self.sql
    }

    /// All of them as one.
    pub(super) fn query(self) -> sqlx::query::Query<'static, Sqlite, SqliteArguments> {
        // The text is put together of the constants in `sql` alone.
        sqlx::query_with(AssertSqlSafe(self.sql), self.arguments)
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
    use sqlx::{Connection as _, Row as _};

    use super::*;

    #[tokio::test]
    async fn values_reach_the_statement_they_are_of() {
        let mut conn = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let mut batch = Batch::default();
        batch.push_plain("BEGIN");
        batch.push_plain("CREATE TABLE t (a, b, c)");
        let insert = statement("INSERT INTO t VALUES (?2, ?1, ?2)").bind("first").bind(7_i64);
        batch.push(insert).unwrap();
        let insert = statement("INSERT INTO t VALUES (?1, ?2, NULL)").bind(true);
        batch.push(insert.bind(None::<i64>)).unwrap();
        batch.push(statement("SELECT a, b, c FROM t WHERE a = ?1").bind(7_i64)).unwrap();
        let rows = batch.query().fetch_all(&mut conn).await.unwrap();
        let read: Vec<(i64, String, i64)> =
            rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
        assert_eq!(read, [(7, "first".to_owned(), 7)]);
    }
}
