//! Clips.

#[cfg(feature = "video")]
mod boxes;
#[cfg(feature = "video")]
mod chain;
#[cfg(feature = "video")]
mod frames;
#[cfg(feature = "video")]
mod job;
#[cfg(feature = "video")]
mod mux;
#[cfg(feature = "video")]
mod open;
#[cfg(feature = "video")]
mod picture;
#[cfg(feature = "video")]
mod probe;
#[cfg(feature = "video")]
mod process;
#[cfg(feature = "video")]
mod raw;
#[cfg(feature = "video")]
mod remux;
#[cfg(feature = "video")]
mod scratch;
#[cfg(feature = "video")]
mod sound;
#[cfg(feature = "video")]
mod spec;
#[cfg(feature = "video")]
mod thumbnail;
#[cfg(feature = "video")]
mod transcode;
#[cfg(not(feature = "video"))]
mod without;

#[cfg(not(feature = "video"))]
pub(crate) use without::{probe, process, thumbnail};
#[cfg(feature = "video")]
pub(crate) use {probe::probe, process::process, thumbnail::thumbnail};
