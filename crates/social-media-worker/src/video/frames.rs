//! Key frames: found by seeking, one decoded at a time.

use ffmpeg_next::codec::decoder::Video;
use ffmpeg_next::{Packet, Rational, frame};

use super::job::Job;
use super::open::Clip;
use social_media::errors::Result;

/// Fetches key frames of a clip.
pub(super) struct KeyFrames<'a> {
    job: Job<'a>,
    clip: Clip,
    decoder: Video,
    base: Rational,
}

impl<'a> KeyFrames<'a> {
    pub(super) fn new(job: Job<'a>, clip: Clip) -> Result<Self> {
        // One frame is wanted: more threads would only wait for each other.
        let (decoder, base) = clip.picture(job, 1)?;
        Ok(Self { job, clip, decoder, base })
    }

    pub(super) fn clip(&self) -> &Clip {
        &self.clip
    }

    pub(super) fn decoder(&self) -> &Video {
        &self.decoder
    }

    pub(super) fn base(&self) -> Rational {
        self.base
    }

    /// The frame that is shown at `seconds`, or the last one before, with its time stamp: decoded
    /// from the key frame on.
    pub(super) fn shown(&mut self, seconds: f64) -> Result<Option<(i64, frame::Video)>> {
        let time = ((seconds.max(0.0) + self.clip.start) * 1e6) as i64;
        let _ = self.clip.input.seek(time, ..time.saturating_add(1));
        self.decoder.flush();
        let mut packet = Packet::empty();
        let mut frame = frame::Video::empty();
        let mut last = None;
        loop {
            let more = packet.read(&mut self.clip.input).is_ok();
            self.job.check()?;
            if more && packet.stream() != self.clip.video {
                continue;
            }
            // One that cannot be decoded is left out.
            let _ = if more { self.decoder.send_packet(&packet) } else { self.decoder.send_eof() };
            while self.decoder.receive_frame(&mut frame).is_ok() {
                let stamp = frame.timestamp().unwrap_or(0);
                let late = self.clip.seconds(stamp, self.base) > seconds + 1e-6;
                if late && last.is_some() {
                    return Ok(last);
                }
                last = Some((stamp, std::mem::replace(&mut frame, frame::Video::empty())));
                if late {
                    return Ok(last);
                }
            }
            if !more {
                return Ok(last);
            }
        }
    }

    /// The key frame at or before `seconds`, or the first one after, with its time stamp.
    pub(super) fn at(&mut self, seconds: f64) -> Result<Option<(i64, frame::Video)>> {
        let time = ((seconds.max(0.0) + self.clip.start) * 1e6) as i64;
        // What cannot be searched is read from where it stands.
        let _ = self.clip.input.seek(time, ..time.saturating_add(1));
        self.decoder.flush();
        let mut packet = Packet::empty();
        let mut frame = frame::Video::empty();
        while packet.read(&mut self.clip.input).is_ok() {
            self.job.check()?;
            if packet.stream() != self.clip.video || !packet.is_key() {
                continue;
            }
            if self.decoder.send_packet(&packet).is_err() {
                continue;
            }
            // At once: a decoder otherwise waits for frames that might be shown earlier.
            let _ = self.decoder.send_eof();
            let got = self.decoder.receive_frame(&mut frame).is_ok();
            if got {
                return Ok(Some((frame.timestamp().unwrap_or(0), frame)));
            }
            self.decoder.flush();
        }
        self.job.check()?;
        Ok(None)
    }
}
