//! What is known of a picture or a clip, and what is to be done with it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A format of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ImageFormat {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
    /// GIF, still or animated.
    Gif,
    /// TIFF, as scanners and photo editors write it.
    Tiff,
    /// BMP.
    Bmp,
    /// HEIC, as phones of Apple write it.
    Heic,
    /// AVIF.
    Avif,
}

impl ImageFormat {
    /// The media type.
    #[must_use]
    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Tiff => "image/tiff",
            Self::Bmp => "image/bmp",
            Self::Heic => "image/heic",
            Self::Avif => "image/avif",
        }
    }

    /// The usual ending of a file's name.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Tiff => "tiff",
            Self::Bmp => "bmp",
            Self::Heic => "heic",
            Self::Avif => "avif",
        }
    }
}

/// How the colours of a picture are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColourProfile {
    /// No profile: sRGB by convention.
    Untagged,
    /// A profile that says sRGB.
    Srgb,
    /// Another profile (Display P3, Adobe RGB, …), which must be converted.
    Other,
}

/// What probing a picture found. Sizes are as a person sees it: after the EXIF orientation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageProbe {
    /// The format of the bytes, not of the file's name.
    pub format: ImageFormat,
    /// Pixels across, upright.
    pub width: u32,
    /// Pixels down, upright.
    pub height: u32,
    /// How many bytes the file has.
    pub bytes: u64,
    /// EXIF orientation, 1 to 8; 1 is upright.
    pub orientation: u8,
    /// Whether it has transparency.
    pub alpha: bool,
    /// Whether it has more than one frame.
    pub animated: bool,
    /// Its colour profile.
    pub colour: ColourProfile,
    /// Whether it carries EXIF, XMP or IPTC, which may tell where it was taken.
    pub metadata: bool,
    /// How long it moves, where it is a GIF with more than one frame: what a clip made of it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motion: Option<Motion>,
    /// What a person looks at first, which a crop keeps in sight. `None` stands for the middle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focus: Option<Focus>,
}

/// The frames of an animated picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Motion {
    /// How many.
    pub frames: u32,
    /// How long one round of them takes.
    pub duration: Duration,
}

/// A place in a picture, upright, in thousandths of its width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Focus {
    /// From the left, 0 to 1000.
    pub x: u16,
    /// From the top, 0 to 1000.
    pub y: u16,
}

/// What a picture is laid on where it leaves room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Backdrop {
    /// One colour: red, green, blue.
    Colour([u8; 3]),
    /// The picture itself, enlarged and blurred.
    Blur,
}

/// What of a picture's metadata stays. Everything else goes, the place above all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Keep {
    /// Who made it and whose it is (EXIF artist and copyright).
    pub credit: bool,
    /// When it was taken (EXIF date and time).
    pub taken_at: bool,
}

/// What probing a clip found. Sizes are as a person sees it: after the rotation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VideoProbe {
    /// The container as FFmpeg names it: `mp4`, `mov`, `webm`, `avi`, …
    pub container: String,
    /// The video codec as FFmpeg names it: `h264`, `hevc`, `vp9`, …
    pub codec: String,
    /// The codec's profile and the pixel format, such as `yuv420p`.
    pub pixel_format: String,
    /// The audio codec, where there is sound.
    pub audio: Option<AudioProbe>,
    /// Pixels across, upright.
    pub width: u32,
    /// Pixels down, upright.
    pub height: u32,
    /// Degrees clockwise that the player turns the picture: 0, 90, 180 or 270.
    pub rotation: u16,
    /// How long it runs.
    pub duration: Duration,
    /// Frames a second.
    pub fps: f64,
    /// Bits a second in all.
    pub bitrate: u64,
    /// How many bytes the file has.
    pub bytes: u64,
    /// Whether the index stands before the frames, as networks that stream it want.
    pub index_first: bool,
    /// Whether the container has an edit list, which some networks refuse.
    pub edit_list: bool,
}

/// The sound of a clip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioProbe {
    /// The codec as FFmpeg names it: `aac`, `mp3`, …
    pub codec: String,
    /// How many channels.
    pub channels: u16,
    /// Samples a second.
    pub sample_rate: u32,
}

/// A format of files of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DocumentFormat {
    /// PDF.
    Pdf,
}

impl DocumentFormat {
    /// The media type.
    #[must_use]
    pub fn mime(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
        }
    }

    /// The usual ending of a file's name.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
        }
    }
}

/// What probing a file of pages found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentProbe {
    /// The format of the bytes, not of the file's name.
    pub format: DocumentFormat,
    /// How many bytes the file has.
    pub bytes: u64,
}

/// What probing a file found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum MediaProbe {
    /// A picture.
    Image(ImageProbe),
    /// A clip.
    Video(VideoProbe),
    /// A file of pages.
    Document(DocumentProbe),
}

impl MediaProbe {
    /// Width and height, upright; of a file of pages none.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        match self {
            Self::Image(image) => (image.width, image.height),
            Self::Video(video) => (video.width, video.height),
            Self::Document(_) => (0, 0),
        }
    }

    /// How many bytes the file has.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Image(image) => image.bytes,
            Self::Video(video) => video.bytes,
            Self::Document(document) => document.bytes,
        }
    }

    /// Whether it is a clip.
    #[must_use]
    pub fn is_video(&self) -> bool {
        matches!(self, Self::Video(_))
    }
}

/// A rectangle of a picture, upright, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Crop {
    /// The left edge.
    pub x: u32,
    /// The upper edge.
    pub y: u32,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// What is to be done with a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImagePlan {
    /// Nothing at all: the bytes already are what the network takes.
    pub keep: bool,
    /// What to cut out first, of the upright picture.
    pub crop: Option<Crop>,
    /// Pixels across in the end.
    pub width: u32,
    /// Pixels down in the end.
    pub height: u32,
    /// The format in the end.
    pub format: ImageFormat,
    /// The most bytes the file may have; quality gives way to it, down to a floor.
    pub max_bytes: u64,
    /// Fits the whole picture (or its crop) into the size, on this, instead of filling it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pad: Option<Backdrop>,
    /// The colour that shows through transparent parts, where the format has none: white unless said.
    #[serde(default = "white")]
    pub background: [u8; 3],
    /// What of its metadata stays.
    #[serde(default)]
    pub metadata: Keep,
    /// In as few bytes as can be, as a JPEG: some times the work for the same look.
    #[serde(default)]
    pub smallest: bool,
    /// What a person would want to know of it.
    pub changes: Vec<Change>,
}

fn white() -> [u8; 3] {
    [255; 3]
}

impl ImagePlan {
    /// All of a picture, scaled to `width` by `height` and written in `format`.
    #[must_use]
    pub fn scaled(width: u32, height: u32, format: ImageFormat) -> Self {
        Self {
            keep: false,
            crop: None,
            width,
            height,
            format,
            max_bytes: u64::MAX,
            pad: None,
            background: white(),
            metadata: Keep::default(),
            smallest: false,
            changes: Vec::new(),
        }
    }
}

/// What is to be done with a clip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VideoPlan {
    /// The cheapest way that suffices.
    pub action: VideoAction,
    /// Cut off what lies behind this.
    pub trim: Option<Duration>,
    /// The most bytes the file may have.
    pub max_bytes: u64,
    /// What a person would want to know of it.
    pub changes: Vec<Change>,
}

/// Ways to make a clip fit, cheapest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum VideoAction {
    /// The file already is what the network takes.
    Keep,
    /// The streams are; write them into a new MP4 with the index first and no edit list.
    Remux,
    /// The picture is: copy it, and encode the sound alone anew.
    Sound {
        /// Samples a second of sound.
        sample_rate: u32,
        /// Channels of sound, at most 2.
        channels: u16,
    },
    /// Decode and encode: H.264 High, yuv420p, AAC, MP4 with the index first.
    Transcode {
        /// What to cut out first, of the upright picture.
        crop: Option<Crop>,
        /// Pixels across in the end, even.
        width: u32,
        /// Pixels down in the end, even.
        height: u32,
        /// Frames a second in the end.
        fps: f64,
        /// The most bits a second of video.
        max_bitrate: u64,
        /// Samples a second of sound.
        sample_rate: u32,
        /// Channels of sound, at most 2.
        channels: u16,
    },
}

/// One change that fitting makes, in terms that a person can judge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// Some of the picture is cut away.
    Cropped {
        /// Per cent of the area lost.
        percent: u8,
    },
    /// Room is added around it, so that nothing is cut away.
    Padded {
        /// Per cent of the area that is added.
        percent: u8,
    },
    /// It is made smaller or larger.
    Scaled {
        /// Width before.
        from: (u32, u32),
        /// Size after.
        to: (u32, u32),
    },
    /// Another format or codec.
    Converted {
        /// Before.
        from: String,
        /// After.
        to: String,
    },
    /// The end is cut off.
    Trimmed {
        /// How long it was.
        from: Duration,
        /// How long it will be.
        to: Duration,
    },
    /// The frame rate changes.
    Refitted {
        /// Frames a second before.
        from_fps: f64,
        /// Frames a second after.
        to_fps: f64,
    },
    /// Turned upright.
    Turned,
    /// Colours brought to sRGB.
    ColoursToSrgb,
    /// Transparency laid on a colour.
    Flattened,
    /// Only the first frame is kept.
    FirstFrameOnly,
    /// Metadata, such as where it was taken, is taken out.
    MetadataRemoved,
    /// The container is written anew, with the index first.
    Repacked,
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Cropped { percent } => write!(f, "cropped ({percent} % of the area lost)"),
            Self::Padded { percent } => write!(f, "room added around it ({percent} % of the area)"),
            Self::Scaled { from, to } => {
                write!(f, "scaled {}x{} to {}x{}", from.0, from.1, to.0, to.1)
            }
            Self::Converted { from, to } => write!(f, "converted {from} to {to}"),
            Self::Trimmed { from, to } => {
                write!(f, "cut from {:.1} s to {:.1} s", from.as_secs_f64(), to.as_secs_f64())
            }
            Self::Refitted { from_fps, to_fps } => {
                write!(f, "{from_fps:.2} to {to_fps:.2} frames a second")
            }
            Self::Turned => f.write_str("turned upright"),
            Self::ColoursToSrgb => f.write_str("colours brought to sRGB"),
            Self::Flattened => f.write_str("transparency laid on a colour"),
            Self::FirstFrameOnly => f.write_str("only the first frame"),
            Self::MetadataRemoved => f.write_str("metadata (such as the place) taken out"),
            Self::Repacked => f.write_str("repacked with the index first"),
        }
    }
}
