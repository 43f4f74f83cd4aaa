//! A still of a clip.

use std::path::Path;

use ffmpeg_next::{Rational, frame};
use social_core::ports::ThumbnailAt;
use social_media::Orientation;
use social_media::errors::{Result, corrupt};
use social_media::native::Pixels;

use super::chain::Chain;
use super::frames::KeyFrames;
use super::job::Job;
use super::open::glance;
use super::probe::{orientation, shown};
use super::spec::{TONES, is_hdr};

/// How many places of a clip are looked at for the best frame.
const PLACES: u32 = 24;
/// How wide the copy is that a frame is judged by.
const JUDGED: u32 = 160;

/// The still as it is stored, in rows of RGB.
pub(crate) fn still(
    job: Job<'_>,
    path: &Path,
    at: ThumbnailAt,
    max_width: u32,
) -> Result<(Pixels, Vec<u8>)> {
    let clip = glance(job, path)?;
    let length = (clip.input.duration().max(0) as f64) / 1e6;
    let mut frames = KeyFrames::new(job, clip)?;
    let chosen = match at {
        // Behind the end there is the last key frame.
        ThumbnailAt::KeyFrame(time) if length > 0.0 => frames.at(time.as_secs_f64().min(length))?,
        ThumbnailAt::KeyFrame(time) => frames.at(time.as_secs_f64())?,
        ThumbnailAt::Time(time) if length > 0.0 => frames.shown(time.as_secs_f64().min(length))?,
        ThumbnailAt::Time(time) => frames.shown(time.as_secs_f64())?,
        ThumbnailAt::Best => best(&mut frames, length)?,
    };
    let (_, frame) =
        chosen.ok_or_else(|| corrupt("no frame of the clip can be decoded: export it again"))?;
    let stream = frames.clip().stream(frames.clip().video)?;
    let turn = orientation(&stream);
    let size = shown(&frames.clip().facts);
    let hdr = if is_hdr(frames.decoder()) { TONES } else { "" };
    render(&frame, frames.base(), size, turn, max_width, hdr)
}

/// The best of key frames all over the clip.
fn best(frames: &mut KeyFrames<'_>, length: f64) -> Result<Option<(i64, frame::Video)>> {
    let mut best: Option<(f64, (i64, frame::Video))> = None;
    let mut seen = None;
    for place in 0..PLACES {
        let seconds = length * (f64::from(place) + 0.5) / f64::from(PLACES);
        let Some((time, frame)) = frames.at(seconds)? else { break };
        if seen == Some(time) {
            continue;
        }
        seen = Some(time);
        let score = score(&frame, frames.base())?;
        if best.as_ref().is_none_or(|(so_far, _)| score > *so_far) {
            best = Some((score, (time, frame)));
        }
    }
    Ok(best.map(|(_, found)| found))
}

/// Sharp, rich in contrast, neither dark nor burnt out.
fn score(frame: &frame::Video, base: Rational) -> Result<f64> {
    let spec = format!("scale={JUDGED}:-2:flags=area,format=gray");
    let small = filtered(frame, base, &spec)?;
    let (width, height, row) = (small.width() as usize, small.height() as usize, small.stride(0));
    let pixels = small.data(0);
    let (mut edges, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for y in 1..height.saturating_sub(1) {
        for x in 1..width.saturating_sub(1) {
            let at = y * row + x;
            let value = f64::from(pixels[at]);
            let around = [at - 1, at + 1, at - row, at + row].map(|i| f64::from(pixels[i]));
            let edge = 4.0 * value - around.iter().sum::<f64>();
            edges += edge * edge;
            sum += value;
            squares += value * value;
        }
    }
    let count = ((width.saturating_sub(2)) * (height.saturating_sub(2))).max(1) as f64;
    let mean = sum / count;
    let contrast = (squares / count - mean * mean).max(0.0).sqrt();
    let light = (1.0 - ((mean - 118.0) / 118.0).abs()).max(0.05);
    Ok((edges / count).sqrt() * contrast * light)
}

/// The frame as pixels as stored, scaled so that upright it is at most `max_width` across.
fn render(
    frame: &frame::Video,
    base: Rational,
    shown: (u32, u32),
    turn: Orientation,
    max_width: u32,
    tones: &str,
) -> Result<(Pixels, Vec<u8>)> {
    let upright = turn.size(shown.0, shown.1);
    let width = upright.0.min(max_width).max(1);
    let tall = f64::from(upright.1) * f64::from(width) / f64::from(upright.0.max(1));
    let (width, height) = turn.size(width, tall.round().max(1.0) as u32);
    let picture = filtered(
        frame,
        base,
        &format!("scale={width}:{height}:flags=bicubic,{tones}format=rgb24"),
    )?;
    let (row, line) = (picture.stride(0), width as usize * 3);
    let data: Vec<u8> = picture
        .data(0)
        .chunks(row)
        .take(height as usize)
        .flat_map(|r| &r[..line])
        .copied()
        .collect();
    if data.len() != line * height as usize {
        return Err(corrupt("a frame of the clip cannot be shown: export it again"));
    }
    let orientation = turn.get();
    Ok((Pixels { width, height, alpha: false, orientation, icc: None }, data))
}

fn filtered(frame: &frame::Video, base: Rational, spec: &str) -> Result<frame::Video> {
    let mut chain = Chain::pictures(frame, base, spec)?;
    chain.feed_picture(frame)?;
    chain.finish(None)?;
    let mut out = frame::Video::empty();
    if chain.draw(&mut out) {
        Ok(out)
    } else {
        Err(corrupt("a frame of the clip cannot be shown: export it again"))
    }
}
