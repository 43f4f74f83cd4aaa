//! What can be said to LinkedIn alone.
//!
//! Microsoft Learn, "Posts API" and "Poll API".

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Problem, Shape, check_comment, only_for};
use crate::domain::PostKind;

/// Who may see a post.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Visibility {
    /// Everybody.
    #[default]
    Public,
    /// The member's connections.
    Connections,
    /// Whoever is signed in.
    LoggedIn,
}

/// A page that the post shows. LinkedIn reads nothing of it by itself; a picture of the post
/// becomes its preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// Its address.
    pub source: Url,
    /// Its title.
    pub title: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// For how long a poll runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum PollDays {
    /// 24 hours.
    One,
    /// Three days.
    Three,
    /// A week.
    Seven,
    /// Two weeks.
    Fourteen,
}

impl TryFrom<u8> for PollDays {
    type Error = &'static str;
    fn try_from(days: u8) -> Result<Self, &'static str> {
        match days {
            1 => Ok(Self::One),
            3 => Ok(Self::Three),
            7 => Ok(Self::Seven),
            14 => Ok(Self::Fourteen),
            _ => Err("a poll runs 1, 3, 7 or 14 `days`"),
        }
    }
}

impl From<PollDays> for u8 {
    fn from(days: PollDays) -> Self {
        match days {
            PollDays::One => 1,
            PollDays::Three => 3,
            PollDays::Seven => 7,
            PollDays::Fourteen => 14,
        }
    }
}

/// A question to readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Poll {
    /// At most 140 characters.
    pub question: String,
    /// Two to four answers of at most 30 characters.
    pub options: Vec<String>,
    /// How long it runs.
    pub days: PollDays,
}

/// What can be said to LinkedIn alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LinkedInOptions {
    /// Who may see it.
    pub visibility: Visibility,
    /// Whether others may not share it on.
    pub disable_reshare: bool,
    /// The title of a clip; a document must have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A page that it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<Article>,
    /// A question to readers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll: Option<Poll>,
    /// The post that it shares on: `urn:li:share:…` or `urn:li:ugcPost:…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reshare_of: Option<String>,
    /// What is said in a comment once it is visible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_comment: Option<String>,
}

impl LinkedInOptions {
    /// How many of article, poll and reshare there are.
    pub(super) fn attachments(&self) -> usize {
        usize::from(self.article.is_some())
            + usize::from(self.poll.is_some())
            + usize::from(self.reshare_of.is_some())
    }

    pub(super) fn problems(&self, shape: Shape<'_>) -> Vec<Problem> {
        let mut problems = Vec::new();
        let (text, document) = (shape.kind == PostKind::Text, shape.kind == PostKind::Document);
        if self.attachments() > 1 {
            let message = "a post is an article, a poll or a reshare: keep one of them";
            problems.push(Problem::new("", message));
        }
        only_for(
            &mut problems,
            text,
            "posts without media",
            &[("poll", self.poll.is_some()), ("reshare_of", self.reshare_of.is_some())],
        );
        only_for(
            &mut problems,
            text || shape.kind == PostKind::Image,
            "posts with one picture or none, which is its preview",
            &[("article", self.article.is_some())],
        );
        only_for(
            &mut problems,
            document || shape.kind == PostKind::Video,
            "clips and documents",
            &[("title", self.title.is_some())],
        );
        if document && self.title.as_deref().is_none_or(|title| title.trim().is_empty()) {
            problems.push(Problem::new("title", "a document needs a title: write one"));
        }
        if let Some(article) = &self.article {
            if article.title.trim().is_empty() {
                let message = "LinkedIn reads nothing of the page: write the article's title";
                problems.push(Problem::new("article", message));
            }
            if !matches!(article.source.scheme(), "http" | "https") {
                problems.push(Problem::new("article", "`source` must begin with https://"));
            }
        }
        if let Some(poll) = &self.poll {
            check_poll(poll, &mut problems);
        }
        let post = |urn: &str| {
            ["urn:li:share:", "urn:li:ugcPost:"].iter().any(|start| {
                urn.strip_prefix(start)
                    .is_some_and(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()))
            })
        };
        if self.reshare_of.as_deref().is_some_and(|urn| !post(urn)) {
            let message = "name the post as urn:li:share:… or urn:li:ugcPost:…";
            problems.push(Problem::new("reshare_of", message));
        }
        check_comment(&mut problems, self.first_comment.as_deref(), 1250);
        problems
    }
}

fn check_poll(poll: &Poll, problems: &mut Vec<Problem>) {
    let length = |text: &str| if text.trim().is_empty() { 0 } else { text.chars().count() };
    if !(1..=140).contains(&length(&poll.question)) {
        problems.push(Problem::new("poll", "the question has 1 to 140 characters"));
    }
    if !(2..=4).contains(&poll.options.len()) {
        let message = format!("{} answers; a poll has 2 to 4", poll.options.len());
        problems.push(Problem::new("poll", message));
    }
    if poll.options.iter().any(|option| !(1..=30).contains(&length(option))) {
        problems.push(Problem::new("poll", "each answer has 1 to 30 characters"));
    }
}
