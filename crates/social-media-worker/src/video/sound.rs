//! The sound's way through a transcode: decode, resample, encode.

use ffmpeg_next::channel_layout::ChannelLayout;
use ffmpeg_next::codec::decoder;
use ffmpeg_next::encoder::audio::Encoder;
use ffmpeg_next::format::{Sample, sample};
use ffmpeg_next::{Packet, Rational, codec, encoder, frame};

use super::chain::Chain;
use super::job::{Job, failed};
use super::mux::Mux;
use super::open::Clip;
use super::spec::Spec;
use social_media::errors::{Result, codec as broken};

/// Bits a second and channel: 128k in stereo, as Instagram wants it.
pub(super) const BITRATE: usize = 64_000;

/// The sound's way.
pub(super) struct Sound {
    decoder: decoder::Audio,
    base: Rational,
    start: i64,
    filters: String,
    chain: Option<Chain>,
    encoder: Encoder,
    sample_time: Rational,
    samples: i64,
}

impl Sound {
    /// `None` where the clip has none.
    pub(super) fn new(clip: &Clip, spec: &Spec) -> Result<Option<Self>> {
        let Some((decoder, base)) = clip.sound()? else { return Ok(None) };
        let rate = spec.aac_rate();
        let sample_time = Rational(1, rate as i32);
        let start = (clip.start / f64::from(base)).round() as i64;
        Ok(Some(Self {
            decoder,
            base,
            start,
            filters: spec.sounds(),
            chain: None,
            encoder: encoder(rate, spec.channels, sample_time)?,
            sample_time,
            samples: 0,
        }))
    }

    pub(super) fn add_to(&self, mux: &mut Mux) -> Result<()> {
        mux.add(&self.encoder, self.sample_time, None, 0)
    }

    /// Takes a packet of the clip; one that cannot be decoded is a gap, which the filters fill.
    pub(super) fn packet(&mut self, packet: &Packet, mux: &mut Mux, job: Job<'_>) -> Result<()> {
        if self.decoder.send_packet(packet).is_ok() { self.decoded(mux, job) } else { Ok(()) }
    }

    /// Brings out what is still on its way.
    pub(super) fn finish(&mut self, mux: &mut Mux, job: Job<'_>) -> Result<()> {
        self.decoder.send_eof().map_err(failed("decoding the sound"))?;
        self.decoded(mux, job)?;
        if let Some(chain) = &mut self.chain {
            chain.finish(None)?;
            self.filtered(mux)?;
        }
        self.encoder.send_eof().map_err(failed("encoding the sound"))?;
        self.encoded(mux)
    }

    fn decoded(&mut self, mux: &mut Mux, job: Job<'_>) -> Result<()> {
        let mut frame = frame::Audio::empty();
        while self.decoder.receive_frame(&mut frame).is_ok() {
            job.check()?;
            let time = frame.timestamp().map(|time| time - self.start);
            frame.set_pts(time);
            if self.chain.is_none() {
                self.chain = Some(Chain::sounds(&frame, self.base, &self.filters)?);
            }
            if let Some(chain) = &mut self.chain {
                chain.feed_sound(&frame)?;
            }
            self.filtered(mux)?;
        }
        Ok(())
    }

    fn filtered(&mut self, mux: &mut Mux) -> Result<()> {
        let mut frame = frame::Audio::empty();
        while self.chain.as_mut().is_some_and(|chain| chain.draw(&mut frame)) {
            // The filters left no gaps, so counting is exact.
            frame.set_pts(Some(self.samples));
            self.samples += frame.samples() as i64;
            self.encoder.send_frame(&frame).map_err(failed("encoding the sound"))?;
            self.encoded(mux)?;
        }
        Ok(())
    }

    fn encoded(&mut self, mux: &mut Mux) -> Result<()> {
        let mut packet = Packet::empty();
        while self.encoder.receive_packet(&mut packet).is_ok() {
            mux.write(&mut packet, 1, self.sample_time)?;
        }
        Ok(())
    }
}

fn encoder(rate: u32, channels: u16, base: Rational) -> Result<Encoder> {
    let aac = encoder::find(codec::Id::AAC).ok_or_else(|| {
        broken("the FFmpeg of this machine cannot write AAC: install a full build")
    })?;
    let mut to = codec::Context::new_with_codec(aac)
        .encoder()
        .audio()
        .map_err(failed("encoding the sound"))?;
    to.set_rate(rate as i32);
    to.set_channel_layout(if channels == 1 { ChannelLayout::MONO } else { ChannelLayout::STEREO });
    to.set_format(Sample::F32(sample::Type::Planar));
    to.set_bit_rate(BITRATE * usize::from(channels.clamp(1, 2)));
    to.set_time_base(base);
    to.set_flags(codec::Flags::GLOBAL_HEADER);
    to.open_as(aac).map_err(failed("encoding the sound"))
}
