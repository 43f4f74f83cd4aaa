//! The pipeline from outside: through its port, with files as people have them.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, may end a test")]

mod bad_files;
mod colours;
mod fit;
mod helpers;
mod hostile;

mod images;
mod jpeg_exif;
mod several;
