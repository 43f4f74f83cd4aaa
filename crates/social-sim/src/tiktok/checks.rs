//! What TikTok takes, and the fail reason for what it does not.
//! <https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide>

use url::Url;

use super::envelope::TtError;
use crate::media::{ImageKind, MediaFacts};
use crate::people::TiktokCreator;
use crate::state::State;

pub(super) fn video(state: &State, hash: &str, creator: &TiktokCreator) -> Option<&'static str> {
    if !state.cfg.check_media {
        return None;
    }
    let Some(video) = state.shelf.video(hash) else { return Some("file_format_check_failed") };
    let codec =
        matches!(video.video_codec.as_str(), "avc1" | "avc3" | "hvc1" | "hev1" | "vp08" | "vp09");
    let side = 360..=4_096;
    if !codec {
        Some("file_format_check_failed")
    } else if video.duration_ms > u64::from(creator.max_video_secs) * 1_000 + 50 {
        Some("duration_check_failed")
    } else if !(22.9..=60.1).contains(&video.fps) {
        Some("frame_rate_check_failed")
    } else if !side.contains(&video.width) || !side.contains(&video.height) {
        Some("picture_size_check_failed")
    } else {
        None
    }
}

pub(super) fn photo(state: &State, hash: &str) -> Option<&'static str> {
    if !state.cfg.check_media {
        return None;
    }
    match state.shelf.facts(hash) {
        MediaFacts::Image(image) if matches!(image.kind, ImageKind::Jpeg | ImageKind::Webp) => {
            // "1080p" does not say which side; the shorter one is the usual reading.
            let too_big =
                image.width.min(image.height) > 1_080 || state.shelf.size(hash) > 20 << 20;
            too_big.then_some("picture_size_check_failed")
        }
        _ => Some("file_format_check_failed"),
    }
}

/// Whether TikTok may pull from an address: https (or the own machine) and a verified owner.
pub(super) fn address(state: &State, text: &str) -> Result<(), TtError> {
    let url = Url::parse(text).map_err(|_| TtError::param("The URL is invalid"))?;
    let host = url.host_str().unwrap_or_default();
    let loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    if url.scheme() != "https" && !loopback {
        return Err(TtError::param("The URL must be https"));
    }
    let owned = state.cfg.tiktok.verified_prefixes.as_ref().is_none_or(|prefixes| {
        prefixes.iter().any(|prefix| {
            if prefix.contains("://") {
                text.starts_with(prefix.as_str())
            } else {
                host == prefix || host.strip_suffix(prefix).is_some_and(|sub| sub.ends_with('.'))
            }
        })
    });
    if owned {
        Ok(())
    } else {
        Err(TtError::new(
            403,
            "url_ownership_unverified",
            "Please review our URL ownership verification rules.",
        ))
    }
}

/// The chunk rules: `floor`, with a last chunk that takes the rest. Whether a megabyte is 10^6 or
/// 2^20 is not said, so both are taken.
pub(super) fn chunks(size: u64, chunk: u64, count: u64) -> Result<(), TtError> {
    const SMALL: u64 = 5_000_000;
    const LARGE: u64 = 64 << 20;
    const LAST: u64 = 128 << 20;
    const MAX: u64 = 4 << 30;
    let bad = |text: &str| Err(TtError::param(text));
    if size == 0 || size > MAX {
        return bad("The video size is invalid");
    }
    if size < SMALL {
        return if chunk == size && count == 1 {
            Ok(())
        } else {
            bad("The chunk size is invalid: a video below 5 MB is one chunk")
        };
    }
    if !(SMALL..=LARGE).contains(&chunk) || chunk > size {
        return bad("The chunk size is invalid");
    }
    if count != size / chunk || !(1..=1_000).contains(&count) {
        return bad("The total chunk count is invalid");
    }
    if size - chunk * (count - 1) > LAST {
        return bad("The last chunk is too large");
    }
    if count == 1 && size > LARGE {
        return bad("A video above 64 MB takes several chunks");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::chunks;

    #[test]
    fn the_count_is_rounded_down_and_the_last_chunk_takes_the_rest() {
        assert!(chunks(50_000_123, 10_000_000, 5).is_ok());
        assert!(chunks(50_000_123, 10_000_000, 6).is_err());
        assert!(chunks(4_000_000, 4_000_000, 1).is_ok());
        assert!(chunks(4_000_000, 5_000_000, 1).is_err());
        assert!(chunks(70_000_000, 64 << 20, 1).is_err());
        assert!(chunks(9_999_999, 5_000_000, 1).is_ok());
    }
}
