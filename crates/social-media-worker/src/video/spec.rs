//! What a clip becomes, in FFmpeg's terms.

use std::time::Duration;

use ffmpeg_next::codec::decoder::Video;
use ffmpeg_next::color::TransferCharacteristic;
use ffmpeg_next::{Rational, filter};
use social_core::domain::media::Crop;

use super::open::Clip;
use super::probe::{orientation, shown};
use super::raw;
use social_media::errors::{Result, cannot_fit, codec};

/// Brings HDR to what all screens show.
pub(super) const TONES: &str = "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,\
                                tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,";

/// What a clip becomes.
#[derive(Debug, Clone)]
pub(super) struct Spec {
    pub(super) crop: Option<Crop>,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) fps: Rational,
    pub(super) max_bitrate: u64,
    pub(super) sample_rate: u32,
    pub(super) channels: u16,
    pub(super) trim: Option<Duration>,
    /// How long it will be, for the progress.
    pub(super) length: f64,
}

/// Frames a second as a fraction: television counts in 1001sts.
pub(super) fn fraction(fps: f64) -> Rational {
    let whole = fps.round();
    if (fps - whole).abs() < 0.001 {
        return Rational(whole.max(1.0) as i32, 1);
    }
    let television = fps.ceil() * 1000.0 / 1001.0;
    if (fps - television).abs() < 0.005 {
        return Rational(fps.ceil() as i32 * 1000, 1001);
    }
    Rational((fps * 1000.0).round().max(1.0) as i32, 1000)
}

impl Spec {
    /// What is said of the sound, where the picture stays as it is.
    pub(super) fn heard(
        sample_rate: u32,
        channels: u16,
        trim: Option<Duration>,
        length: f64,
    ) -> Self {
        let (fps, max_bitrate) = (Rational(1, 1), 0);
        let (crop, width, height) = (None, 0, 0);
        Self { crop, width, height, fps, max_bitrate, sample_rate, channels, trim, length }
    }

    /// The filters of the picture: frames dropped first, then cropped, then scaled, then turned,
    /// so that every step touches as few pixels as it can.
    pub(super) fn pictures(&self, clip: &Clip, decoder: &Video) -> Result<String> {
        let stream = clip.stream(clip.video)?;
        let facts = raw::picture(&stream.parameters());
        let turn = orientation(&stream);
        let (wide, tall) = shown(&facts);
        let upright = turn.size(wide, tall);
        let all = Crop { x: 0, y: 0, width: upright.0, height: upright.1 };
        let crop = self.crop.unwrap_or(all);
        let inside = crop.x.saturating_add(crop.width) <= upright.0
            && crop.y.saturating_add(crop.height) <= upright.1
            && crop.width > 0
            && crop.height > 0;
        if !inside {
            return Err(cannot_fit("the plan cuts outside of the clip: plan again"));
        }
        let crop = turn.stored(crop, wide, tall);
        // From shown to stored pixels, where those are not square.
        let squeeze = |length: u32| {
            (u64::from(length) * u64::from(facts.width) / u64::from(wide.max(1))).max(1)
        };
        let (width, height) = turn.size(self.width, self.height);
        let mut chain = vec![format!(
            "fps=fps={}/{}:start_time=0",
            self.fps.numerator(),
            self.fps.denominator()
        )];
        if let Some(trim) = self.trim {
            // The last frame, too, has to end in time.
            let end = trim.as_secs_f64() - 1.0 / f64::from(self.fps) + 0.0005;
            chain.push(format!("trim=end={:.6}", end.max(0.001)));
        }
        if (crop.width, crop.height) != (wide, tall) {
            chain.push(format!(
                "crop={}:{}:{}:{}",
                squeeze(crop.width),
                crop.height,
                squeeze(crop.x + 1) - 1,
                crop.y
            ));
        }
        chain.push(format!("scale={width}:{height}:flags=bicubic:out_range=tv"));
        if is_hdr(decoder) {
            if filter::find("zscale").is_none() || filter::find("tonemap").is_none() {
                return Err(codec(
                    "this clip is HDR, and the FFmpeg of this machine lacks zscale, which brings it to what all \
                     screens show: install a full build",
                ));
            }
            chain.push(TONES.trim_end_matches(',').to_owned());
        }
        match turn.get() {
            2 => chain.push("hflip".into()),
            3 => chain.push("hflip,vflip".into()),
            4 => chain.push("vflip".into()),
            5 => chain.push("transpose=cclock_flip".into()),
            6 => chain.push("transpose=clock".into()),
            7 => chain.push("transpose=clock_flip".into()),
            8 => chain.push("transpose=cclock".into()),
            _ => {}
        }
        chain.push("setsar=1,format=yuv420p".into());
        Ok(chain.join(","))
    }

    /// The filters of the sound: gaps filled, so that it stays with the picture.
    pub(super) fn sounds(&self) -> String {
        let rate = self.aac_rate();
        let layout = if self.channels == 1 { "mono" } else { "stereo" };
        let trim = self.trim.map_or_else(String::new, |trim| {
            // The encoder begins with a frame of silence and fills its last one.
            let end = trim.as_secs_f64() - 2048.0 / f64::from(rate) - 0.002;
            format!("atrim=end={:.6},", end.max(0.001))
        });
        format!(
            "aresample={rate}:async=1:first_pts=0,{trim}\
             aformat=sample_fmts=fltp:sample_rates={rate}:channel_layouts={layout},\
             asetnsamples=n=1024:p=0"
        )
    }

    /// The highest rate that AAC knows and the plan allows.
    pub(super) fn aac_rate(&self) -> u32 {
        const RATES: [u32; 9] =
            [48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000];
        RATES.into_iter().find(|&rate| rate <= self.sample_rate).unwrap_or(8_000)
    }
}

/// Whether brightness has to be mapped to what all screens show: phones record HLG or PQ.
pub(super) fn is_hdr(decoder: &Video) -> bool {
    use TransferCharacteristic::{ARIB_STD_B67, SMPTE2084};
    matches!(decoder.color_transfer_characteristic(), ARIB_STD_B67 | SMPTE2084)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_fractions() {
        assert_eq!(fraction(25.0), Rational(25, 1));
        assert_eq!(fraction(29.97), Rational(30_000, 1001));
        assert_eq!(fraction(23.976), Rational(24_000, 1001));
        assert_eq!(fraction(12.5), Rational(12_500, 1000));
    }
}
