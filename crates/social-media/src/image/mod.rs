//! Pictures.

mod colour;
mod decode;
mod encode;
mod header;
mod orientation;
mod probe;
mod process;
mod raster;
mod scale;
mod turbo;

#[cfg(feature = "video")]
pub(crate) use encode::jpeg_processed;
#[cfg(feature = "video")]
pub(crate) use orientation::Orientation;
pub(crate) use probe::probe;
pub(crate) use process::{process_all, thumbnail};
#[cfg(feature = "video")]
pub(crate) use raster::Raster;
