//! The MP4 to be written.

use std::path::Path;

use ffmpeg_next::codec::Parameters;
use ffmpeg_next::format::context::Output;
use ffmpeg_next::{Dictionary, Packet, Rational, codec, encoder, format};

use super::job::failed;
use super::open::file_address;
use super::raw;
use social_media::errors::{Result, codec as broken};

/// An MP4 with its index first, no edit list, and nothing said of whence it comes.
pub(super) struct Mux {
    output: Output,
}

impl Mux {
    pub(super) fn create(path: &Path) -> Result<Self> {
        let output = format::output_as(&file_address(path)?, "mp4")
            .map_err(failed("making the new clip"))?;
        Ok(Self { output })
    }

    /// Adds a stream; they are numbered from 0.
    pub(super) fn add(
        &mut self,
        parameters: impl Into<Parameters>,
        base: Rational,
        fps: Option<Rational>,
        tag: u32,
    ) -> Result<()> {
        let mut stream = self
            .output
            .add_stream(encoder::find(codec::Id::None))
            .map_err(failed("making the new clip"))?;
        stream.set_parameters(parameters);
        raw::set_tag(&mut stream, tag);
        stream.set_time_base(base);
        if let Some(fps) = fps {
            stream.set_avg_frame_rate(fps);
        }
        Ok(())
    }

    /// Begins to write, once all streams are added.
    pub(super) fn begin(&mut self) -> Result<()> {
        let mut options = Dictionary::new();
        // Without an edit list, only negative offsets keep reordered frames in step with sound.
        options.set("movflags", "+faststart+negative_cts_offsets");
        options.set("use_editlist", "0");
        options.set("fflags", "+bitexact");
        self.output.write_header_with(options).map_err(failed("writing the new clip"))?;
        Ok(())
    }

    /// Writes a packet for `stream`, whose times are told in `base`.
    pub(super) fn write(
        &mut self,
        packet: &mut Packet,
        stream: usize,
        base: Rational,
    ) -> Result<()> {
        let to = self.output.stream(stream).ok_or_else(|| broken("a stream is gone"))?.time_base();
        packet.set_stream(stream);
        packet.set_position(-1);
        packet.rescale_ts(base, to);
        packet.write_interleaved(&mut self.output).map_err(failed("writing the new clip"))
    }

    /// Ends the file, and moves its index to the front.
    pub(super) fn finish(mut self) -> Result<()> {
        self.output.write_trailer().map_err(failed("ending the new clip"))
    }
}
