//! Decode a clip once, and encode it as often as is wanted.

use std::path::Path;

use ffmpeg_next::{Error, Packet};
use social_media::errors::Result;

use super::job::{Job, failed};
use super::mux::Mux;
use super::open::open;
use super::picture::{Decoding, Encoding};
use super::sound::Sound;
use super::spec::Spec;

/// How far behind a cut a stream is read on, in seconds, until nothing before it can come.
const SLACK: f64 = 1.0;

/// One of the clips that are made.
struct Rendition {
    picture: Encoding,
    sound: Option<Sound>,
    mux: Mux,
}

/// Writes what each spec says of the clip at `from` to an MP4 at its path.
pub(super) fn transcode(job: Job<'_>, from: &Path, wanted: &[(&Spec, &Path)]) -> Result<()> {
    let mut clip = open(job, from)?;
    let mut decoding = Decoding::new(job, &clip)?;
    let mut all = Vec::with_capacity(wanted.len());
    for (spec, to) in wanted {
        let picture = decoding.encoding(job, &clip, spec)?;
        let sound = Sound::new(&clip, spec)?;
        let mut mux = Mux::create(to)?;
        picture.add_to(&mut mux)?;
        if let Some(sound) = &sound {
            sound.add_to(&mut mux)?;
        }
        mux.begin()?;
        all.push(Rendition { picture, sound, mux });
    }
    let trim = wanted.iter().map(|(spec, _)| spec.trim.map_or(f64::INFINITY, |t| t.as_secs_f64()));
    let end = trim.fold(0.0, f64::max) + SLACK;
    let length = wanted.iter().map(|(spec, _)| spec.length).fold(0.0, f64::max);
    let bases: Vec<_> = clip.input.streams().map(|stream| stream.time_base()).collect();
    let (mut picture_done, mut sound_done) = (false, clip.audio.is_none());
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
                decoding.send(&packet)?;
                pictures(job, &mut decoding, &mut all, length)?;
            }
        } else if Some(index) == clip.audio {
            sound_done |= late;
            for Rendition { sound, mux, .. } in all.iter_mut().filter(|_| !sound_done) {
                if let Some(sound) = sound {
                    sound.packet(&packet, mux, job)?;
                }
            }
        }
    }
    decoding.end()?;
    pictures(job, &mut decoding, &mut all, length)?;
    for Rendition { picture, sound, mut mux } in all {
        picture.finish(decoding.ends_at(), &mut mux)?;
        if let Some(mut sound) = sound {
            sound.finish(&mut mux, job)?;
        }
        mux.finish()?;
    }
    Ok(())
}

/// Hands every frame that is decoded to all of them.
fn pictures(
    job: Job<'_>,
    decoding: &mut Decoding,
    all: &mut [Rendition],
    length: f64,
) -> Result<()> {
    while let Some(frame) = decoding.next(job, length)? {
        for Rendition { picture, mux, .. } in &mut *all {
            picture.frame(frame, mux)?;
        }
    }
    Ok(())
}
