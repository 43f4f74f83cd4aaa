//! How the command ends when it does not end well.

use std::process::ExitCode;

use social::core::engine::ArchiveError;
use social::{BuildError, Error};

use crate::client::Problem;
use crate::output::{Output, complain, say_json};
use crate::remote::printable;

/// Why the command did not do it, with the exit code that says what to do.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    what: What,
}

#[derive(Debug)]
enum What {
    /// For people.
    Message(String),
    /// In the API's form, for whoever reads the output.
    Problem(Box<Problem>, Output),
    /// It was said already.
    Said,
}

impl Failure {
    /// The input must be changed.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self { code: 2, what: What::Message(message.into()) }
    }

    /// A person must do something.
    pub(crate) fn person(message: impl Into<String>) -> Self {
        Self { code: 3, what: What::Message(message.into()) }
    }

    /// Trying again later may help.
    pub(crate) fn later(message: impl Into<String>) -> Self {
        Self { code: 4, what: What::Message(message.into()) }
    }

    /// A problem, which goes where the answer would have gone.
    pub(crate) fn problem(problem: Problem, output: Output) -> Self {
        Self { code: problem.exit_code(), what: What::Problem(Box::new(problem), output) }
    }

    /// What there is to say was said; only the exit code is left.
    pub(crate) fn said(code: u8) -> Self {
        Self { code, what: What::Said }
    }

    /// Says it.
    pub(crate) fn report(self) -> ExitCode {
        match self.what {
            What::Message(message) => complain(format!("social: {message}")),
            What::Problem(problem, Output::Json) => say_json(problem.body()),
            What::Problem(problem, Output::Text) => {
                let lines = problem.lines();
                complain(format!("social: {}", printable(&lines.join("\n"))));
            }
            What::Said => {}
        }
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

impl From<ArchiveError> for Failure {
    fn from(error: ArchiveError) -> Self {
        match error {
            ArchiveError::Engine(error) => error.into(),
            ArchiveError::Io(error) => error.into(),
            other => Self::input(other.to_string()),
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
