//! Short ways to say what went wrong.

use social_core::ports::{MediaError, MediaErrorKind};

/// What all work on media gives.
pub type Result<T, E = MediaError> = std::result::Result<T, E>;

/// The bytes do not hold what they say.
#[must_use]
pub fn corrupt(detail: impl Into<String>) -> MediaError {
    MediaError::new(MediaErrorKind::Corrupt, detail)
}

/// Not read here.
#[must_use]
pub fn unsupported(detail: impl Into<String>) -> MediaError {
    MediaError::new(MediaErrorKind::Unsupported, detail)
}

/// Beyond the budget.
#[must_use]
pub fn too_large(detail: impl Into<String>) -> MediaError {
    MediaError::new(MediaErrorKind::TooLarge, detail)
}

/// Nothing makes it fit.
#[must_use]
pub fn cannot_fit(detail: impl Into<String>) -> MediaError {
    MediaError::new(MediaErrorKind::CannotFit, detail)
}

/// Somebody stopped it.
#[must_use]
pub fn cancelled() -> MediaError {
    MediaError::new(MediaErrorKind::Cancelled, "the work on the media was cancelled")
}

/// The codec library failed.
#[must_use]
pub fn codec(detail: impl Into<String>) -> MediaError {
    MediaError::new(MediaErrorKind::Codec, detail)
}

/// A file could not be read or written.
#[must_use]
pub fn io(what: &str, cause: std::io::Error) -> MediaError {
    MediaError::new(MediaErrorKind::Io, format!("{what}: {cause}")).because(cause)
}

/// The bytes end before what they announce is there.
#[must_use]
pub fn cut_off(name: &str) -> MediaError {
    corrupt(format!("this {name} is cut off: its end is missing; get the whole file again"))
}

/// A number of bytes as a person reads it.
#[must_use]
pub fn size(bytes: u64) -> String {
    if bytes < 1_000_000 {
        format!("{} kB", bytes.div_ceil(1000))
    } else {
        format!("{:.1} MB", bytes as f64 / 1e6)
    }
}
