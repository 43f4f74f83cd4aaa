//! What an author can say to one network alone, typed: on the wire it stands in
//! `overrides.<network>.options`, and a field that the network does not have is refused.

mod facebook;
mod instagram;
mod linkedin;
mod tiktok;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::media::MediaProbe;
use crate::domain::{Platform, PostKind};

pub use facebook::{FacebookFormat, FacebookOptions};
pub use instagram::{InstagramFormat, InstagramOptions, TrialParams, UserTag};
pub use linkedin::{Article, LinkedInOptions, Poll, PollDays, Visibility};
pub use tiktok::{TikTokFormat, TikTokOptions};

/// How a clip comes to a network that also fetches from a public address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Its bytes are sent.
    #[default]
    Bytes,
    /// The network fetches it.
    Url,
}

/// The options of a post for one network.
#[derive(Debug, Clone, PartialEq)]
pub enum PostOptions {
    /// Instagram's.
    Instagram(Box<InstagramOptions>),
    /// Facebook's.
    Facebook(FacebookOptions),
    /// LinkedIn's.
    LinkedIn(Box<LinkedInOptions>),
    /// TikTok's.
    TikTok(TikTokOptions),
    /// Those of a network that an app added: its client reads them.
    Other(Map<String, Value>),
}

/// What a post is, as far as options depend on it.
#[derive(Debug, Clone, Copy)]
pub struct Shape<'a> {
    /// Which kind.
    pub kind: PostKind,
    /// Its media, in order.
    pub media: &'a [&'a MediaProbe],
}

/// Something wrong with an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which option; empty where it is all of them.
    pub field: String,
    /// What is wrong and what to do, for people.
    pub message: String,
}

impl Problem {
    fn new(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), message: message.into() }
    }
}

impl PostOptions {
    /// Reads the options of `platform`.
    ///
    /// # Errors
    /// [`Problem`] for a field that the network does not have, or of another type.
    pub fn read(platform: &Platform, options: &Map<String, Value>) -> Result<Self, Problem> {
        Ok(if *platform == Platform::INSTAGRAM {
            Self::Instagram(Box::new(typed(options)?))
        } else if *platform == Platform::FACEBOOK {
            Self::Facebook(typed(options)?)
        } else if *platform == Platform::LINKEDIN {
            Self::LinkedIn(Box::new(typed(options)?))
        } else if *platform == Platform::TIKTOK {
            Self::TikTok(typed(options)?)
        } else {
            Self::Other(options.clone())
        })
    }

    /// The kind of post that they make of what is usually a `kind`.
    #[must_use]
    pub fn kind(&self, kind: PostKind) -> PostKind {
        let asked = match self {
            Self::Instagram(own) => own.format.map(|InstagramFormat::Story| PostKind::Story),
            Self::Facebook(own) => own.format.map(|format| match format {
                FacebookFormat::Reel => PostKind::Reel,
                FacebookFormat::Story => PostKind::Story,
            }),
            Self::TikTok(own) => own.format.map(|TikTokFormat::Inbox| PostKind::Inbox),
            Self::LinkedIn(_) | Self::Other(_) => None,
        };
        asked.unwrap_or(kind)
    }

    /// Whether the network would have to fetch clips.
    #[must_use]
    pub fn fetches_clips(&self) -> bool {
        match self {
            Self::Instagram(own) => own.source == Source::Url,
            Self::TikTok(own) => own.source == Source::Url,
            _ => false,
        }
    }

    /// Whether they give the post something to show, so that it needs no text.
    #[must_use]
    pub fn has_content(&self) -> bool {
        match self {
            Self::Facebook(own) => own.link.is_some(),
            Self::LinkedIn(own) => own.attachments() > 0,
            _ => false,
        }
    }

    /// What is said in a comment once the post is visible.
    #[must_use]
    pub fn first_comment(&self) -> Option<&str> {
        let comment = match self {
            Self::Instagram(own) => own.first_comment.as_deref(),
            Self::Facebook(own) => own.first_comment.as_deref(),
            Self::LinkedIn(own) => own.first_comment.as_deref(),
            Self::TikTok(_) => None,
            Self::Other(own) => own.get("first_comment").and_then(Value::as_str),
        };
        comment.filter(|text| !text.trim().is_empty())
    }

    /// What does not go together with the post.
    #[must_use]
    pub fn problems(&self, shape: Shape<'_>) -> Vec<Problem> {
        match self {
            Self::Instagram(own) => own.problems(shape),
            Self::Facebook(own) => own.problems(shape),
            Self::LinkedIn(own) => own.problems(shape),
            Self::TikTok(own) => own.problems(shape),
            Self::Other(_) => Vec::new(),
        }
    }
}

/// Options as the type `T` has them.
///
/// # Errors
/// [`Problem`] for an unknown field or one of another type.
pub fn typed<T: DeserializeOwned>(options: &Map<String, Value>) -> Result<T, Problem> {
    T::deserialize(Value::Object(options.clone()))
        .map_err(|error| Problem::new("", format!("{error}")))
}

/// The clip's length in milliseconds, where the post is a clip.
fn clip_millis(shape: Shape<'_>) -> Option<u64> {
    match shape.media {
        [MediaProbe::Video(video)] => u64::try_from(video.duration.as_millis()).ok(),
        _ => None,
    }
}

/// Reports each of `fields` that is set and not `allowed`.
fn only_for(
    problems: &mut Vec<Problem>,
    allowed: bool,
    what: &str,
    fields: &[(&'static str, bool)],
) {
    if allowed {
        return;
    }
    for (field, _) in fields.iter().filter(|(_, set)| *set) {
        problems.push(Problem::new(field, format!("`{field}` is only for {what}: leave it out")));
    }
}

/// Reports a comment that is blank or longer than `max` characters.
fn check_comment(problems: &mut Vec<Problem>, comment: Option<&str>, max: usize) {
    let Some(text) = comment else { return };
    let length = text.chars().count();
    if text.trim().is_empty() {
        problems.push(Problem::new("first_comment", "the first comment is empty: leave it out"));
    } else if length > max {
        let message = format!("the first comment has {length} of {max} characters: shorten it");
        problems.push(Problem::new("first_comment", message));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(platform: &Platform, options: &Value) -> Result<PostOptions, Problem> {
        PostOptions::read(platform, options.as_object().unwrap())
    }

    #[test]
    fn a_field_that_a_network_does_not_have_is_refused_by_name() {
        for platform in
            [Platform::INSTAGRAM, Platform::FACEBOOK, Platform::LINKEDIN, Platform::TIKTOK]
        {
            let problem = read(&platform, &json!({"colour": "blue"})).unwrap_err();
            assert!(problem.message.contains("`colour`"), "{platform}: {}", problem.message);
        }
        let own: Platform = "harbour".parse().unwrap();
        assert!(read(&own, &json!({"colour": "blue"})).is_ok());
    }

    #[test]
    fn a_format_makes_another_kind_of_post() {
        for (platform, options, kind) in [
            (Platform::INSTAGRAM, json!({"format": "story"}), PostKind::Story),
            (Platform::FACEBOOK, json!({"format": "reel"}), PostKind::Reel),
            (Platform::FACEBOOK, json!({"format": "story"}), PostKind::Story),
            (Platform::TIKTOK, json!({"format": "inbox"}), PostKind::Inbox),
            (Platform::LINKEDIN, json!({}), PostKind::Video),
        ] {
            assert_eq!(read(&platform, &options).unwrap().kind(PostKind::Video), kind);
        }
    }

    #[test]
    fn what_does_not_go_together_is_said_of_each_field() {
        use crate::domain::media::{ColourProfile, ImageFormat, ImageProbe};
        let picture = MediaProbe::Image(ImageProbe {
            format: ImageFormat::Jpeg,
            width: 1080,
            height: 1080,
            bytes: 1000,
            orientation: 1,
            alpha: false,
            animated: false,
            colour: ColourProfile::Untagged,
            metadata: false,
            motion: None,
            focus: None,
        });
        let fields = |platform: Platform, kind, media: &[&MediaProbe], options: Value| {
            let options = read(&platform, &options).unwrap();
            let problems = options.problems(Shape { kind, media });
            problems.into_iter().map(|problem| problem.field).collect::<Vec<_>>()
        };
        let one = [&picture];
        for (platform, kind, media, options, wrong) in [
            (
                Platform::INSTAGRAM,
                PostKind::Image,
                &one[..],
                json!({"share_to_feed": true, "thumb_offset": 5, "collaborators": ["a", "b", "c", "d"],
                    "user_tags": [{"username": "ana"}, {"username": "bo", "x": 0.1, "y": 0.2, "item": 3}]}),
                vec!["share_to_feed", "thumb_offset", "collaborators", "user_tags", "user_tags"],
            ),
            (
                Platform::INSTAGRAM,
                PostKind::Story,
                &one[..],
                json!({"format": "story", "first_comment": "Hi", "location_id": "7"}),
                vec!["location_id", "first_comment"],
            ),
            (
                Platform::FACEBOOK,
                PostKind::Image,
                &one[..],
                json!({"link": "https://www.facebook.com/x", "title": "T", "first_comment": " "}),
                vec!["link", "title", "link", "first_comment"],
            ),
            (
                Platform::LINKEDIN,
                PostKind::Text,
                &[][..],
                json!({"poll": {"question": "", "options": ["only"], "days": 1},
                    "reshare_of": "urn:li:comment:1"}),
                vec!["", "poll", "poll", "reshare_of"],
            ),
            (Platform::LINKEDIN, PostKind::Document, &[][..], json!({}), vec!["title"]),
            (
                Platform::TIKTOK,
                PostKind::Image,
                &one[..],
                json!({"disable_duet": true, "photo_cover_index": 1, "title": "x".repeat(91),
                    "brand_content_toggle": true, "privacy_level": "SELF_ONLY"}),
                vec!["disable_duet", "privacy_level", "photo_cover_index", "title"],
            ),
        ] {
            assert_eq!(fields(platform.clone(), kind, media, options), wrong, "{platform}");
        }
        assert!(
            read(
                &Platform::LINKEDIN,
                &json!({"poll": {"question": "?", "options": [], "days": 2}})
            )
            .unwrap_err()
            .message
            .contains("1, 3, 7 or 14")
        );
    }
}
