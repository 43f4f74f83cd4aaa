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
//! JPEG, PNG, WebP and GIF, told apart by their bytes and never by their name. The header is
//! read and held against the [`Budget`] before anything is decoded. The outcome is upright, in
//! sRGB, and carries no metadata.
//!
//! # Clips
//!
//! With the feature `video`, through the FFmpeg libraries of the system (`scripts/setup` installs
//! what is missing on Debian and Ubuntu). A clip that already is what the network takes is kept; one
//! whose streams are is repacked without loss; everything else becomes H.264 and AAC in an MP4
//! with its index first. Without the feature, clips are refused with a sentence that says so.
//!
//! FFmpeg as most systems ship it is built with GPL parts (x264): a program linked to it is under
//! the GPL when it is handed on. Keep that in mind before turning the feature on in a product.
//!
//! # Work
//!
//! Heavy work runs on the blocking threads of tokio behind a semaphore: as many pictures as cores,
//! and half as many clips. A call that is dropped or cancelled stops at the next frame and leaves
//! no file behind.

mod budget;
mod errors;
mod image;
mod pipeline;
mod pool;
mod sniff;
mod source;
mod video;

pub use budget::Budget;
pub use pipeline::{LocalMedia, LocalMediaBuilder};
