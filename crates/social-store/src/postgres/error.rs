//! What PostgreSQL says, in the store's words.

use std::fmt::Display;

use social_core::ports::StoreError;

/// The store's word for `error`, which came up about `what`.
///
/// Codes: <https://www.postgresql.org/docs/current/errcodes-appendix.html>. Two units that wait
/// for each other are told apart by the database, which ends one of them: whoever reads again and
/// repeats the change gets it done, which is what a conflict asks for.
pub(super) fn failed(error: sqlx::Error, what: &impl Display) -> StoreError {
    let code = match &error {
        sqlx::Error::Database(error) => error.code().unwrap_or_default().into_owned(),
        _ => String::new(),
    };
    match code.as_str() {
        // An integrity constraint, a serialisation failure, a deadlock.
        "40001" | "40P01" => StoreError::Conflict(what.to_string()),
        code if code.starts_with("23") => StoreError::Conflict(what.to_string()),
        // A lock was not to be had in time.
        "55P03" => StoreError::Locked(Box::new(error)),
        "53100" => StoreError::Full(Box::new(error)),
        "XX001" | "XX002" => {
            StoreError::Corrupt { table: "the database", detail: error.to_string() }
        }
        _ => StoreError::Backend(Box::new(error)),
    }
}

/// The same where nothing in particular was asked for.
pub(super) fn broken(error: sqlx::Error) -> StoreError {
    failed(error, &"the database")
}
