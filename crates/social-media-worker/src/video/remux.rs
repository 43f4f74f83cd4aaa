//! The same streams in a new container: no frame of the picture is touched, and of the sound only
//! where it has to be encoded anew.

use std::path::Path;
use std::time::Duration;

use ffmpeg_next::codec::Id;
use ffmpeg_next::{Error, Packet};

use super::job::{Job, failed};
use super::mux::Mux;
use super::open::open;
use super::sound::Sound;
use super::spec::Spec;
use social_media::errors::{Result, cannot_fit, corrupt};

/// What players of Apple want to read at HEVC.
const HVC1: u32 = u32::from_le_bytes(*b"hvc1");

/// What is copied.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Copied {
    /// All of it.
    All,
    /// The picture; the sound is encoded.
    Picture { sample_rate: u32, channels: u16 },
}

/// Copies picture and sound of `from` to an MP4 at `to`.
pub(super) fn remux(
    job: Job<'_>,
    from: &Path,
    to: &Path,
    trim: Option<Duration>,
    copied: Copied,
    length: f64,
) -> Result<()> {
    let mut clip = open(job, from)?;
    let mut mux = Mux::create(to)?;
    let mut sound = match copied {
        Copied::All => None,
        Copied::Picture { sample_rate, channels } => {
            Sound::new(&clip, &Spec::heard(sample_rate, channels, trim, length))?
        }
    };
    let mut places = vec![None; clip.input.nb_streams() as usize];
    let listed = [Some(clip.video), clip.audio.filter(|_| sound.is_none())];
    for (place, index) in listed.into_iter().flatten().enumerate() {
        let stream = clip.stream(index)?;
        let tag = if stream.parameters().id() == Id::HEVC { HVC1 } else { 0 };
        let fps = (index == clip.video).then(|| stream.avg_frame_rate());
        mux.add(stream.parameters(), stream.time_base(), fps, tag)?;
        places[index] = Some((place, stream.time_base()));
    }
    if let Some(sound) = &sound {
        sound.add_to(&mut mux)?;
    }
    mux.begin().map_err(|error| {
        cannot_fit("these streams cannot stand in an MP4 as they are: encode the clip instead")
            .because(error)
    })?;
    let end = trim.map(|trim| trim.as_secs_f64());
    let mut packet = Packet::empty();
    let mut written = 0_u64;
    loop {
        job.check()?;
        match packet.read(&mut clip.input) {
            Ok(()) => {}
            Err(Error::Eof) => break,
            Err(error) => return Err(failed("reading the clip")(error)),
        }
        if let Some(sound) = sound.as_mut().filter(|_| Some(packet.stream()) == clip.audio) {
            sound.packet(&packet, &mut mux, job)?;
            continue;
        }
        let Some(Some((place, base))) = places.get(packet.stream()).copied() else { continue };
        let time = packet.pts().or(packet.dts()).map(|time| clip.seconds(time, base));
        if let (Some(time), Some(end)) = (time, end)
            && time >= end
        {
            continue;
        }
        job.at(time.unwrap_or(0.0), end.unwrap_or(length));
        mux.write(&mut packet, place, base)?;
        written += 1;
    }
    if let Some(sound) = &mut sound {
        sound.finish(&mut mux, job)?;
    }
    if written == 0 {
        return Err(corrupt("the clip holds no frames: export it again"));
    }
    mux.finish()
}
