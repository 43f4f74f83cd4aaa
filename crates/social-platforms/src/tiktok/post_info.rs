//! What TikTok is told about a post, and what is checked before.
//!
//! TikTok for Developers, "Direct post" and "Photo post".

use serde_json::{Value, json};
use social_core::domain::Platform;
use social_core::flow::{Content, ContentMedia};
use social_core::rules::options::{TikTokFormat, TikTokOptions};
use social_core::{ErrorKind, PlatformError};
use url::Url;

use super::endpoints::Creator;
use crate::options;

pub(super) const EVERYONE: &str = "PUBLIC_TO_EVERYONE";

/// The creator's say in who may see, comment on and reuse a post.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
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
    let own: TikTokOptions = options::read(platform, content)?;
    let privacy = match own.privacy_level.as_deref() {
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
    Ok(Terms {
        privacy,
        no_comment: creator.comment_disabled || own.disable_comment,
        no_duet: creator.duet_disabled || own.disable_duet,
        no_stitch: creator.stitch_disabled || own.disable_stitch,
    })
}

/// The `post_info` of a clip; a draft has none.
pub(super) fn of_video(
    platform: &Platform,
    content: &Content,
    terms: &Terms,
) -> Result<Option<Value>, PlatformError> {
    let own: TikTokOptions = options::read(platform, content)?;
    if own.format == Some(TikTokFormat::Inbox) {
        return Ok(None);
    }
    let mut info = json!({
        "title": content.text,
        "privacy_level": terms.privacy,
        "disable_comment": terms.no_comment,
        "disable_duet": terms.no_duet,
        "disable_stitch": terms.no_stitch,
    });
    if let Some(millis) = own.video_cover_timestamp_ms {
        info["video_cover_timestamp_ms"] = millis.into();
    }
    if let Some(made) = own.is_aigc {
        info["is_aigc"] = made.into();
    }
    disclose(&own, &mut info);
    Ok(Some(info))
}

/// The body that publishes pictures, which TikTok fetches, or makes a draft of them.
pub(super) fn of_photos(
    platform: &Platform,
    content: &Content,
    terms: &Terms,
) -> Result<Value, PlatformError> {
    let own: TikTokOptions = options::read(platform, content)?;
    let images = content.media.iter().map(|media| address(platform, media));
    let images = images.collect::<Result<Vec<_>, _>>()?;
    let mut info = json!({ "description": content.text });
    if let Some(title) = &own.title {
        info["title"] = title.as_str().into();
    }
    let draft = own.format == Some(TikTokFormat::Inbox);
    if !draft {
        info["privacy_level"] = terms.privacy.as_str().into();
        info["disable_comment"] = terms.no_comment.into();
        if let Some(music) = own.auto_add_music {
            info["auto_add_music"] = music.into();
        }
        disclose(&own, &mut info);
    }
    Ok(json!({
        "post_info": info,
        "source_info": {
            "source": "PULL_FROM_URL",
            "photo_cover_index": own.photo_cover_index.unwrap_or(0),
            "photo_images": images,
        },
        "post_mode": if draft { "MEDIA_UPLOAD" } else { "DIRECT_POST" },
        "media_type": "PHOTO",
    }))
}

/// Where TikTok can fetch an item.
pub(super) fn address<'a>(
    platform: &Platform,
    media: &'a ContentMedia,
) -> Result<&'a Url, PlatformError> {
    media.url.as_ref().ok_or_else(|| {
        let detail = "TikTok fetches this itself, and it has no public address";
        PlatformError::new(platform.clone(), ErrorKind::Unsupported, detail)
            .action("Give the program a public address that is verified with the app at TikTok.")
    })
}

/// What the author discloses of who pays. Whether the first may be left out is not clear from the
/// documentation ("Direct post": required in the table, missing in the samples), so it never is.
fn disclose(own: &TikTokOptions, info: &mut Value) {
    info["brand_content_toggle"] = own.brand_content_toggle.unwrap_or(false).into();
    if let Some(value) = own.brand_organic_toggle {
        info["brand_organic_toggle"] = value.into();
    }
}
