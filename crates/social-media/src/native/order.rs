//! What a native decoder is asked, and what it answers.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use social_core::domain::media::{ColourProfile, VideoPlan, VideoProbe};
use social_core::ports::ThumbnailAt;

use crate::Budget;

/// A piece of work on one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The file, which is only read.
    pub input: PathBuf,
    /// What it may ask of the machine.
    pub budget: Budget,
    /// How many threads may decode and encode.
    pub threads: usize,
    /// What is wanted.
    pub task: Task,
}

/// What is wanted of a file. Files to write exist, empty, before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// What the clip is. Answered by [`Answer::Clip`].
    Probe,
    /// Clips by these plans, each into its file, from one decode. Answered by [`Answer::Clips`].
    Clips(Vec<(VideoPlan, PathBuf)>),
    /// A still of the clip as rows of RGB, at most so many pixels across when upright. Answered by
    /// [`Answer::Pixels`].
    Still {
        /// Which frame.
        at: ThumbnailAt,
        /// The most pixels across.
        max_width: u32,
        /// The file for the rows.
        to: PathBuf,
    },
    /// What the HEIC or AVIF picture is. Answered by [`Answer::Picture`].
    Describe,
    /// The HEIC or AVIF picture as rows of RGB or RGBA. Answered by [`Answer::Pixels`].
    Decode {
        /// The file for the rows.
        to: PathBuf,
    },
}

/// What came of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Of a probe.
    Clip(VideoProbe),
    /// Of clips, in the order of their plans.
    Clips(Vec<Made>),
    /// Of a description.
    Picture(Facts),
    /// Of a still or a picture: the rows are in the file.
    Pixels(Pixels),
}

/// A clip that was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// The original is what was wanted, and nothing was written.
    pub kept: bool,
    /// What it is.
    pub probe: VideoProbe,
}

/// A picture as it is before it is decoded, upright.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Whether parts may be transparent.
    pub alpha: bool,
    /// How its colours are to be read.
    pub colour: ColourProfile,
    /// Whether it carries EXIF or XMP.
    pub metadata: bool,
}

/// Rows of pixels without gaps, a byte a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pixels {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Four bytes a pixel instead of three.
    pub alpha: bool,
    /// The EXIF orientation that sets them upright, 1 to 8.
    pub orientation: u8,
    /// The ICC profile of the colours, where they are not sRGB.
    pub icc: Option<Vec<u8>>,
}
