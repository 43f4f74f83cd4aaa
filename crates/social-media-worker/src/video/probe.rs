//! What a clip is.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use ffmpeg_next::codec::packet::side_data::Type;
use ffmpeg_next::{Packet, Rational, Stream};
use social_core::domain::media::{AudioProbe, VideoProbe};

use super::boxes::{self, Boxes};
use super::job::Job;
use super::open::{Clip, glance};
use super::raw::{self, Facts};
use social_media::Orientation;
use social_media::errors::{Result, io};

/// Probes a file: reads its boxes and headers, decodes next to nothing.
pub(crate) fn file(job: Job<'_>, path: &Path) -> Result<VideoProbe> {
    let bytes = std::fs::metadata(path)
        .map_err(|error| io(&format!("{} cannot be opened", path.display()), error))?
        .len();
    job.budget.check_video_bytes(bytes)?;
    let (container, boxes) = container(path, bytes)?;
    let mut clip = glance(job, path)?;
    let duration = duration(job, &mut clip)?;
    let video = clip.stream(clip.video)?;
    let facts = &clip.facts;
    let fps = rate(&video);
    let frames = (duration.as_secs_f64() * fps).ceil().max(video.frames() as f64);
    job.budget.check_video_length(duration, frames as u64)?;
    if let Ok(known @ 1..) = u64::try_from(video.frames()) {
        job.budget.check_video_still(duration.as_secs_f64() / known as f64)?;
    }
    let turn = orientation(&video);
    let (shown, tall) = shown(facts);
    let (width, height) = turn.size(shown, tall);
    let audio = clip.audio.map(|index| clip.stream(index)).transpose()?.map(|stream| {
        let (channels, sample_rate) = raw::sound(&stream.parameters());
        let codec = stream.parameters().id().name().to_owned();
        AudioProbe { codec, channels, sample_rate }
    });
    let stated = u64::try_from(clip.input.bit_rate()).unwrap_or(0);
    let measured = bytes as f64 * 8.0 / duration.as_secs_f64().max(0.001);
    Ok(VideoProbe {
        container,
        codec: video.parameters().id().name().to_owned(),
        pixel_format: facts.pixels.descriptor().map_or("unknown", |d| d.name()).to_owned(),
        audio,
        width,
        height,
        rotation: match turn.get() {
            3 | 4 => 180,
            5 | 6 => 90,
            7 | 8 => 270,
            _ => 0,
        },
        duration,
        fps,
        bitrate: if stated > 0 { stated } else { measured as u64 },
        bytes,
        index_first: boxes.index_first,
        edit_list: boxes.edit_list,
    })
}

/// The size as shown: pixels of some camcorders are not square.
pub(super) fn shown(facts: &Facts) -> (u32, u32) {
    let aspect = f64::from(facts.aspect);
    if !aspect.is_finite() || aspect <= 0.0 || (aspect - 1.0).abs() < 0.001 {
        return (facts.width, facts.height);
    }
    let wide = (f64::from(facts.width) * aspect / 2.0).round() as u32 * 2;
    (wide.clamp(2, 1 << 16), facts.height)
}

/// How the player turns the picture, by the signs of the display matrix.
pub(super) fn orientation(stream: &Stream<'_>) -> Orientation {
    let matrix = stream.side_data().find(|data| data.kind() == Type::DisplayMatrix);
    let Some(matrix) = matrix else { return Orientation::UPRIGHT };
    let at = |index: usize| {
        let bytes = matrix.data().get(index * 4..index * 4 + 4);
        bytes.and_then(|b| b.try_into().ok()).map_or(0, i32::from_ne_bytes)
    };
    let (a, b, c, d) = (at(0), at(1), at(3), at(4));
    let upright = a.unsigned_abs().max(d.unsigned_abs()) >= b.unsigned_abs().max(c.unsigned_abs());
    Orientation::new(match (upright, a < 0, d < 0, b < 0, c < 0) {
        (true, false, false, ..) => 1,
        (true, true, false, ..) => 2,
        (true, true, true, ..) => 3,
        (true, false, true, ..) => 4,
        (false, _, _, false, false) => 5,
        (false, _, _, false, true) => 6,
        (false, _, _, true, true) => 7,
        (false, _, _, true, false) => 8,
    })
}

/// Frames a second on average, or what the codec says where nothing is known.
pub(super) fn rate(stream: &Stream<'_>) -> f64 {
    let value = |rate: Rational| Some(f64::from(rate)).filter(|r| r.is_finite() && *r > 0.0);
    value(stream.avg_frame_rate()).or_else(|| value(stream.rate())).unwrap_or(30.0).min(1000.0)
}

/// What recorders in browsers write does not say how long it runs: then its packets are counted.
fn duration(job: Job<'_>, clip: &mut Clip) -> Result<Duration> {
    let stated = clip.input.duration();
    if stated > 0 {
        return Ok(Duration::from_micros(stated as u64));
    }
    let bases: Vec<_> = clip.input.streams().map(|stream| stream.time_base()).collect();
    let mut packet = Packet::empty();
    let mut last = 0.0_f64;
    while packet.read(&mut clip.input).is_ok() {
        job.check()?;
        let base = bases.get(packet.stream()).copied().unwrap_or(Rational(1, 1000));
        if let Some(time) = packet.pts().or(packet.dts()) {
            last = last.max(clip.seconds(time + packet.duration(), base));
        }
        job.budget.check_video_length(Duration::from_secs_f64(last), 0)?;
    }
    Ok(Duration::from_secs_f64(last))
}

/// The container's name, which FFmpeg gives for whole families only.
fn container(path: &Path, bytes: u64) -> Result<(String, Boxes)> {
    let unread = |error| io("the clip cannot be read", error);
    let mut file = File::open(path).map_err(unread)?;
    let mut head = [0_u8; 64];
    let read = file.by_ref().take(64).read(&mut head).map_err(unread)?;
    let head = &head[..read];
    let name = if head.starts_with(b"\x1a\x45\xdf\xa3") {
        if head.windows(4).any(|w| w == b"webm") { "webm" } else { "matroska" }
    } else if head.starts_with(b"RIFF") {
        "avi"
    } else if head.starts_with(b"\x00\x00\x01\xba") {
        "mpeg"
    } else if head.starts_with(b"GIF8") {
        "gif"
    } else if head.starts_with(b"\x47") {
        "mpegts"
    } else {
        let boxes = boxes::walk(&mut file, bytes)?;
        return Ok(((if boxes.quicktime { "mov" } else { "mp4" }).to_owned(), boxes));
    };
    Ok((name.to_owned(), Boxes::default()))
}
