//! MP4 and MOV: a walk over the boxes (ISO/IEC 14496-12) for what the networks look at.

/// What an MP4 says about itself.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoFacts {
    /// Pixels across, from the video track's `tkhd`.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Milliseconds, from `mvhd`.
    pub duration_ms: u64,
    /// Frames in a second, from `stts`.
    pub fps: f64,
    /// The sample entry of the video track, such as `avc1` or `hvc1`.
    pub video_codec: String,
    /// The sample entry of the sound track, such as `mp4a`.
    pub audio_codec: Option<String>,
    /// Whether `moov` stands before `mdat`, so that playing can start before all has come.
    pub moov_first: bool,
    /// Whether a track has an edit list.
    pub edit_list: bool,
}

/// Why a file is not a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Mp4Error {
    /// A box is longer than the file.
    #[error("the file is cut short")]
    CutShort,
    /// No `moov`.
    #[error("the file has no index (moov)")]
    NoIndex,
    /// No video track in it.
    #[error("the file has no video track")]
    NoVideoTrack,
    /// `mvhd` is missing or says nothing.
    #[error("the file does not say how long it is")]
    NoDuration,
}

type BoxOf<'a> = ([u8; 4], &'a [u8]);

/// The boxes in `bytes`, in order.
fn boxes(bytes: &[u8]) -> Result<Vec<BoxOf<'_>>, Mp4Error> {
    let mut found = Vec::new();
    let mut at = 0;
    while at + 8 <= bytes.len() {
        let short = be(bytes, at, 4).ok_or(Mp4Error::CutShort)?;
        let kind: [u8; 4] =
            bytes.get(at + 4..at + 8).and_then(|k| k.try_into().ok()).ok_or(Mp4Error::CutShort)?;
        let (head, size) = match short {
            0 => (8, (bytes.len() - at) as u64),
            1 => (16, be(bytes, at + 8, 8).ok_or(Mp4Error::CutShort)?),
            size => (8, size),
        };
        let size = usize::try_from(size).map_err(|_| Mp4Error::CutShort)?;
        let end = at.checked_add(size).filter(|_| size >= head).ok_or(Mp4Error::CutShort)?;
        found.push((kind, bytes.get(at + head..end).ok_or(Mp4Error::CutShort)?));
        at = end;
    }
    Ok(found)
}

fn be(bytes: &[u8], at: usize, len: usize) -> Option<u64> {
    let slice = bytes.get(at..at.checked_add(len)?)?;
    Some(slice.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
}

fn child<'a>(parent: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(parent, |inside, wanted| {
        boxes(inside).ok()?.into_iter().find(|(kind, _)| kind == *wanted).map(|(_, body)| body)
    })
}

pub(crate) fn probe(bytes: &[u8]) -> Result<VideoFacts, Mp4Error> {
    let top = boxes(bytes)?;
    let position = |wanted: &[u8; 4]| top.iter().position(|(kind, _)| kind == wanted);
    let index = position(b"moov").ok_or(Mp4Error::NoIndex)?;
    let moov_first = position(b"mdat").is_none_or(|data| index < data);
    let moov = top[index].1;

    let mvhd = child(moov, &[b"mvhd"]).ok_or(Mp4Error::NoDuration)?;
    let duration_ms = duration(mvhd).ok_or(Mp4Error::NoDuration)?;

    let mut facts = None;
    let mut audio_codec = None;
    let mut edit_list = false;
    for (_, track) in boxes(moov)?.into_iter().filter(|(kind, _)| kind == b"trak") {
        edit_list |= child(track, &[b"edts", b"elst"]).is_some();
        let handler = child(track, &[b"mdia", b"hdlr"]).and_then(|hdlr| hdlr.get(8..12));
        let stbl = child(track, &[b"mdia", b"minf", b"stbl"]);
        let codec = stbl
            .and_then(|stbl| child(stbl, &[b"stsd"]))
            .and_then(|stsd| stsd.get(12..16))
            .map(|code| String::from_utf8_lossy(code).into_owned());
        match handler {
            Some(b"vide") if facts.is_none() => {
                let (width, height) = size(track).ok_or(Mp4Error::NoVideoTrack)?;
                let fps = rate(track, stbl).unwrap_or(0.0);
                facts = Some((width, height, fps, codec.unwrap_or_default()));
            }
            Some(b"soun") => audio_codec = codec.or(audio_codec),
            _ => {}
        }
    }
    let (width, height, fps, video_codec) = facts.ok_or(Mp4Error::NoVideoTrack)?;
    Ok(VideoFacts {
        width,
        height,
        duration_ms,
        fps,
        video_codec,
        audio_codec,
        moov_first,
        edit_list,
    })
}

/// Milliseconds from a `mvhd`, in its short or its long form.
fn duration(mvhd: &[u8]) -> Option<u64> {
    let (scale, length) = match mvhd.first()? {
        1 => (be(mvhd, 20, 4)?, be(mvhd, 24, 8)?),
        _ => (be(mvhd, 12, 4)?, be(mvhd, 16, 4)?),
    };
    length.checked_mul(1000)?.checked_div(scale)
}

/// Width and height from a track's `tkhd`, whose last eight bytes they are, as 16.16.
fn size(track: &[u8]) -> Option<(u32, u32)> {
    let tkhd = child(track, &[b"tkhd"])?;
    let at = tkhd.len().checked_sub(8)?;
    let whole = |at| be(tkhd, at, 4).and_then(|fixed| u32::try_from(fixed >> 16).ok());
    let (width, height) = (whole(at)?, whole(at + 4)?);
    // A quarter turn in the matrix: people see the picture on its side.
    let turned = be(tkhd, at.checked_sub(36)?, 4)? == 0 && be(tkhd, at - 32, 4)? != 0;
    Some(if turned { (height, width) } else { (width, height) })
}

/// Frames in a second: the samples of `stts` over the time that they take.
fn rate(track: &[u8], stbl: Option<&[u8]>) -> Option<f64> {
    let mdhd = child(track, &[b"mdia", b"mdhd"])?;
    let scale = if mdhd.first()? == &1 { be(mdhd, 20, 4)? } else { be(mdhd, 12, 4)? };
    let stts = child(stbl?, &[b"stts"])?;
    let (mut frames, mut ticks) = (0_u64, 0_u64);
    for entry in 0..usize::try_from(be(stts, 4, 4)?).ok()? {
        let at = 8 + entry * 8;
        let (count, delta) = (be(stts, at, 4)?, be(stts, at + 4, 4)?);
        frames = frames.checked_add(count)?;
        ticks = ticks.checked_add(count.checked_mul(delta)?)?;
    }
    (ticks > 0).then(|| frames as f64 * scale as f64 / ticks as f64)
}
