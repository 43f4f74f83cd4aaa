//! Clips, HEIC and AVIF through the pipeline, by the executable that people use.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, may end a test")]

mod clips;
mod faults;
mod heif;
mod helpers;
mod hostile;
mod several;
