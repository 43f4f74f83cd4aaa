//! What Facebook takes.

use crate::media::MediaFacts;
use crate::meta::errors::GraphError;
use crate::state::State;

/// Photos: a picture of at most 10 MB.
pub(crate) fn photo(state: &State, hash: &str) -> Result<(), GraphError> {
    if !state.cfg.check_media {
        return Ok(());
    }
    let bad = |text: &str| {
        GraphError::new(324, "(#324) Missing or invalid image file")
            .sub(1_366_046)
            .told("Can't Read Files", text)
    };
    if !matches!(state.shelf.facts(hash), MediaFacts::Image(_)) {
        return Err(bad("Your photos couldn't be uploaded. Photos should be saved as JPG or PNG."));
    }
    if state.shelf.size(hash) > 10_000_000 {
        return Err(bad("Your photos couldn't be uploaded. Photos should be smaller than 10 MB."));
    }
    Ok(())
}

/// Videos and reels: what processing ends in, if not well.
/// <https://developers.facebook.com/docs/video-api/guides/reels-publishing>
pub(crate) fn video(state: &State, hash: &str, reel: bool) -> Option<(i64, &'static str)> {
    if !state.cfg.check_media {
        return None;
    }
    let Some(video) = state.shelf.video(hash) else {
        return Some((2_069_019, "The video file is invalid"));
    };
    if !reel {
        return None;
    }
    let (short, long) = (video.width.min(video.height), video.width.max(video.height));
    let ratio = f64::from(video.width) / f64::from(video.height.max(1));
    if !(0.55..=1.8).contains(&ratio) {
        Some((1_363_040, "The aspect ratio must be between 16x9 and 9x16"))
    } else if short < 540 || long < 960 {
        Some((1_363_127, "The resolution must be at least 540x960"))
    } else if !(2_950..=90_050).contains(&video.duration_ms) {
        Some((1_363_128, "The duration must be between 3 and 90 seconds"))
    } else if !(23.9..=60.1).contains(&video.fps) {
        Some((1_363_129, "The frame rate must be between 24 and 60"))
    } else {
        None
    }
}
