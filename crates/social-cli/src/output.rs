//! Where the command speaks.

/// Prints a line.
#[allow(clippy::print_stdout, reason = "this is where the command speaks")]
pub(crate) fn say(line: impl AsRef<str>) {
    println!("{}", line.as_ref());
}

/// Prints one JSON value on a line of its own.
pub(crate) fn say_json(value: &serde_json::Value) {
    say(value.to_string());
}
