//! What TikTok is told about a post, and what is checked before.
//!
//! TikTok for Developers, "Direct post" and "Photo post".

use serde_json::{Map, Value, json};
use social_core::domain::Platform;
use social_core::flow::Content;
use social_core::{ErrorKind, PlatformError};
use url::Url;

use super::endpoints::Creator;
use crate::options;

pub(super) const EVERYONE: &str = "PUBLIC_TO_EVERYONE";

/// The creator's say in who may see, comment on and reuse a post.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Terms {
    pub(super) privacy: String,
    no_comment: bool,
    no_duet: bool,
    no_stitch: bool,
}

/// What the creator offers and the author chose, or why they do not go together.
pub(super) fn terms(
    platform: &Platform,
    content: &Content,
    creator: &Creator,
) -> Result<Terms, PlatformError> {
    let offered = &creator.privacy_level_options;
    let has = |level: &str| offered.iter().any(|option| option == level);
    let privacy = match options::text(&content.options, "privacy_level") {
        Some(level) if has(level) => level.to_owned(),
        Some(level) => {
            let detail = format!("the account does not offer the privacy level `{level}`");
            let offers = offered.join(", ");
            return Err(PlatformError::new(platform.clone(), ErrorKind::Rejected, detail)
                .action(format!("Choose one of: {offers}.")));
        }
        None if has(EVERYONE) => EVERYONE.to_owned(),
        None => offered.first().cloned().ok_or_else(|| {
            let detail = "the account offers no privacy level";
            PlatformError::new(platform.clone(), ErrorKind::Unsupported, detail)
                .action("Open the TikTok app and check that the account may post.")
        })?,
    };
    let duration = content.media.first().and_then(|media| media.duration);
    if let (Some(duration), Some(most)) = (duration, creator.max_video_post_duration_sec)
        && duration.as_secs_f64() > most as f64
    {
        let detail = format!(
            "the clip runs {:.0} seconds and this account may post {most}",
            duration.as_secs_f64()
        );
        return Err(PlatformError::new(platform.clone(), ErrorKind::MediaRejected, detail)
            .action(format!("Cut the clip to {most} seconds.")));
    }
    let wants = |name: &str| content.options.get(name).and_then(Value::as_bool).unwrap_or(false);
    Ok(Terms {
        privacy,
        no_comment: creator.comment_disabled || wants("disable_comment"),
        no_duet: creator.duet_disabled || wants("disable_duet"),
        no_stitch: creator.stitch_disabled || wants("disable_stitch"),
    })
}

/// The `post_info` of a clip.
pub(super) fn of_video(content: &Content, terms: &Terms) -> Value {
    let mut info = json!({
        "title": content.text,
        "privacy_level": terms.privacy,
        "disable_comment": terms.no_comment,
        "disable_duet": terms.no_duet,
        "disable_stitch": terms.no_stitch,
    });
    let known =
        ["video_cover_timestamp_ms", "brand_content_toggle", "brand_organic_toggle", "is_aigc"];
    copy(&content.options, &known, &mut info);
    info
}

/// The body that publishes pictures, which TikTok fetches.
pub(super) fn of_photos(
    platform: &Platform,
    content: &Content,
    terms: &Terms,
) -> Result<Value, PlatformError> {
    let address = |url: &Option<Url>| {
        url.as_ref().map(Url::to_string).ok_or_else(|| {
            let detail = "TikTok fetches pictures itself, and this one has no public address";
            PlatformError::new(platform.clone(), ErrorKind::Unsupported, detail).action(
                "Give the program a public address that is verified with the app at TikTok.",
            )
        })
    };
    let images = content.media.iter().map(|media| address(&media.url));
    let images = images.collect::<Result<Vec<_>, _>>()?;
    let mut info = json!({
        "description": content.text,
        "privacy_level": terms.privacy,
        "disable_comment": terms.no_comment,
    });
    let known = ["title", "auto_add_music", "brand_content_toggle", "brand_organic_toggle"];
    copy(&content.options, &known, &mut info);
    let cover = content.options.get("photo_cover_index").and_then(Value::as_u64).unwrap_or(0);
    Ok(json!({
        "post_info": info,
        "source_info": {
            "source": "PULL_FROM_URL",
            "photo_cover_index": cover,
            "photo_images": images,
        },
        "post_mode": "DIRECT_POST",
        "media_type": "PHOTO",
    }))
}

fn copy(options: &Map<String, Value>, known: &[&str], info: &mut Value) {
    for &name in known {
        if let Some(value) = options.get(name) {
            info[name] = value.clone();
        }
    }
}
