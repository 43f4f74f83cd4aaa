//! The fields of containers: which kind takes which.
//!
//! Meta, "IG User Media".

use serde_json::{Value, json};
use social_core::domain::{Platform, PostKind};
use social_core::flow::{Content, ContentMedia};
use social_core::rules::options::{InstagramOptions, Source, UserTag};
use social_core::{ErrorKind, PlatformError};
use url::Url;

use crate::meta::graph::{Graph, Host};
use crate::options;

type Fields = Vec<(&'static str, String)>;

pub(super) fn media<'a>(
    platform: &Platform,
    content: &'a Content,
    index: usize,
) -> Result<&'a ContentMedia, PlatformError> {
    content.media.get(index).ok_or_else(|| {
        PlatformError::new(platform.clone(), ErrorKind::Rejected, "a picture or clip is missing")
            .action("Add a picture or a clip: Instagram has no posts of words alone.")
    })
}

fn is_clip(item: &ContentMedia) -> bool {
    item.mime.starts_with("video/")
}

/// Whether the post is a clip whose bytes are sent. Accounts of Instagram Login have no upload.
pub(super) fn is_sent(graph: &Graph<'_>, content: &Content) -> Result<bool, PlatformError> {
    let own: InstagramOptions = options::read(graph.platform, content)?;
    let alone = content.kind != PostKind::Carousel;
    let clip = alone && content.media.first().is_some_and(is_clip);
    Ok(clip && graph.host == Host::Facebook && own.source == Source::Bytes)
}

/// Where Instagram can fetch an item.
fn address(platform: &Platform, item: &ContentMedia) -> Result<String, PlatformError> {
    item.url.as_ref().map(Url::to_string).ok_or_else(|| {
        let what = if is_clip(item) { "this clip" } else { "pictures" };
        PlatformError::new(
            platform.clone(),
            ErrorKind::Unsupported,
            format!("Instagram fetches {what} itself, and there is no public address"),
        )
        .action("Give the program a public address for its media, or a blob store that has one.")
    })
}

/// The fields of an item of a carousel.
pub(super) fn child(
    platform: &Platform,
    content: &Content,
    index: usize,
) -> Result<Fields, PlatformError> {
    let own: InstagramOptions = options::read(platform, content)?;
    let item = media(platform, content, index)?;
    let mut fields = vec![("is_carousel_item", "true".to_owned())];
    if is_clip(item) {
        fields.push(("media_type", "VIDEO".to_owned()));
        fields.push(("video_url", address(platform, item)?));
    } else {
        fields.push(("image_url", address(platform, item)?));
        fields.extend(item.alt.clone().map(|alt| ("alt_text", alt)));
    }
    fields.extend(tags(&own, index, true));
    Ok(fields)
}

/// The fields of the post.
pub(super) fn whole(
    graph: &Graph<'_>,
    content: &Content,
    made: &[String],
) -> Result<Fields, PlatformError> {
    let platform = graph.platform;
    let own: InstagramOptions = options::read(platform, content)?;
    let mut fields = Fields::new();
    if content.kind == PostKind::Carousel {
        fields.push(("media_type", "CAROUSEL".to_owned()));
        fields.push(("children", made.join(",")));
    } else {
        let item = media(platform, content, 0)?;
        let (clip, story) = (is_clip(item), content.kind == PostKind::Story);
        if story {
            fields.push(("media_type", "STORIES".to_owned()));
        } else if clip {
            fields.push(("media_type", "REELS".to_owned()));
        }
        if is_sent(graph, content)? {
            fields.push(("upload_type", "resumable".to_owned()));
        } else if clip {
            fields.push(("video_url", address(platform, item)?));
        } else {
            fields.push(("image_url", address(platform, item)?));
        }
        if !clip && !story {
            fields.extend(item.alt.clone().map(|alt| ("alt_text", alt)));
        }
        fields.extend(tags(&own, 0, !clip || story));
    }
    if content.kind == PostKind::Story {
        if own.is_ai_generated {
            fields.push(("is_ai_generated", "true".to_owned()));
        }
        return Ok(fields);
    }
    if !content.text.is_empty() {
        fields.push(("caption", content.text.clone()));
    }
    fields.extend(said(&own));
    Ok(fields)
}

/// What the author says of the post as a whole.
fn said(own: &InstagramOptions) -> Fields {
    let mut fields = Fields::new();
    if !own.collaborators.is_empty() {
        fields.push(("collaborators", json!(own.collaborators).to_string()));
    }
    let flag = |value: bool| value.to_string();
    fields.extend(own.location_id.clone().map(|id| ("location_id", id)));
    fields.extend(own.share_to_feed.map(|share| ("share_to_feed", flag(share))));
    fields.extend(own.audio_name.clone().map(|name| ("audio_name", name)));
    fields.extend(own.thumb_offset.map(|millis| ("thumb_offset", millis.to_string())));
    fields.extend(own.cover_url.as_ref().map(|url| ("cover_url", url.to_string())));
    fields.extend(own.trial_params.as_ref().map(|trial| {
        let trial = json!({"graduation_strategy": trial.graduation_strategy});
        ("trial_params", trial.to_string())
    }));
    if own.is_ai_generated {
        fields.push(("is_ai_generated", flag(true)));
    }
    fields
}

/// The accounts that item `index` shows. On reels a tag has no place.
fn tags(own: &InstagramOptions, index: usize, placed: bool) -> Option<(&'static str, String)> {
    let of_item = own.user_tags.iter().filter(|tag| tag.item as usize == index);
    let tags: Vec<Value> = of_item
        .map(|UserTag { username, x, y, .. }| {
            let mut tag = json!({ "username": username });
            if let (true, Some(x), Some(y)) = (placed, x, y) {
                tag["x"] = json!(x);
                tag["y"] = json!(y);
            }
            tag
        })
        .collect();
    (!tags.is_empty()).then(|| ("user_tags", Value::from(tags).to_string()))
}
