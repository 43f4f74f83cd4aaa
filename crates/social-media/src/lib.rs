//! The image and video pipeline: [`LocalMedia`] reads, fits and shows pictures and clips on this
//! machine, without another service.
//!
//! What a network takes stands in `social_core::rules`; what must be done to a file so that the
//! network takes it is planned there too, purely. This crate does what the plan says:
//!
//! ```
//! use social_core::domain::PostKind;
//! use social_core::domain::media::ImageFormat;
//! use social_core::ports::{MediaPipeline, MediaSource, Progress};
//! use social_core::rules::instagram;
//! use social_media::LocalMedia;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A wide picture as it may come from a drawing program.
//! let mut png = Vec::new();
//! image::RgbImage::from_fn(2400, 800, |x, y| image::Rgb([(x / 10) as u8, (y / 4) as u8, 90]))
//!     .write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png)?;
//!
//! let rules = instagram();
//! let rule = rules.kind(PostKind::Image).and_then(|kind| kind.media.as_ref()).unwrap();
//! let media = LocalMedia::new();
//! let fitted = media
//!     .optimize_for_platform(&MediaSource::Bytes(png.into()), rule, &Progress::none())
//!     .await?;
//!
//! assert_eq!(fitted.mime, ImageFormat::Jpeg.mime());
//! assert_eq!(fitted.probe.size(), (1080, 566)); // cut to the nearest allowed shape
//! # Ok(())
//! # }
//! ```
//!
//! # Pictures
//!
//! JPEG, PNG, WebP, GIF, TIFF and BMP, told apart by their bytes and never by their name. The
//! header is read and held against the [`Budget`] before anything is decoded. The outcome is
//! upright, in sRGB, and carries no metadata but what the plan keeps.
//!
//! # Clips, HEIC and AVIF
//!
//! Their decoders are large C libraries that read what strangers made, and FFmpeg as most systems
//! ship it is under the GPL. So they run in a program of their own, `social-media-worker`, which is
//! kept warm, limited and shut in, and killed where it takes too long: see [`native`]. It is looked
//! for beside the executable that runs. Nothing of it is linked here.
//!
//! A clip that already is what the network takes is kept; one whose streams are is repacked without
//! loss; one whose sound alone is not keeps its picture; everything else becomes H.264 and AAC in
//! an MP4 with its index first.
//!
//! # Work
//!
//! Heavy work runs on the blocking threads of tokio behind a semaphore: as many pictures as cores
//! and as fit into the memory it is given, and half as many clips. [`MediaPipeline::queue`](social_core::ports::MediaPipeline::queue) shows it. A
//! call that is dropped or cancelled stops and leaves no file behind.

mod budget;
mod builder;
mod clip;
#[doc(hidden)]
pub mod errors;
mod image;
pub mod native;
mod pipeline;
mod pool;
mod queue;
mod sniff;
mod source;

pub use budget::Budget;
pub use builder::LocalMediaBuilder;
pub use image::Orientation;
pub use pipeline::LocalMedia;
