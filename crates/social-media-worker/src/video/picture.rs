//! The picture's way through a transcode: decoded once, then filtered and encoded as often as is
//! wanted.

use ffmpeg_next::codec::decoder;
use ffmpeg_next::color::{Primaries, Range, Space, TransferCharacteristic};
use ffmpeg_next::encoder::video::Encoder;
use ffmpeg_next::format::Pixel;
use ffmpeg_next::{Dictionary, Error, Packet, Rational, codec, encoder, frame, picture};

use super::chain::Chain;
use super::job::{Job, failed};
use super::mux::Mux;
use super::open::Clip;
use super::probe::rate;
use super::spec::{Spec, is_hdr};
use social_media::errors::{Result, codec as broken, corrupt, too_large};

/// How well x264 does: networks encode again, so speed counts more than the last few bytes.
const PRESET: &str = "veryfast";
/// How good it looks where the bitrate allows.
const QUALITY: &str = "20";

/// Frames as they come out of the clip.
pub(super) struct Decoding {
    decoder: decoder::Video,
    base: Rational,
    start: i64,
    frame: frame::Video,
    frames: u64,
    /// When the last frame began, in seconds.
    last: f64,
    /// How long a frame of the clip is shown, and when the last one ends, in the clip's time.
    step: i64,
    end: i64,
}

/// What is made of them: filtered, encoded.
pub(super) struct Encoding {
    base: Rational,
    filters: String,
    chain: Option<Chain>,
    encoder: Encoder,
    frame_time: Rational,
}

impl Decoding {
    pub(super) fn new(job: Job<'_>, clip: &Clip) -> Result<Self> {
        let (decoder, base) = clip.picture(job, job.threads)?;
        let start = (clip.start / f64::from(base)).round() as i64;
        let step = (1.0 / (rate(&clip.stream(clip.video)?) * f64::from(base))).round() as i64;
        let frame = frame::Video::empty();
        Ok(Self { decoder, base, start, frame, frames: 0, last: 0.0, step, end: 0 })
    }

    /// A way for these frames.
    pub(super) fn encoding(&self, job: Job<'_>, clip: &Clip, spec: &Spec) -> Result<Encoding> {
        let filters = spec.pictures(clip, &self.decoder)?;
        let frame_time = spec.fps.invert();
        let encoder = encoder(job, spec, &self.decoder, frame_time)?;
        Ok(Encoding { base: self.base, filters, chain: None, encoder, frame_time })
    }

    /// Takes a packet of the clip.
    pub(super) fn send(&mut self, packet: &Packet) -> Result<()> {
        match self.decoder.send_packet(packet) {
            // One bad packet costs a frame, not the clip.
            Ok(()) | Err(Error::InvalidData) => Ok(()),
            Err(error) => Err(failed("decoding the picture")(error)),
        }
    }

    /// Nothing more comes.
    pub(super) fn end(&mut self) -> Result<()> {
        self.decoder.send_eof().map_err(failed("decoding the picture"))
    }

    /// When the last frame ends, in the clip's time.
    pub(super) fn ends_at(&self) -> i64 {
        self.end
    }

    /// The next frame, where there is one yet.
    pub(super) fn next(&mut self, job: Job<'_>, length: f64) -> Result<Option<&frame::Video>> {
        if self.decoder.receive_frame(&mut self.frame).is_err() {
            return Ok(None);
        }
        job.check()?;
        self.frames += 1;
        if self.frames > job.budget.video_frames {
            return Err(too_large("the clip has more frames than it says: cut it first"));
        }
        let time = self.frame.timestamp().unwrap_or(self.start) - self.start;
        let seconds = time as f64 * f64::from(self.base);
        if seconds > job.budget.video_duration.as_secs_f64() + 60.0 {
            return Err(too_large("the clip runs longer than it says: cut it first"));
        }
        job.budget.check_video_still(seconds - self.last)?;
        self.last = seconds;
        job.at(seconds, length);
        self.frame.set_pts(Some(time));
        self.end = self.end.max(time + self.step);
        Ok(Some(&self.frame))
    }
}

impl Encoding {
    pub(super) fn add_to(&self, mux: &mut Mux) -> Result<()> {
        mux.add(&self.encoder, self.frame_time, Some(self.frame_time.invert()), 0)
    }

    /// Takes a frame, which it leaves as it is.
    pub(super) fn frame(&mut self, frame: &frame::Video, mux: &mut Mux) -> Result<()> {
        if self.chain.is_none() {
            self.chain = Some(Chain::pictures(frame, self.base, &self.filters)?);
        }
        if let Some(chain) = &mut self.chain {
            chain.feed_picture(frame)?;
        }
        self.filtered(mux)
    }

    /// Brings out what is still on its way; the last frame is shown until `end`.
    pub(super) fn finish(mut self, end: i64, mux: &mut Mux) -> Result<()> {
        let Some(chain) = &mut self.chain else {
            return Err(corrupt("no frame of the clip can be decoded: export it again"));
        };
        chain.finish(Some(end))?;
        self.filtered(mux)?;
        self.encoder.send_eof().map_err(failed("encoding the picture"))?;
        self.encoded(mux)
    }

    fn filtered(&mut self, mux: &mut Mux) -> Result<()> {
        let mut frame = frame::Video::empty();
        loop {
            let Some(chain) = &mut self.chain else { return Ok(()) };
            if !chain.draw(&mut frame) {
                return Ok(());
            }
            let seconds = frame.pts().unwrap_or(0) as f64 * f64::from(chain.base());
            frame.set_pts(Some((seconds / f64::from(self.frame_time)).round() as i64));
            // The source's key frames are none of ours.
            frame.set_kind(picture::Type::None);
            self.encoder.send_frame(&frame).map_err(failed("encoding the picture"))?;
            self.encoded(mux)?;
        }
    }

    fn encoded(&mut self, mux: &mut Mux) -> Result<()> {
        let mut packet = Packet::empty();
        while self.encoder.receive_packet(&mut packet).is_ok() {
            packet.set_duration(1);
            mux.write(&mut packet, 0, self.frame_time)?;
        }
        Ok(())
    }
}

fn encoder(job: Job<'_>, spec: &Spec, from: &decoder::Video, base: Rational) -> Result<Encoder> {
    let x264 = encoder::find_by_name("libx264").ok_or_else(|| {
        broken(
            "the FFmpeg of this machine has no x264 and cannot write H.264: install a full build",
        )
    })?;
    let mut to = codec::Context::new_with_codec(x264)
        .encoder()
        .video()
        .map_err(failed("encoding the picture"))?;
    to.set_width(spec.width);
    to.set_height(spec.height);
    to.set_format(Pixel::YUV420P);
    to.set_time_base(base);
    to.set_frame_rate(Some(spec.fps));
    to.set_aspect_ratio(Rational(1, 1));
    to.set_flags(codec::Flags::GLOBAL_HEADER | codec::Flags::CLOSED_GOP);
    // A key frame every two seconds: players and networks cut there.
    to.set_gop((2.0 * f64::from(spec.fps)).round().max(1.0) as u32);
    to.set_color_range(Range::MPEG);
    if is_hdr(from) {
        to.set_colorspace(Space::BT709);
        to.set_color_primaries(Primaries::BT709);
        to.set_color_transfer_characteristic(TransferCharacteristic::BT709);
    } else if from.color_space() != Space::RGB {
        to.set_colorspace(from.color_space());
        to.set_color_primaries(from.color_primaries());
        to.set_color_transfer_characteristic(from.color_transfer_characteristic());
    }
    let rate = spec.max_bitrate.clamp(1000, i32::MAX as u64 / 2);
    let mut options = Dictionary::new();
    options.set("preset", PRESET);
    options.set("crf", QUALITY);
    options.set("profile", "high");
    options.set("maxrate", &rate.to_string());
    options.set("bufsize", &rate.to_string());
    options.set("threads", &job.threads.to_string());
    to.open_as_with(x264, options).map_err(failed("encoding the picture"))
}
