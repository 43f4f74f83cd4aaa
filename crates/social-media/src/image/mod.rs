//! Pictures.

mod colour;
mod credit;
mod decode;
mod encode;
mod focus;
mod header;
mod met;
mod orientation;
mod pad;
mod probe;
mod process;
mod raster;
mod scale;
mod spare;
mod turbo;

pub(crate) use encode::jpeg_processed;
pub(crate) use focus::find_in as focus_in;
pub(crate) use header::{Header, read as header};
pub use orientation::Orientation;
pub(crate) use probe::{probe, probe_with_focus};
pub(crate) use process::{process_all, process_raster, thumbnail, thumbnail_of};
pub(crate) use raster::Raster;
