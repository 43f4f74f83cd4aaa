//! Opening a clip that a stranger made.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Once;

use ffmpeg_next::codec::decoder::{Audio, Opened, Video};
use ffmpeg_next::codec::threading;
use ffmpeg_next::format::context::Input;
use ffmpeg_next::format::stream::Disposition;
use ffmpeg_next::{Codec, Dictionary, Rational, Stream, codec, format, log, media};
use social_core::ports::MediaError;

use super::job::{Job, failed};
use super::raw::{self, Facts};
use social_media::errors::{Result, codec as broken, corrupt, io, unsupported};

/// An opened clip.
pub(super) struct Clip {
    pub(super) input: Input,
    /// The number of the picture's stream.
    pub(super) video: usize,
    /// The number of the sound's.
    pub(super) audio: Option<usize>,
    /// When the first of them begins, in seconds.
    pub(super) start: f64,
    /// What is known of the picture.
    pub(super) facts: Facts,
}

/// No network, no play lists, no lists of other files: only what stands in this one file.
const OPTIONS: [(&str, &str); 4] = [
    ("protocol_whitelist", "file"),
    ("format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,gif"),
    (
        "codec_whitelist",
        "h264,hevc,vp8,libvpx,vp9,libvpx-vp9,av1,libdav1d,libaom-av1,mpeg4,mpeg1video,mpeg2video,\
         mjpeg,prores,gif,aac,mp2,mp2float,mp3,mp3float,opus,libopus,vorbis,ac3,eac3,alac,flac,amrnb,pcm_s16le,\
         pcm_s16be,pcm_s24le,pcm_s24be,pcm_f32le",
    ),
    ("analyzeduration", "5000000"),
];

/// How many bytes are read at most to find out what the streams are.
const ENOUGH: &str = "5000000";
/// How many bytes behind the index of an MP4 are read at once, where it says all that matters.
const GLANCE: &str = "65536";

/// Opens the file at `path` to look at it, whose sizes are within the budget then: of an MP4 nothing
/// is decoded. To copy or encode all of it, it has to be opened by [`open`].
pub(super) fn glance(job: Job<'_>, path: &Path) -> Result<Clip> {
    let unread = |error| io("the clip cannot be read", error);
    let mut head = [0; 8];
    let read = File::open(path).and_then(|mut file| file.read(&mut head)).map_err(unread)?;
    if read == head.len() && head.ends_with(b"ftyp") {
        // Nothing is decoded where there is no decoder.
        let mut clip = open_within(job, path, GLANCE, Some("none"))?;
        if let Some(facts) = clip.first_frame(job) {
            job.budget.check_video_size(facts.width, facts.height)?;
            return Ok(Clip { facts, ..clip });
        }
    }
    open(job, path)
}

/// Opens the file at `path`, whose sizes are within the budget then.
pub(super) fn open(job: Job<'_>, path: &Path) -> Result<Clip> {
    open_within(job, path, ENOUGH, None)
}

fn open_within(job: Job<'_>, path: &Path, bytes: &str, decoders: Option<&str>) -> Result<Clip> {
    start();
    let len = std::fs::metadata(path)
        .map_err(|error| io(&format!("{} cannot be opened", path.display()), error))?
        .len();
    job.budget.check_video_bytes(len)?;
    let token = job.token.clone();
    let mut options = OPTIONS.iter().copied().collect::<Dictionary<'_>>();
    options.set("probesize", bytes);
    if let Some(decoders) = decoders {
        options.set("codec_whitelist", decoders);
    }
    options.set("max_streams", &job.budget.video_streams.to_string());
    let input = format::input_with_interrupt_and_dictionary(
        &file_address(path)?,
        move || token.is_cancelled(),
        options,
    )
    .map_err(failed("reading the clip"))?;
    let video = input
        .streams()
        .best(media::Type::Video)
        .filter(|stream| !stream.disposition().contains(Disposition::ATTACHED_PIC))
        .ok_or_else(|| unsupported("there is no picture in this clip, only sound"))?;
    let facts = raw::picture(&video.parameters());
    job.budget.check_video_size(facts.width, facts.height)?;
    let audio = input.streams().best(media::Type::Audio);
    let starts = [Some(&video), audio.as_ref()].into_iter().flatten().filter_map(begins);
    let start = starts.reduce(f64::min).unwrap_or(0.0);
    let (video, audio) = (video.index(), audio.map(|stream| stream.index()));
    Ok(Clip { input, video, audio, start, facts })
}

impl Clip {
    /// The stream of that number.
    pub(super) fn stream(&self, index: usize) -> Result<Stream<'_>> {
        self.input.stream(index).ok_or_else(|| corrupt("a stream of the clip is gone"))
    }

    /// When something stamped `time` happens, in seconds from the start.
    pub(super) fn seconds(&self, time: i64, base: Rational) -> f64 {
        time as f64 * f64::from(base) - self.start
    }

    /// What decodes the picture, with `threads` threads.
    pub(super) fn picture(&self, job: Job<'_>, threads: usize) -> Result<(Video, Rational)> {
        let stream = self.stream(self.video)?;
        let (codec, mut context) = prepare(&stream)?;
        let mut options = Dictionary::new();
        options.set("max_pixels", &job.budget.video_pixels.to_string());
        let kind = if threads > 1 { threading::Type::Frame } else { threading::Type::Slice };
        context.set_threading(threading::Config { kind, count: threads, ..Default::default() });
        let mut decoder = context.decoder();
        decoder.set_packet_time_base(stream.time_base());
        let opened = decoder.open_as_with(codec, options).and_then(Opened::video);
        Ok((opened.map_err(failed("decoding the picture"))?, stream.time_base()))
    }

    /// What decodes the sound, where there is some.
    pub(super) fn sound(&self) -> Result<Option<(Audio, Rational)>> {
        let Some(index) = self.audio else { return Ok(None) };
        let stream = self.stream(index)?;
        let (codec, context) = prepare(&stream)?;
        let mut decoder = context.decoder();
        decoder.set_packet_time_base(stream.time_base());
        let opened = decoder.open_as(codec).and_then(Opened::audio);
        Ok(Some((opened.map_err(failed("decoding the sound"))?, stream.time_base())))
    }
}

/// A decoder for a stream, from the list.
fn prepare(stream: &Stream<'_>) -> Result<(Codec, codec::Context)> {
    let id = stream.parameters().id();
    let decoder = codec::decoder::find(id)
        .filter(|decoder| OPTIONS[2].1.split(',').any(|name| name == decoder.name()))
        .ok_or_else(|| {
            unsupported(format!(
                "the codec {} is not read here: export the clip as H.264 with AAC sound",
                id.name()
            ))
        })?;
    let context = codec::Context::from_parameters(stream.parameters())
        .map_err(failed("preparing to decode"))?;
    Ok((decoder, context))
}

fn begins(stream: &Stream<'_>) -> Option<f64> {
    // The least number stands for "not known".
    let time = stream.start_time();
    (time != i64::MIN).then(|| time as f64 * f64::from(stream.time_base()))
}

/// The path as an address, so that no name of a file is taken for a protocol.
pub(super) fn file_address(path: &Path) -> Result<String> {
    let whole = std::path::absolute(path)
        .map_err(|error| io(&format!("{} cannot be opened", path.display()), error))?;
    let name = whole.to_str().ok_or_else(|| unreadable(path))?;
    Ok(format!("file:{name}"))
}

fn unreadable(path: &Path) -> MediaError {
    broken(format!("the name {} is not UTF-8: rename the file", path.display()))
}

/// Once a process: FFmpeg talks to the terminal unless told not to.
fn start() {
    static START: Once = Once::new();
    START.call_once(|| {
        if let Err(error) = ffmpeg_next::init() {
            tracing::warn!(%error, "FFmpeg did not start; clips will be refused");
        }
        log::set_level(log::Level::Quiet);
    });
}
