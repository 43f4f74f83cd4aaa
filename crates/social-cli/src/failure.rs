//! How the command ends when it does not end well.

use std::process::ExitCode;

use social::{BuildError, Error};

/// Why the command did not do it, with the exit code that says what to do.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// The input must be changed.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self { code: 2, message: message.into() }
    }

    /// A person must do something.
    pub(crate) fn person(message: impl Into<String>) -> Self {
        Self { code: 3, message: message.into() }
    }

    /// Trying again later may help.
    pub(crate) fn later(message: impl Into<String>) -> Self {
        Self { code: 4, message: message.into() }
    }

    /// Says it on standard error.
    #[allow(clippy::print_stderr, reason = "this is where the command speaks of errors")]
    pub(crate) fn report(self) -> ExitCode {
        eprintln!("social: {}", self.message);
        ExitCode::from(self.code)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::NeedsReauth { .. } => Self::person(message),
            Error::Store(_) | Error::Platform(_) | Error::Blob(_) => Self::later(message),
            _ => Self::input(message),
        }
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        Self::later(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::later(error.to_string())
    }
}
