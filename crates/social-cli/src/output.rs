//! Where the command speaks.

use std::io::IsTerminal as _;

use serde_json::Value;

/// Prints a line.
#[allow(clippy::print_stdout, reason = "this is where the command speaks")]
pub(crate) fn say(line: impl AsRef<str>) {
    println!("{}", line.as_ref());
}

/// Prints one JSON value on a line of its own.
pub(crate) fn say_json(value: &Value) {
    say(value.to_string());
}

/// Says something beside the answer, on standard error.
#[allow(clippy::print_stderr, reason = "this is where the command speaks of errors")]
pub(crate) fn complain(line: impl AsRef<str>) {
    eprintln!("{}", line.as_ref());
}

/// For whom an answer is: a program or a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// One JSON object.
    Json,
    /// Lines to read.
    Text,
}

impl Output {
    /// JSON where it is asked for, and where no terminal takes the output.
    pub(crate) fn choose(json: bool) -> Self {
        if json || !std::io::stdout().is_terminal() { Self::Json } else { Self::Text }
    }

    /// Prints an answer, for people as `lines` makes it.
    pub(crate) fn answer(self, answer: &Value, lines: impl Fn(&Value) -> Vec<String>) {
        match self {
            Self::Json => say_json(answer),
            Self::Text => lines(answer).iter().for_each(say),
        }
    }
}
