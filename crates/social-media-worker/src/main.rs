//! `social-media-worker`: does what `social-media` orders over standard input, and nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    social_media_worker::serve()
}
