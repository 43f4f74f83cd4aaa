//! A chain of FFmpeg's filters, with one end to feed and one to draw from.

use ffmpeg_next::filter::{self, Graph};
use ffmpeg_next::{Frame, Rational, channel_layout::ChannelLayout, frame};

use super::job::failed;
use super::raw;
use social_media::errors::{Result, codec, unsupported};

/// A chain, fitted to the frames that come.
pub(super) struct Chain {
    graph: Graph,
    /// What the first frame was; a clip that changes midway is refused rather than garbled.
    shape: (u32, u32, i64),
}

impl Chain {
    /// A chain for pictures like `frame`.
    pub(super) fn pictures(frame: &frame::Video, base: Rational, spec: &str) -> Result<Self> {
        let aspect = frame.aspect_ratio();
        let aspect = if aspect.numerator() > 0 { aspect } else { Rational(1, 1) };
        let pixels = frame.format().descriptor().map_or("yuv420p", |d| d.name());
        let from = format!(
            "video_size={}x{}:pix_fmt={pixels}:time_base={}/{}:pixel_aspect={}/{}",
            frame.width(),
            frame.height(),
            base.numerator(),
            base.denominator(),
            aspect.numerator(),
            aspect.denominator().max(1),
        );
        Self::build(("buffer", &from), spec, "buffersink", picture_shape(frame))
    }

    /// A chain for sound like `frame`.
    pub(super) fn sounds(frame: &frame::Audio, base: Rational, spec: &str) -> Result<Self> {
        let mut layout = frame.channel_layout();
        if layout.is_empty() {
            layout = ChannelLayout::default(frame.channels().into());
        }
        let from = format!(
            "time_base={}/{}:sample_rate={}:sample_fmt={}:channel_layout=0x{:x}",
            base.numerator(),
            base.denominator(),
            frame.rate(),
            frame.format().name(),
            layout.bits(),
        );
        Self::build(("abuffer", &from), spec, "abuffersink", sound_shape(frame))
    }

    fn build(from: (&str, &str), spec: &str, to: &str, shape: (u32, u32, i64)) -> Result<Self> {
        let lacks = || codec("the FFmpeg of this machine has no filters: install the full build");
        let mut graph = Graph::new();
        let set_up = failed("setting the filters up");
        graph
            .add(&filter::find(from.0).ok_or_else(lacks)?, "in", from.1)
            .and_then(|_| {
                graph.add(&filter::find(to).ok_or(ffmpeg_next::Error::FilterNotFound)?, "out", "")
            })
            .map_err(&set_up)?;
        graph
            .output("in", 0)
            .and_then(|parser| parser.input("out", 0))
            .and_then(|parser| parser.parse(spec))
            .and_then(|()| graph.validate())
            .map_err(&set_up)?;
        Ok(Self { graph, shape })
    }

    pub(super) fn feed_picture(&mut self, frame: &frame::Video) -> Result<()> {
        self.same(picture_shape(frame))?;
        let Some(mut from) = self.graph.get("in") else { return Ok(()) };
        raw::feed(&mut from, frame).map_err(failed("filtering"))
    }

    pub(super) fn feed_sound(&mut self, frame: &frame::Audio) -> Result<()> {
        self.same(sound_shape(frame))?;
        let Some(mut from) = self.graph.get("in") else { return Ok(()) };
        from.source().add(frame).map_err(failed("filtering"))
    }

    fn same(&self, shape: (u32, u32, i64)) -> Result<()> {
        if self.shape == shape {
            return Ok(());
        }
        Err(unsupported(
            "the clip changes its size or sound midway, which is not read here: export it anew",
        ))
    }

    /// Says that nothing more comes, and when the last frame ends where that is known: otherwise
    /// the filters take it for ending as it begins.
    pub(super) fn finish(&mut self, end: Option<i64>) -> Result<()> {
        let Some(mut from) = self.graph.get("in") else { return Ok(()) };
        let mut from = from.source();
        let ended = match end {
            Some(end) => from.close(end),
            None => from.flush(),
        };
        match ended {
            // It may have had enough before, where the clip is cut.
            Ok(()) | Err(ffmpeg_next::Error::Eof) => Ok(()),
            Err(error) => Err(failed("filtering")(error)),
        }
    }

    /// The next frame, if there is one yet.
    pub(super) fn draw(&mut self, frame: &mut Frame) -> bool {
        self.graph.get("out").is_some_and(|mut to| to.sink().frame(frame).is_ok())
    }

    /// In what the drawn frames' times are told.
    pub(super) fn base(&mut self) -> Rational {
        self.graph.get("out").map_or(Rational(1, 1000), |mut to| to.sink().time_base())
    }
}

fn picture_shape(frame: &frame::Video) -> (u32, u32, i64) {
    let pixels = frame.format().descriptor().map_or(0, |d| i64::from(d.nb_components()));
    (frame.width(), frame.height(), pixels)
}

fn sound_shape(frame: &frame::Audio) -> (u32, u32, i64) {
    (frame.rate(), frame.channels().into(), 0)
}
