//! Publishing on LinkedIn: media go up, then one request makes the post.
//!
//! Microsoft Learn, "Posts API", "Images API", "Videos API". LinkedIn refuses the same text twice
//! within ten minutes and names the first post in its refusal: that settles a lost answer.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use social_core::domain::{Platform, PostKind};
use social_core::flow::{CommitTrace, Content, ContentMedia, FlowContext, FlowState, Step};
use social_core::ports::{AccountAuth, Response};
use social_core::{ErrorKind, PlatformError, Timestamp};
use url::Url;

use super::body::body;
use super::endpoints::{
    CreatePost, FinalizeVideo, FindPosts, InitImage, InitVideo, Part, PutImage, PutPart, ReadImage,
    ReadVideo, Whole,
};
use super::rest::Rest;
use super::{errors, permalink};
use crate::endpoint::{Endpoint as _, step};
use crate::http::redact;
use crate::state::{Poll, SECOND_LOOK, candidates, only, published, wait};

/// How long LinkedIn surely refuses the same text again, with a minute to spare.
const REFUSES: Duration = Duration::from_secs(9 * 60);

/// How long a picture is given whose status may not be read.
const SETTLE: Duration = Duration::from_secs(5);

/// Where publishing, or finding out about it, stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(super) enum Flow {
    /// The next picture gets its place.
    Image { made: Vec<String> },
    /// The picture goes up.
    PutImage { made: Vec<String>, image: String, url: Url },
    /// The pictures become ready, one after the other.
    Images { made: Vec<String>, ready: usize, poll: Poll },
    /// The clip gets its place.
    Video,
    /// Its parts go up, in order.
    Part { video: String, token: String, parts: Vec<Part>, tags: Vec<String> },
    /// The parts become the clip.
    Finalize { video: String, token: String, tags: Vec<String> },
    /// The clip becomes ready.
    Ready { video: String, poll: Poll },
    /// The post is made, once there is nothing to wait for: the Commit. On a `repeat` the refusal
    /// of a duplicate is the proof that the first try had worked.
    Create { media: Vec<String>, not_before: Timestamp, repeat: bool },
    /// It is visible.
    Done { post: String, seen: Timestamp },
    /// Is it? The author's posts tell.
    Look { media: Vec<String>, first: Timestamp, last: Timestamp, absent: bool, poll: Poll },
    /// It is not; publishing goes on there.
    Absent { then: Box<Flow> },
    /// Nobody can tell, and LinkedIn does not make it twice: it is sent again at once.
    Again { then: Box<Flow> },
    /// Nobody can tell.
    Unknown,
}

impl Flow {
    pub(super) fn begin(content: &Content, now: Timestamp) -> Self {
        match content.kind {
            PostKind::Video => Self::Video,
            _ if content.media.is_empty() => create(Vec::new(), now),
            _ => Self::Image { made: Vec::new() },
        }
    }

    pub(super) fn reconcile(self, cx: &FlowContext<'_>, trace: &CommitTrace) -> Self {
        let Self::Create { media, .. } = self else {
            // Nothing was committed from any other state.
            return Self::Absent { then: Box::new(self) };
        };
        let (first, last) = (trace.first_sent_at, trace.last_sent_at);
        if may_list(cx.auth) {
            let poll = Poll { count: 0, at: cx.now };
            Self::Look { media, first, last, absent: false, poll }
        } else if cx.now < first + REFUSES {
            repeat(media, cx.now)
        } else {
            Self::Unknown
        }
    }

    pub(super) fn next(
        &self,
        rest: &Rest<'_>,
        cx: &FlowContext<'_>,
    ) -> Result<Step, PlatformError> {
        let owner = cx.auth.remote_id.as_str();
        let (platform, content) = (rest.platform, cx.content);
        match self {
            Self::Image { .. } => step(&InitImage { what: whole(content), owner }, rest),
            Self::PutImage { made, url, .. } => {
                let item = item(platform, content, made.len())?;
                let put = PutImage { url, mime: &item.mime, key: &item.key, bytes: item.bytes };
                step(&put, rest)
            }
            Self::Images { made, ready, poll } => match wait(cx.now, poll.at) {
                Some(time) => Ok(Step::Wait(time)),
                None => {
                    let image = made.get(*ready).map_or("", |urn| urn);
                    step(&ReadImage { what: whole(content), image }, rest)
                }
            },
            Self::Video => {
                step(&InitVideo { owner, bytes: item(platform, content, 0)?.bytes }, rest)
            }
            Self::Part { parts, tags, .. } => {
                let part = part(platform, parts, tags.len())?;
                step(&PutPart { part, key: &item(platform, content, 0)?.key }, rest)
            }
            Self::Finalize { video, token, tags } => {
                step(&FinalizeVideo { video, token, parts: tags }, rest)
            }
            Self::Ready { video, poll } => match wait(cx.now, poll.at) {
                Some(time) => Ok(Step::Wait(time)),
                None => step(&ReadVideo { video }, rest),
            },
            Self::Create { media, not_before, .. } => match wait(cx.now, *not_before) {
                Some(time) => Ok(Step::Wait(time)),
                None => step(&CreatePost { body: body(platform, owner, content, media)? }, rest),
            },
            Self::Look { poll, .. } => match wait(cx.now, poll.at) {
                Some(time) => Ok(Step::Wait(time)),
                None => step(&FindPosts { author: owner }, rest),
            },
            Self::Done { post, seen } => Ok(Step::Done(published(
                Some(post),
                Some(permalink(&rest.hosts.oauth, post)),
                *seen,
            ))),
            Self::Absent { then } => Ok(Step::Absent(FlowState::of(platform, then)?)),
            Self::Again { then } => Ok(Step::Repeat(FlowState::of(platform, then)?)),
            Self::Unknown => Ok(Step::Unknown),
        }
    }

    pub(super) fn on_response(
        self,
        rest: &Rest<'_>,
        cx: &FlowContext<'_>,
        response: &Response,
    ) -> Result<Self, PlatformError> {
        let owner = cx.auth.remote_id.as_str();
        let (platform, content, now) = (rest.platform, cx.content, cx.now);
        match self {
            Self::Image { made } => {
                let slot = InitImage { what: whole(content), owner }.parse(rest, response)?;
                Ok(Self::PutImage { made, image: slot.image, url: slot.upload_url })
            }
            Self::PutImage { mut made, image, url: _ } => {
                rest.check(social_core::flow::Effect::Upload, response)?;
                made.push(image);
                if made.len() < content.media.len() {
                    return Ok(Self::Image { made });
                }
                Ok(Self::Images { made, ready: 0, poll: Poll::first(now) })
            }
            Self::Images { made, ready, poll } => {
                let asset =
                    match (ReadImage { what: whole(content), image: "" }).parse(rest, response) {
                        Ok(asset) => asset,
                        // Who may only post cannot read: the picture is given some time instead.
                        Err(error) if error.kind == ErrorKind::Permission => {
                            return Ok(create(made, now + SETTLE));
                        }
                        Err(error) => return Err(error),
                    };
                Ok(match state(platform, &asset.status, None)? {
                    Asset::Working => Self::Images { made, ready, poll: poll.again(now) },
                    Asset::Ready if ready + 1 < made.len() => {
                        Self::Images { made, ready: ready + 1, poll: Poll { count: 0, at: now } }
                    }
                    Asset::Ready => create(made, now),
                })
            }
            Self::Video => {
                let bytes = item(platform, content, 0)?.bytes;
                let slot = InitVideo { owner, bytes }.parse(rest, response)?;
                let (video, token) = (slot.video, slot.upload_token);
                Ok(Self::Part { video, token, parts: slot.upload_instructions, tags: Vec::new() })
            }
            Self::Part { video, token, parts, mut tags } => {
                let sent = part(platform, &parts, tags.len())?;
                let key = &item(platform, content, 0)?.key;
                tags.push(PutPart { part: sent, key }.parse(rest, response)?);
                if tags.len() < parts.len() {
                    return Ok(Self::Part { video, token, parts, tags });
                }
                Ok(Self::Finalize { video, token, tags })
            }
            Self::Finalize { video, token, tags } => {
                FinalizeVideo { video: &video, token: &token, parts: &tags }
                    .parse(rest, response)?;
                Ok(Self::Ready { video, poll: Poll::first(now) })
            }
            Self::Ready { video, poll } => {
                let asset = match (ReadVideo { video: &video }).parse(rest, response) {
                    Ok(asset) => asset,
                    Err(error) if error.kind == ErrorKind::Permission => {
                        return Ok(create(vec![video], now + SETTLE));
                    }
                    Err(error) => return Err(error),
                };
                let why = asset.processing_failure_reason.as_deref();
                Ok(match state(platform, &asset.status, why)? {
                    Asset::Working => Self::Ready { video, poll: poll.again(now) },
                    Asset::Ready => create(vec![video], now),
                })
            }
            Self::Create { repeat, .. } => {
                if repeat && let Some(post) = errors::duplicate_of(response) {
                    return Ok(Self::Done { post, seen: now });
                }
                let post = CreatePost { body: Value::Null }.parse(rest, response)?;
                Ok(Self::Done { post, seen: now })
            }
            Self::Look { media, first, last, absent, poll } => {
                let seen = FindPosts { author: owner }.parse(rest, response)?;
                let found = candidates(seen, &content.text, first);
                if let Some(post) = only(&found) {
                    return Ok(Self::Done { post: post.clone(), seen: now });
                }
                Ok(if now < first + REFUSES {
                    repeat(media, now)
                } else if !found.is_empty() {
                    Self::Unknown
                } else if absent {
                    let then = create(media, now);
                    Self::Absent { then: Box::new(then) }
                } else {
                    let at = now.max(last) + SECOND_LOOK;
                    let poll = Poll { count: poll.count + 1, at };
                    Self::Look { media, first, last, absent: true, poll }
                })
            }
            Self::Done { .. } | Self::Absent { .. } | Self::Again { .. } | Self::Unknown => {
                Ok(self)
            }
        }
    }
}

fn create(media: Vec<String>, not_before: Timestamp) -> Flow {
    Flow::Create { media, not_before, repeat: false }
}

fn repeat(media: Vec<String>, now: Timestamp) -> Flow {
    let then = Flow::Create { media, not_before: now, repeat: true };
    Flow::Again { then: Box::new(then) }
}

/// Whether the account's posts can be listed: those of members never.
fn may_list(auth: &AccountAuth) -> bool {
    auth.kind == super::auth::ORGANIZATION
        && auth.scopes.iter().any(|scope| scope == "r_organization_social")
}

enum Asset {
    Working,
    Ready,
}

fn state(platform: &Platform, status: &str, why: Option<&str>) -> Result<Asset, PlatformError> {
    match status {
        "AVAILABLE" => Ok(Asset::Ready),
        "PROCESSING_FAILED" => {
            let detail = why.map_or("LinkedIn could not process the file".to_owned(), redact);
            let error = PlatformError::new(platform.clone(), ErrorKind::MediaRejected, detail);
            Err(error
                .action("Convert the file to JPEG or to MP4 with H.264 and AAC, and try again."))
        }
        _ => Ok(Asset::Working),
    }
}

/// What the post's media are, where they go up in one piece.
fn whole(content: &Content) -> Whole {
    if content.kind == PostKind::Document { Whole::Document } else { Whole::Image }
}

fn item<'a>(
    platform: &Platform,
    content: &'a Content,
    index: usize,
) -> Result<&'a ContentMedia, PlatformError> {
    content.media.get(index).ok_or_else(|| {
        PlatformError::new(platform.clone(), ErrorKind::Rejected, "a picture or clip is missing")
            .action("Add the picture or clip to the post.")
    })
}

fn part<'a>(
    platform: &Platform,
    parts: &'a [Part],
    index: usize,
) -> Result<&'a Part, PlatformError> {
    parts.get(index).ok_or_else(|| {
        let detail = "LinkedIn gave no address for a part of the clip";
        PlatformError::new(platform.clone(), ErrorKind::Malformed, detail)
    })
}
