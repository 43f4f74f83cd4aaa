//! Publishing on TikTok: a clip goes up in chunks, of which the last publishes; pictures are
//! fetched. After that the publish id tells the truth.
//!
//! TikTok for Developers, "Content Posting API".

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use social_core::domain::{Platform, PostKind};
use social_core::flow::{CommitTrace, Content, ContentMedia, FlowContext, FlowState, Step};
use social_core::ports::Response;
use social_core::rules::options::{Source, TikTokOptions};
use social_core::{ErrorKind, PlatformError, Timestamp};
use url::Url;

use super::chunks::Chunks;
use super::endpoints::{
    CreatorInfo, FetchStatus, InitPhotos, InitVideo, ListVideos, PullVideo, PutChunk, Stored,
};
use super::errors;
use super::open::Open;
use super::post_info::{Terms, address, of_photos, of_video, terms};
use crate::endpoint::{Endpoint as _, step};
use crate::options;
use crate::state::{Poll, candidates, only, published, wait};
use crate::verdict::LOOK;

/// How long an upload address surely works; it lives for an hour.
const UPLOAD_LIFE: Duration = Duration::from_secs(55 * 60);

/// How long a published post is given to get its public id.
const MODERATION: Duration = Duration::from_secs(60);

/// How long to wait before looking a second time at an upload.
const SECOND_LOOK: Duration = Duration::from_secs(10);

/// How often publishing is begun anew by itself.
const RESTARTS: u32 = 2;

/// How often an accepted publish is asked about: a day.
const POLLS: u32 = 1445;

/// How often one look asks: two hours.
const LOOK_POLLS: u32 = 125;

/// The length to which a listing cuts descriptions, in characters.
const DESCRIPTION: usize = 150;

/// Where publishing, or finding out about it, stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(super) enum Flow {
    /// What may the creator post?
    Creator { restarts: u32 },
    /// The clip is announced.
    Init { terms: Terms, restarts: u32 },
    /// A chunk goes up. The last one is the Commit.
    Chunk { upload: Upload, index: u64 },
    /// The clip is announced, and TikTok fetches it: the Commit.
    Pull { terms: Terms, restarts: u32 },
    /// The pictures are announced: the Commit.
    Photos { terms: Terms, restarts: u32 },
    /// TikTok works on it.
    Poll { publish: Publish, poll: Poll, complete: Option<Timestamp>, reconciling: bool },
    /// It is visible.
    Done { post: Option<String>, seen: Timestamp },
    /// Did the last chunk arrive?
    Look { upload: Upload, absent: bool, poll: Poll },
    /// Is it there? Only a listing can tell.
    Find { first: Timestamp },
    /// It is not; publishing goes on there.
    Absent { then: Box<Flow> },
    /// Nobody can tell.
    Unknown,
}

/// A publish that has an id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Publish {
    id: String,
    privacy: String,
    restarts: u32,
}

/// A clip on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Upload {
    publish: Publish,
    url: Url,
    chunks: Chunks,
    begun: Timestamp,
}

impl Flow {
    pub(super) fn begin(platform: &Platform, content: &Content) -> Result<Self, PlatformError> {
        Self::anew(platform, content, 0)
    }

    /// The beginning after so many restarts. For a draft the creator's choices do not matter yet.
    fn anew(platform: &Platform, content: &Content, restarts: u32) -> Result<Self, PlatformError> {
        if content.kind == PostKind::Inbox {
            return Self::announce(platform, content, Terms::default(), restarts);
        }
        Ok(Self::Creator { restarts })
    }

    /// What comes once it is known what the creator may post.
    fn announce(
        platform: &Platform,
        content: &Content,
        terms: Terms,
        restarts: u32,
    ) -> Result<Self, PlatformError> {
        let own: TikTokOptions = options::read(platform, content)?;
        let clip = content.media.first().is_none_or(|item| item.mime.starts_with("video/"));
        Ok(match (clip, own.source) {
            (true, Source::Bytes) => Self::Init { terms, restarts },
            (true, Source::Url) => Self::Pull { terms, restarts },
            (false, _) => Self::Photos { terms, restarts },
        })
    }

    pub(super) fn reconcile(self, cx: &FlowContext<'_>, trace: &CommitTrace) -> Self {
        let poll = Poll { count: 0, at: cx.now };
        match self {
            Self::Chunk { upload, index } if upload.chunks.is_last(index) => {
                Self::Look { upload, absent: false, poll }
            }
            Self::Photos { .. } | Self::Pull { .. } if cx.content.kind == PostKind::Inbox => {
                Self::Unknown
            }
            Self::Photos { .. } | Self::Pull { .. }
                if cx.auth.scopes.iter().any(|scope| scope == "video.list") =>
            {
                Self::Find { first: trace.first_sent_at }
            }
            Self::Photos { .. } | Self::Pull { .. } => Self::Unknown,
            Self::Poll { publish, complete, .. } => {
                Self::Poll { publish, poll, complete, reconciling: true }
            }
            // Nothing was committed from any other state.
            other => Self::Absent { then: Box::new(other) },
        }
    }

    pub(super) fn next(
        &self,
        open: &Open<'_>,
        cx: &FlowContext<'_>,
    ) -> Result<Step, PlatformError> {
        let (platform, content) = (open.platform, cx.content);
        match self {
            Self::Creator { .. } => step(&CreatorInfo, open),
            Self::Init { terms, .. } => {
                let chunks = Chunks::of(clip(platform, content)?.bytes);
                step(&InitVideo { post_info: of_video(platform, content, terms)?, chunks }, open)
            }
            Self::Chunk { upload, index } => step(&put(platform, content, upload, *index)?, open),
            Self::Pull { terms, .. } => {
                let url = address(platform, clip(platform, content)?)?;
                step(&PullVideo { post_info: of_video(platform, content, terms)?, url }, open)
            }
            Self::Photos { terms, .. } => {
                step(&InitPhotos { body: of_photos(platform, content, terms)? }, open)
            }
            Self::Poll { publish, poll, .. } => status(open, cx, &publish.id, *poll),
            Self::Look { upload, poll, .. } => status(open, cx, &upload.publish.id, *poll),
            Self::Find { .. } => step(&ListVideos, open),
            Self::Done { post, seen } => Ok(Step::Done(published(post.as_deref(), None, *seen))),
            Self::Absent { then } => Ok(Step::Absent(FlowState::of(platform, then)?)),
            Self::Unknown => Ok(Step::Unknown),
        }
    }

    pub(super) fn on_response(
        self,
        open: &Open<'_>,
        cx: &FlowContext<'_>,
        response: &Response,
    ) -> Result<Self, PlatformError> {
        let (platform, content, now) = (open.platform, cx.content, cx.now);
        match self {
            Self::Creator { restarts } => {
                let creator = CreatorInfo.parse(open, response)?;
                let terms = terms(platform, content, &creator)?;
                Self::announce(platform, content, terms, restarts)
            }
            Self::Init { terms, restarts } => {
                let chunks = Chunks::of(clip(platform, content)?.bytes);
                let init = InitVideo { post_info: None, chunks };
                let started = init.parse(open, response)?;
                let publish = Publish { id: started.publish_id, privacy: terms.privacy, restarts };
                let upload = Upload { publish, url: started.upload_url, chunks, begun: now };
                Ok(Self::Chunk { upload, index: 0 })
            }
            Self::Chunk { upload, index } => {
                let stored = put(platform, content, &upload, index)?.parse(open, response)?;
                stored_chunk(platform, content, upload, index, &stored, now)
            }
            Self::Photos { terms, restarts } | Self::Pull { terms, restarts } => {
                let begun = InitPhotos { body: Value::Null }.parse(open, response)?;
                let publish = Publish { id: begun.publish_id, privacy: terms.privacy, restarts };
                Ok(polling(publish, now, false))
            }
            Self::Poll { publish, poll, complete, reconciling } => {
                polled(open, cx, response, publish, poll, complete, reconciling)
            }
            Self::Look { upload, absent, poll } => look(open, cx, response, upload, absent, poll),
            Self::Find { first } => {
                let seen = ListVideos.parse(open, response)?;
                let text: String = content.text.chars().take(DESCRIPTION).collect();
                let found = candidates(seen, &text, first);
                Ok(match only(&found) {
                    Some(post) => Self::Done { post: Some(post.clone()), seen: now },
                    None => Self::Unknown,
                })
            }
            Self::Done { .. } | Self::Absent { .. } | Self::Unknown => Ok(self),
        }
    }
}

fn status(
    open: &Open<'_>,
    cx: &FlowContext<'_>,
    publish_id: &str,
    poll: Poll,
) -> Result<Step, PlatformError> {
    match wait(cx.now, poll.at) {
        Some(time) => Ok(Step::Wait(time)),
        None => step(&FetchStatus { publish_id }, open),
    }
}

fn polling(publish: Publish, now: Timestamp, reconciling: bool) -> Flow {
    Flow::Poll { publish, poll: Poll::first(now), complete: None, reconciling }
}

fn stored_chunk(
    platform: &Platform,
    content: &Content,
    upload: Upload,
    index: u64,
    stored: &Stored,
    now: Timestamp,
) -> Result<Flow, PlatformError> {
    let last = upload.chunks.is_last(index);
    match *stored {
        Stored::All if last => Ok(polling(upload.publish, now, false)),
        Stored::More | Stored::All => Ok(Flow::Chunk { upload, index: index + 1 }),
        // Whether the number counts bytes or names the last one is not said.
        Stored::Has(bytes) => {
            let next = upload.chunks.after(bytes).or_else(|| upload.chunks.after(bytes + 1));
            match next {
                Some(index) => Ok(Flow::Chunk { upload, index }),
                None => anew(platform, content, upload.publish.restarts),
            }
        }
        Stored::Gone => anew(platform, content, upload.publish.restarts),
    }
}

/// Begins anew, unless that was done too often.
fn anew(platform: &Platform, content: &Content, restarts: u32) -> Result<Flow, PlatformError> {
    if restarts < RESTARTS {
        return Flow::anew(platform, content, restarts + 1);
    }
    let detail = "TikTok's upload address stopped working, again and again";
    Err(PlatformError::new(platform.clone(), ErrorKind::Expired, detail)
        .action("Publish it again later."))
}

/// What the status of a publish says. It was committed, so it goes on until it is settled.
fn polled(
    open: &Open<'_>,
    cx: &FlowContext<'_>,
    response: &Response,
    publish: Publish,
    poll: Poll,
    complete: Option<Timestamp>,
    reconciling: bool,
) -> Result<Flow, PlatformError> {
    let now = cx.now;
    let status = match (FetchStatus { publish_id: &publish.id }).parse(open, response) {
        Ok(status) => status,
        Err(error) if reconciling && error.kind == ErrorKind::NotFound => return Ok(Flow::Unknown),
        Err(error) => return Err(error),
    };
    match status.status.as_str() {
        // The creator has it, and what they make of it is theirs.
        "SEND_TO_USER_INBOX" => Ok(Flow::Done { post: None, seen: now }),
        "PUBLISH_COMPLETE" => {
            let since = complete.unwrap_or(now);
            let post = status.publicaly_available_post_id.into_iter().next();
            // What only the creator sees never gets a public id.
            if post.is_some() || publish.privacy == "SELF_ONLY" || now.since(since) >= MODERATION {
                return Ok(Flow::Done { post, seen: now });
            }
            let poll = poll.again(now);
            let at = poll.at.min(since + MODERATION);
            let poll = Poll { at, ..poll };
            Ok(Flow::Poll { publish, poll, complete: Some(since), reconciling })
        }
        "FAILED" => failed(open.platform, cx, &status.fail_reason, publish.restarts, reconciling),
        _ if poll.count >= LOOK_POLLS && reconciling => Ok(Flow::Unknown),
        _ if poll.count >= POLLS => {
            let detail = "TikTok has worked on it for a day";
            let kind = ErrorKind::OutcomeUnknown;
            Err(PlatformError::new(open.platform.clone(), kind, detail).action(LOOK))
        }
        _ => Ok(Flow::Poll { publish, poll: poll.again(now), complete, reconciling }),
    }
}

fn failed(
    platform: &Platform,
    cx: &FlowContext<'_>,
    reason: &str,
    restarts: u32,
    reconciling: bool,
) -> Result<Flow, PlatformError> {
    if !errors::may_begin_anew(reason) || restarts >= RESTARTS {
        return Err(errors::failed(platform, reason).retry(social_core::Retry::Never));
    }
    let then = Flow::anew(platform, cx.content, restarts + 1)?;
    Ok(if reconciling { Flow::Absent { then: Box::new(then) } } else { then })
}

/// Whether the last chunk of an upload arrived.
fn look(
    open: &Open<'_>,
    cx: &FlowContext<'_>,
    response: &Response,
    upload: Upload,
    absent: bool,
    poll: Poll,
) -> Result<Flow, PlatformError> {
    let now = cx.now;
    let status = match (FetchStatus { publish_id: &upload.publish.id }).parse(open, response) {
        Ok(status) => status,
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(Flow::Unknown),
        Err(error) => return Err(error),
    };
    let waits = status.status == "PROCESSING_UPLOAD"
        && status.uploaded_bytes.is_some_and(|bytes| bytes < upload.chunks.total);
    if !waits {
        return polled(open, cx, response, upload.publish, poll, None, true);
    }
    if !absent {
        let poll = Poll { count: poll.count + 1, at: now + SECOND_LOOK };
        return Ok(Flow::Look { upload, absent: true, poll });
    }
    let then = if now > upload.begun + UPLOAD_LIFE {
        Flow::anew(open.platform, cx.content, upload.publish.restarts)?
    } else {
        let index = upload.chunks.count - 1;
        Flow::Chunk { upload, index }
    };
    Ok(Flow::Absent { then: Box::new(then) })
}

fn clip<'a>(platform: &Platform, content: &'a Content) -> Result<&'a ContentMedia, PlatformError> {
    content.media.first().ok_or_else(|| {
        PlatformError::new(platform.clone(), ErrorKind::Rejected, "the clip is missing")
            .action("Add a clip: TikTok has no posts of words alone.")
    })
}

fn put<'a>(
    platform: &Platform,
    content: &'a Content,
    upload: &'a Upload,
    index: u64,
) -> Result<PutChunk<'a>, PlatformError> {
    let clip = clip(platform, content)?;
    let chunks = upload.chunks;
    Ok(PutChunk { url: &upload.url, mime: &clip.mime, key: &clip.key, chunks, index })
}
