//! How much a file may ask of this machine.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::errors::{Result, corrupt, size, too_large};

/// How much a file may ask of this machine, checked before anything is decoded.
///
/// A file of a few kilobytes can announce a picture of a thousand megapixels: what counts is what
/// decoding would take, not what the file weighs.
///
/// ```
/// use social_media::Budget;
///
/// let small = Budget { image_pixels: 20_000_000, ..Budget::default() };
/// assert!(small.image_bytes >= 64 << 20);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// The most bytes of a picture.
    pub image_bytes: u64,
    /// The most pixels of a picture.
    pub image_pixels: u64,
    /// The most frames of an animated picture.
    pub image_frames: u32,
    /// The most bytes of a clip.
    pub video_bytes: u64,
    /// The most pixels of one frame of a clip.
    pub video_pixels: u64,
    /// The longest clip.
    pub video_duration: Duration,
    /// The most frames of a clip.
    pub video_frames: u64,
    /// The longest that one frame of a clip may stand. Encoding repeats it all that time, so that a
    /// few bytes could ask for hours of work.
    pub video_still: Duration,
    /// The most streams of a clip.
    pub video_streams: u32,
    /// The longest that a native decoder may take for a picture, a still or a probe.
    pub picture_time: Duration,
    /// The longest that clips may take to be made.
    pub video_time: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            image_bytes: 64 << 20,
            image_pixels: 100_000_000,
            image_frames: 10_000,
            video_bytes: 4 << 30,
            // 8K, also upright.
            video_pixels: 8192 * 4352,
            video_duration: Duration::from_secs(4 * 3600),
            video_frames: 4 * 3600 * 120,
            video_still: Duration::from_secs(60),
            video_streams: 16,
            picture_time: Duration::from_secs(30),
            video_time: Duration::from_secs(2 * 3600),
        }
    }
}

impl Budget {
    /// Refuses what is beyond it; for a [`Native`](crate::native::Native).
    ///
    /// # Errors
    /// Says how much there is and how much may be.
    pub fn check_image_bytes(&self, bytes: u64) -> Result<()> {
        if bytes > self.image_bytes {
            return Err(too_large(format!(
                "the picture has {}; at most {} are read: save it smaller first",
                size(bytes),
                size(self.image_bytes),
            )));
        }
        Ok(())
    }

    /// Refuses what is beyond it; for a [`Native`](crate::native::Native).
    ///
    /// # Errors
    /// Says how much there is and how much may be.
    pub fn check_image_size(&self, width: u32, height: u32, frames: u32) -> Result<()> {
        if width == 0 || height == 0 {
            return Err(corrupt("the picture says that it has no pixels at all; export it again"));
        }
        let pixels = u64::from(width) * u64::from(height);
        if pixels > self.image_pixels {
            return Err(too_large(format!(
                "the picture has {} megapixels ({width} x {height}); at most {} are read: scale it \
                 down first",
                pixels.div_ceil(1_000_000),
                self.image_pixels / 1_000_000,
            )));
        }
        if frames > self.image_frames {
            return Err(too_large(format!(
                "the picture has more than {} frames: shorten it first",
                self.image_frames
            )));
        }
        Ok(())
    }

    /// Refuses what is beyond it; for a [`Native`](crate::native::Native).
    ///
    /// # Errors
    /// Says how much there is and how much may be.
    pub fn check_video_bytes(&self, bytes: u64) -> Result<()> {
        if bytes > self.video_bytes {
            return Err(too_large(format!(
                "the clip has {}; at most {} are read: make it smaller first",
                size(bytes),
                size(self.video_bytes),
            )));
        }
        Ok(())
    }

    /// Refuses what is beyond it; for a [`Native`](crate::native::Native).
    ///
    /// # Errors
    /// Says how much there is and how much may be.
    pub fn check_video_size(&self, width: u32, height: u32) -> Result<()> {
        if width == 0 || height == 0 {
            return Err(corrupt("the clip says that its frames have no pixels; export it again"));
        }
        let pixels = u64::from(width) * u64::from(height);
        if pixels > self.video_pixels {
            return Err(too_large(format!(
                "a frame of the clip has {} megapixels ({width} x {height}); at most {} are read: \
                 scale it down first",
                pixels.div_ceil(1_000_000),
                self.video_pixels / 1_000_000,
            )));
        }
        Ok(())
    }

    /// Refuses what is beyond it; for a [`Native`](crate::native::Native).
    ///
    /// # Errors
    /// Says how much there is and how much may be.
    pub fn check_video_length(&self, duration: Duration, frames: u64) -> Result<()> {
        if duration > self.video_duration {
            return Err(too_large(format!(
                "the clip runs {} minutes; at most {} are read: cut it first",
                duration.as_secs().div_ceil(60),
                self.video_duration.as_secs() / 60,
            )));
        }
        if frames > self.video_frames {
            return Err(too_large(format!(
                "the clip has {frames} frames; at most {} are read: cut it first",
                self.video_frames
            )));
        }
        Ok(())
    }

    /// Refuses what is beyond it; for a [`Native`](crate::native::Native).
    ///
    /// # Errors
    /// Says how long a frame may stand.
    pub fn check_video_still(&self, seconds: f64) -> Result<()> {
        if seconds > self.video_still.as_secs_f64() {
            return Err(corrupt(format!(
                "a frame of the clip stands still for {seconds:.0} s; at most {} s are shown: export \
                 the clip again",
                self.video_still.as_secs(),
            )));
        }
        Ok(())
    }
}
