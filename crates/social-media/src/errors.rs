//! Short ways to say what went wrong.

use social_core::ports::{MediaError, MediaErrorKind};

pub(crate) type Result<T, E = MediaError> = std::result::Result<T, E>;

pub(crate) fn corrupt(detail: impl Into<String>) -> MediaError {
    MediaError::new(MediaErrorKind::Corrupt, detail)
}

pub(crate) fn unsupported(detail: impl Into<String>) -> MediaError {
    MediaError::new(MediaErrorKind::Unsupported, detail)
}

pub(crate) fn too_large(detail: impl Into<String>) -> MediaError {
    MediaError::new(MediaErrorKind::TooLarge, detail)
}

pub(crate) fn cannot_fit(detail: impl Into<String>) -> MediaError {
    MediaError::new(MediaErrorKind::CannotFit, detail)
}

pub(crate) fn cancelled() -> MediaError {
    MediaError::new(MediaErrorKind::Cancelled, "the work on the media was cancelled")
}

pub(crate) fn codec(detail: impl Into<String>) -> MediaError {
    MediaError::new(MediaErrorKind::Codec, detail)
}

pub(crate) fn io(what: &str, cause: std::io::Error) -> MediaError {
    MediaError::new(MediaErrorKind::Io, format!("{what}: {cause}")).because(cause)
}

/// The bytes end before what they announce is there.
pub(crate) fn cut_off(name: &str) -> MediaError {
    corrupt(format!("this {name} is cut off: its end is missing; get the whole file again"))
}

/// A number of bytes as a person reads it.
pub(crate) fn size(bytes: u64) -> String {
    if bytes < 1_000_000 {
        format!("{} kB", bytes.div_ceil(1000))
    } else {
        format!("{:.1} MB", bytes as f64 / 1e6)
    }
}
