//! What SQLite says, in the store's words.

use std::fmt::Display;

use rusqlite::ErrorCode;
use social_core::ports::StoreError;

/// The store's word for `error`, which came up about `what`.
pub(super) fn failed(error: rusqlite::Error, what: &impl Display) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Locked(Box::new(error))
        }
        Some(ErrorCode::DiskFull) => StoreError::Full(Box::new(error)),
        Some(ErrorCode::ConstraintViolation) => StoreError::Conflict(what.to_string()),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Corrupt { table: "the database", detail: error.to_string() }
        }
        _ => StoreError::Backend(Box::new(error)),
    }
}

/// The same where nothing in particular was asked for.
pub(super) fn broken(error: rusqlite::Error) -> StoreError {
    failed(error, &"the database")
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn a_full_disk_and_a_taken_key_are_told_apart() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch("CREATE TABLE t (a UNIQUE, b); PRAGMA max_page_count = 5").unwrap();
        conn.execute_batch("INSERT INTO t VALUES (1, 'x')").unwrap();
        let taken = conn.execute_batch("INSERT INTO t VALUES (1, 'y')").unwrap_err();
        let taken = failed(taken, &"the row");
        assert!(matches!(&taken, StoreError::Conflict(what) if what == "the row"), "{taken:?}");
        let full = conn.execute_batch("INSERT INTO t VALUES (2, zeroblob(100000))").unwrap_err();
        assert!(matches!(broken(full), StoreError::Full(_)));
        let wrong = conn.execute_batch("SELECT nothing").unwrap_err();
        assert!(matches!(broken(wrong), StoreError::Backend(_)));
    }
}
