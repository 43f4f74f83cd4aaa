//! The same streams in a new container: no frame is touched.

use std::path::Path;
use std::time::Duration;

use ffmpeg_next::codec::Id;
use ffmpeg_next::{Error, Packet};

use super::job::{Job, failed};
use super::mux::Mux;
use super::open::open;
use crate::errors::{Result, cannot_fit, corrupt};

/// What players of Apple want to read at HEVC.
const HVC1: u32 = u32::from_le_bytes(*b"hvc1");

/// Copies picture and sound of `from` to an MP4 at `to`.
pub(super) fn remux(
    job: Job<'_>,
    from: &Path,
    to: &Path,
    trim: Option<Duration>,
    length: f64,
) -> Result<()> {
    let mut clip = open(job, from)?;
    let mut mux = Mux::create(to)?;
    let mut places = vec![None; clip.input.nb_streams() as usize];
    for (place, index) in [Some(clip.video), clip.audio].into_iter().flatten().enumerate() {
        let stream = clip.stream(index)?;
        let tag = if stream.parameters().id() == Id::HEVC { HVC1 } else { 0 };
        let fps = (index == clip.video).then(|| stream.avg_frame_rate());
        mux.add(stream.parameters(), stream.time_base(), fps, tag)?;
        places[index] = Some((place, stream.time_base()));
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
    if written == 0 {
        return Err(corrupt("the clip holds no frames: export it again"));
    }
    mux.finish()
}
