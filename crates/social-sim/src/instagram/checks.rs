//! What Instagram takes, and the subcode for what it does not.
//! <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media>

use super::Product;
use crate::media::{ImageKind, MediaFacts};
use crate::meta::errors::GraphError;
use crate::state::State;

const MIB: u64 = 1 << 20;

/// Images are looked at when the container is created.
pub(crate) fn image(state: &State, hash: &str, product: Product) -> Result<(), GraphError> {
    if !state.cfg.check_media {
        return Ok(());
    }
    let size = state.shelf.size(hash);
    if size > 8 * MIB {
        let text = format!("The image size is too large ({size} bytes; the limit is 8 MiB).");
        return Err(GraphError::new(36_000, "The image size is too large.")
            .sub(2_207_004)
            .told("Image size too large", &text));
    }
    let image = match state.shelf.facts(hash) {
        MediaFacts::Image(image) if image.kind == ImageKind::Jpeg => image,
        _ => {
            return Err(GraphError::new(36_001, "The image format is not supported.")
                .sub(2_207_005)
                .told("Image format not supported", "The image must be a JPEG."));
        }
    };
    // A ratio rounded to whole pixels may miss the bound by a hair.
    let inside = (0.795..=1.915).contains(&image.aspect());
    if product == Product::Feed && !inside {
        let text = format!(
            "The submitted image with aspect ratio ('{}/{}',) cannot be published. Please submit \
             an image with a valid aspect ratio.",
            image.width, image.height
        );
        return Err(GraphError::new(36_003, "The aspect ratio is not supported.")
            .sub(2_207_009)
            .told("Aspect ratio not supported", &text));
    }
    Ok(())
}

/// Videos are looked at while they are processed: the subcode that this ends in, if any.
pub(crate) fn video(state: &State, hash: &str, product: Product) -> Option<i64> {
    const FORMAT: Option<i64> = Some(2_207_026);
    if !state.cfg.check_media {
        return None;
    }
    let Some(video) = state.shelf.video(hash) else { return FORMAT };
    let (max_size, longest) = match product {
        Product::Story => (100 * MIB, 60_000),
        Product::Feed => (300 * MIB, 60_000),
        Product::Reels => (300 * MIB, 900_000),
    };
    let codecs = matches!(video.video_codec.as_str(), "avc1" | "avc3" | "hvc1" | "hev1")
        && video.audio_codec.as_deref().is_none_or(|codec| codec == "mp4a");
    let layout = video.moov_first && !(video.edit_list && state.cfg.meta.refuse_edit_lists);
    let ratio = f64::from(video.width) / f64::from(video.height.max(1));
    let shape = video.width <= 1_920 && (0.01..=10.0).contains(&ratio);
    // A container's duration may be a few frames off what its streams play.
    let duration = (2_950..=longest + 50).contains(&video.duration_ms);
    let rate = (22.9..=60.1).contains(&video.fps);
    let fine = codecs && layout && shape && duration && rate && state.shelf.size(hash) <= max_size;
    if fine { None } else { FORMAT }
}
