//! Decoders written in C for `social-media`: clips by FFmpeg, HEIC and AVIF by libheif.
//!
//! They read what strangers made, and they are large. So they belong into a process of their own:
//! the executable `social-media-worker`, which `social_media::native::Workers` keeps warm, bounds
//! and kills. It shuts itself in before the first order: memory, files and processor time by
//! resource limits, no network and no new programs by seccomp, no files but its two folders by
//! Landlock; what a system does not offer is told at its start.
//!
//! An app that prefers one process gives its pipeline [`InProcess`], and bears that a crash of a
//! decoder is its own, and that a program which links a GPL build of FFmpeg is under the GPL when
//! it is handed on.

mod heif;
mod in_process;
mod sandbox;
mod serve;
mod video;
mod work;

pub use in_process::InProcess;
pub use serve::serve;
