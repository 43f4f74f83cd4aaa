//! What can be said to Facebook alone.
//!
//! Meta, "Pages API: posts", "Reels publishing", "Page stories".

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Problem, Shape, check_comment, only_for};
use crate::domain::PostKind;

/// A kind of post that only an option asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FacebookFormat {
    /// A short upright clip.
    Reel,
    /// Seen for a day.
    Story,
}

/// What can be said to Facebook alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FacebookOptions {
    /// A reel or a story instead of a post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<FacebookFormat>,
    /// A page that the post shows a preview of; only with words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Url>,
    /// The title of a clip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What is said in a comment once it is visible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_comment: Option<String>,
}

impl FacebookOptions {
    pub(super) fn problems(&self, shape: Shape<'_>) -> Vec<Problem> {
        let mut problems = Vec::new();
        let clip = matches!(shape.kind, PostKind::Video | PostKind::Reel);
        only_for(
            &mut problems,
            shape.kind == PostKind::Text,
            "posts without media",
            &[("link", self.link.is_some())],
        );
        only_for(&mut problems, clip, "clips", &[("title", self.title.is_some())]);
        only_for(
            &mut problems,
            shape.kind != PostKind::Story,
            "posts and reels",
            &[("first_comment", self.first_comment.is_some())],
        );
        if self.link.as_ref().is_some_and(|link| !matches!(link.scheme(), "http" | "https")) {
            problems.push(Problem::new("link", "the link must begin with https:// or http://"));
        }
        let own = |host: &str| host == "facebook.com" || host.ends_with(".facebook.com");
        if self.link.as_ref().and_then(Url::host_str).is_some_and(own) {
            let message = "Facebook refuses links to facebook.com: leave it out";
            problems.push(Problem::new("link", message));
        }
        check_comment(&mut problems, self.first_comment.as_deref(), 8000);
        problems
    }
}
