//! What SQLite says, in the store's words.

use std::fmt::Display;

use social_core::ports::StoreError;

/// The primary codes of SQLite that mean something to a caller.
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CONSTRAINT: i32 = 19;
const NOT_A_DATABASE: i32 = 26;

/// The store's word for `error`, which came up about `what`.
pub(super) fn failed(error: sqlx::Error, what: &impl Display) -> StoreError {
    let code = match &error {
        sqlx::Error::Database(error) => error.code().and_then(|code| code.parse::<i32>().ok()),
        _ => None,
    };
    // The low byte is the primary code; what is above it says more than anyone acts on.
    match code.map(|code| code & 0xff) {
        Some(BUSY | LOCKED) => StoreError::Locked(Box::new(error)),
        Some(FULL) => StoreError::Full(Box::new(error)),
        Some(CONSTRAINT) => StoreError::Conflict(what.to_string()),
        Some(CORRUPT | NOT_A_DATABASE) => {
            StoreError::Corrupt { table: "the database", detail: error.to_string() }
        }
        _ => StoreError::Backend(Box::new(error)),
    }
}

/// The same where nothing in particular was asked for.
pub(super) fn broken(error: sqlx::Error) -> StoreError {
    failed(error, &"the database")
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection as _, Executor as _, SqliteConnection};

    use super::*;

    #[tokio::test]
    async fn a_full_disk_and_a_taken_key_are_told_apart() {
        let mut conn = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        conn.execute("CREATE TABLE t (a UNIQUE, b)").await.unwrap();
        conn.execute("PRAGMA max_page_count = 5").await.unwrap();
        conn.execute("INSERT INTO t VALUES (1, 'x')").await.unwrap();
        let taken = conn.execute("INSERT INTO t VALUES (1, 'y')").await.unwrap_err();
        let taken = failed(taken, &"the row");
        assert!(matches!(&taken, StoreError::Conflict(what) if what == "the row"), "{taken:?}");
        let full = conn.execute("INSERT INTO t VALUES (2, zeroblob(100000))").await.unwrap_err();
        assert!(matches!(broken(full), StoreError::Full(_)));
        let wrong = conn.execute("SELECT nothing").await.unwrap_err();
        assert!(matches!(broken(wrong), StoreError::Backend(_)));
    }
}
