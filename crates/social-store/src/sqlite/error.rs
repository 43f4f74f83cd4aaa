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
