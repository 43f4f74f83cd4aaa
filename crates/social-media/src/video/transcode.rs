//! Decode and encode a clip.

use std::path::Path;

use ffmpeg_next::{Error, Packet};

use super::job::{Job, failed};
use super::mux::Mux;
use super::open::open;
use super::picture::Picture;
use super::sound::Sound;
use super::spec::Spec;
use crate::errors::Result;

/// How far behind a cut a stream is read on, in seconds, until nothing before it can come.
const SLACK: f64 = 1.0;

/// Writes what `spec` says of the clip at `from` to an MP4 at `to`.
pub(super) fn transcode(job: Job<'_>, from: &Path, to: &Path, spec: &Spec) -> Result<()> {
    let mut clip = open(job, from)?;
    let mut picture = Picture::new(job, &clip, spec)?;
    let mut sound = Sound::new(&clip, spec)?;
    let mut mux = Mux::create(to)?;
    picture.add_to(&mut mux)?;
    if let Some(sound) = &sound {
        sound.add_to(&mut mux)?;
    }
    mux.begin()?;
    let end = spec.trim.map_or(f64::INFINITY, |trim| trim.as_secs_f64() + SLACK);
    let bases: Vec<_> = clip.input.streams().map(|stream| stream.time_base()).collect();
    let (mut picture_done, mut sound_done) = (false, sound.is_none());
    let mut packet = Packet::empty();
    while !(picture_done && sound_done) {
        job.check()?;
        match packet.read(&mut clip.input) {
            Ok(()) => {}
            Err(Error::Eof) => break,
            Err(error) => return Err(failed("reading the clip")(error)),
        }
        let index = packet.stream();
        let time = packet.dts().or(packet.pts());
        let late = match (time, bases.get(index)) {
            (Some(time), Some(&base)) => clip.seconds(time, base) > end,
            _ => false,
        };
        if index == clip.video {
            picture_done |= late;
            if !picture_done {
                picture.packet(&packet, &mut mux, job, spec)?;
            }
        } else if Some(index) == clip.audio
            && let Some(sound) = &mut sound
        {
            sound_done |= late;
            if !sound_done {
                sound.packet(&packet, &mut mux, job)?;
            }
        }
    }
    picture.finish(&mut mux, job, spec)?;
    if let Some(sound) = &mut sound {
        sound.finish(&mut mux, job)?;
    }
    mux.finish()
}
