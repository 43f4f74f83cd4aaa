//! Clips, by the libraries of FFmpeg.

mod boxes;
mod chain;
mod first;
mod frames;
mod job;
mod mux;
mod open;
mod picture;
mod probe;
mod process;
mod raw;
mod remux;
mod sound;
mod spec;
mod thumbnail;
mod transcode;

pub(crate) use job::Job;
pub(crate) use probe::file as probe;
pub(crate) use process::process;
pub(crate) use thumbnail::still;
