//! The few things that the safe layer over FFmpeg does not reach.
#![allow(unsafe_code)]

use ffmpeg_next::codec::Parameters;
use ffmpeg_next::filter::Context;
use ffmpeg_next::format::Pixel;
use ffmpeg_next::format::stream::StreamMut;
use ffmpeg_next::{Error, Rational, ffi, frame};

/// What a container says of its picture.
pub(super) struct Facts {
    pub(super) width: u32,
    pub(super) height: u32,
    /// How much wider than high one pixel is shown.
    pub(super) aspect: Rational,
    pub(super) pixels: Pixel,
}

pub(super) fn picture(parameters: &Parameters) -> Facts {
    // SAFETY: `parameters` owns or keeps alive what it points to; its plain fields are read. The
    // format is one of the enumeration, since FFmpeg, against whose headers the enumeration is
    // generated, has set it.
    unsafe {
        let parameters = &*parameters.as_ptr();
        let format = std::mem::transmute::<i32, ffi::AVPixelFormat>(parameters.format);
        Facts {
            width: u32::try_from(parameters.width).unwrap_or(0),
            height: u32::try_from(parameters.height).unwrap_or(0),
            aspect: parameters.sample_aspect_ratio.into(),
            pixels: Pixel::from(format),
        }
    }
}

/// Channels and samples a second of sound.
pub(super) fn sound(parameters: &Parameters) -> (u16, u32) {
    // SAFETY: as above.
    unsafe {
        let parameters = &*parameters.as_ptr();
        let channels = u16::try_from(parameters.ch_layout.nb_channels).unwrap_or(0);
        (channels, u32::try_from(parameters.sample_rate).unwrap_or(0))
    }
}

/// Names the codec of a stream to be written as `tag`, or as the container likes when 0: the tag
/// of the container it comes from may mean nothing there.
pub(super) fn set_tag(stream: &mut StreamMut<'_>, tag: u32) {
    // SAFETY: the stream was just added to its output, and with it its parameters.
    unsafe { (*(*stream.as_mut_ptr()).codecpar).codec_tag = tag }
}

/// Feeds a frame to the beginning of a chain, and leaves it to the caller: several chains may want
/// it, and handing it over would empty it.
pub(super) fn feed(from: &mut Context, frame: &frame::Video) -> Result<(), Error> {
    // SAFETY: both are alive, and the frame is only referred to.
    let code = unsafe { ffi::av_buffersrc_write_frame(from.as_mut_ptr(), frame.as_ptr()) };
    match code {
        0.. => Ok(()),
        // It has had enough, where the clip is cut.
        ffi::AVERROR_EOF => Ok(()),
        _ => Err(Error::from(code)),
    }
}
