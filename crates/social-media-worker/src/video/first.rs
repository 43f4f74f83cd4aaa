//! What a picture is, by the head of its first frame.
//!
//! The index of an MP4 does not say how colours are stored. FFmpeg decodes whole frames to find
//! out, which of a large picture takes longer than all the rest: so the decoder is shown the
//! beginning of the first frame alone, in which all of it stands.

use ffmpeg_next::codec::Id;
use ffmpeg_next::codec::decoder::Conceal;
use ffmpeg_next::format::Pixel;
use ffmpeg_next::{Discard, Packet};

use super::job::Job;
use super::open::Clip;
use super::raw::{self, Facts};

/// In how many packets the first of the picture is found.
const PACKETS: usize = 64;
/// How much of a frame is shown: its own head is some bytes long.
const HEAD: usize = 512;
/// The lengths before the pieces of a frame in an MP4, in bytes.
const LENGTH: usize = 4;

impl Clip {
    /// What the head of the first frame says, where the index says all the rest. Leaves the clip
    /// at its start.
    pub(super) fn first_frame(&mut self, job: Job<'_>) -> Option<Facts> {
        if let Some(sound) = self.audio {
            let (channels, rate) = raw::sound(&self.stream(sound).ok()?.parameters());
            if channels == 0 || rate == 0 {
                return None;
            }
        }
        let codec = self.stream(self.video).ok()?.parameters().id();
        let (mut decoder, _) = self.picture(job, 1).ok()?;
        decoder.conceal(Conceal::empty());
        decoder.skip_loop_filter(Discard::All);
        let mut packet = Packet::empty();
        for _ in 0..PACKETS {
            packet.read(&mut self.input).ok()?;
            if packet.stream() == self.video {
                break;
            }
        }
        // That the rest of the frame is missing is an error of the decoder, and none here.
        let _ = decoder.send_packet(&Packet::copy(&head(codec, packet.data()?)?));
        self.input.seek(0, ..).ok()?;
        let stated = self.facts.aspect;
        (decoder.format() != Pixel::None).then(|| Facts {
            width: decoder.width(),
            height: decoder.height(),
            aspect: if stated.numerator() > 0 { stated } else { decoder.aspect_ratio() },
            pixels: decoder.format(),
        })
    }
}

/// All before the picture in a frame as an MP4 holds it, and the beginning of the picture.
fn head(codec: Id, frame: &[u8]) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    let mut rest = frame;
    loop {
        let (length, after) = rest.split_first_chunk::<LENGTH>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let piece = after.get(..length)?;
        let first = *piece.first()?;
        let is_picture = match codec {
            Id::H264 => (1..=5).contains(&(first & 0x1f)),
            Id::HEVC => (first >> 1) & 0x3f < 32,
            _ => return None,
        };
        let shown = if is_picture { length.min(HEAD) } else { length };
        head.extend_from_slice(&u32::try_from(shown).ok()?.to_be_bytes());
        head.extend_from_slice(&piece[..shown]);
        if is_picture {
            return Some(head);
        }
        rest = &after[length..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A piece of a frame: its length, its kind, and so many bytes.
    fn piece(kind: u8, length: u32) -> Vec<u8> {
        let mut piece = length.to_be_bytes().to_vec();
        piece.push(kind);
        piece.resize(LENGTH + length as usize, 7);
        piece
    }

    #[test]
    fn what_stands_before_the_picture_is_kept_and_the_picture_cut() {
        let frame = [piece(6, 700), piece(0x65, 90_000), piece(0x65, 10)].concat();
        let head = head(Id::H264, &frame).unwrap();
        assert_eq!(head[..704], frame[..704]);
        assert_eq!(head[704..708], 512_u32.to_be_bytes());
        assert_eq!(head[708..], frame[708..708 + 512]);
    }

    #[test]
    fn what_is_no_frame_of_an_mp4_has_no_head() {
        for bytes in [&[] as &[u8], &[0, 0, 0], &[0, 0, 0, 0, 0], &[0, 0, 0, 9, 0x65], &[255; 64]] {
            assert_eq!(head(Id::H264, bytes), None, "{bytes:?}");
        }
        assert_eq!(head(Id::VP9, &piece(0x65, 90)), None);
        // Nothing of the picture is in it.
        assert_eq!(head(Id::HEVC, &piece(0x40, 20)), None);
    }
}
