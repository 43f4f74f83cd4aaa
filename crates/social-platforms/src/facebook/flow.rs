//! Publishing on a Facebook Page: everything is made unseen, then one request shows it.
//!
//! Meta, "Pages API: posts" (`published`, `is_published`) and "Page videos" (chunked upload).

use serde::{Deserialize, Serialize};
use social_core::domain::{Platform, PostKind};
use social_core::flow::{CommitTrace, Content, ContentMedia, FlowContext, FlowState, Step};
use social_core::ports::Response;
use social_core::rules::options::FacebookOptions;
use social_core::{ErrorKind, PlatformError, Timestamp};
use url::Url;

use super::endpoints::{
    CreatePost, FinishVideo, PublishPost, Range, ReadPost, ReadVideo, StartVideo, TransferVideo,
    UploadPhoto, goes_on_at,
};
use super::short::Short;
use crate::endpoint::{Endpoint as _, step};
use crate::meta::endpoints::Success;
use crate::meta::graph::Graph;
use crate::options;
use crate::state::{Poll, SECOND_LOOK, published, wait};
use crate::verdict::LOOK;

/// How often an object may not be found before nobody can tell.
const MISSES: u32 = 5;

/// How often photos go up anew because a post was already made of them.
const ROUNDS: u8 = 4;

/// How often an accepted clip is asked about: a day.
const POLLS: u32 = 1445;

/// Where publishing, or finding out about it, stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(super) enum Flow {
    /// The next photo goes up, unseen.
    Photo { made: Vec<String>, round: u8 },
    /// The post is made, unseen, of the photos that went up in this round.
    Create { photos: Vec<String>, round: u8 },
    /// The post is shown: the Commit.
    Publish { post: String },
    /// A clip's upload begins.
    Start,
    /// The next piece of the clip goes up.
    Transfer { session: String, video: String, start: u64, end: u64 },
    /// The clip becomes a post: the Commit.
    Finish { session: String, video: String },
    /// A reel or story, which goes another way.
    Short { short: Short },
    /// Facebook works on the clip, which nobody sees before.
    Processing { video: String, poll: Poll },
    /// It is visible.
    Done { id: String, seen: Timestamp },
    /// Is it? The post, or the clip, knows. `then` is where it goes on if not.
    Look { id: String, last: Timestamp, absent: bool, poll: Poll, then: Box<Flow> },
    /// It is not; publishing goes on there.
    Absent { then: Box<Flow> },
    /// Nobody can tell.
    Unknown,
}

impl Flow {
    pub(super) fn begin(cx: &FlowContext<'_>) -> Self {
        let content = cx.content;
        match content.kind {
            PostKind::Reel | PostKind::Story => Self::Short { short: Short::begin(cx) },
            PostKind::Video => Self::Start,
            _ if content.media.is_empty() => Self::Create { photos: Vec::new(), round: 0 },
            _ => Self::Photo { made: Vec::new(), round: 0 },
        }
    }

    pub(super) fn reconcile(self, now: Timestamp, trace: &CommitTrace) -> Self {
        let poll = Poll { count: 0, at: now };
        let last = trace.last_sent_at;
        if let Self::Short { short } = self {
            return Self::Short { short: short.reconcile(now, trace) };
        }
        match &self {
            Self::Publish { post: id } | Self::Finish { video: id, .. } => {
                Self::Look { id: id.clone(), last, absent: false, poll, then: Box::new(self) }
            }
            // Nothing was committed from any other state.
            _ => Self::Absent { then: Box::new(self) },
        }
    }

    pub(super) fn next(
        &self,
        graph: &Graph<'_>,
        cx: &FlowContext<'_>,
    ) -> Result<Step, PlatformError> {
        let page = cx.auth.remote_id.as_str();
        let content = cx.content;
        match self {
            Self::Photo { made, .. } => {
                let photo = media(graph.platform, content, made.len())?;
                step(&UploadPhoto { page, photo }, graph)
            }
            Self::Create { photos, .. } => {
                let own: FacebookOptions = options::read(graph.platform, content)?;
                let link = own.link.as_ref().map(Url::as_str);
                step(&CreatePost { page, message: &content.text, link, photos }, graph)
            }
            Self::Publish { post } => step(&PublishPost { post }, graph),
            Self::Start => {
                let size = media(graph.platform, content, 0)?.bytes;
                step(&StartVideo { page, size }, graph)
            }
            Self::Transfer { session, start, end, .. } => {
                let video = media(graph.platform, content, 0)?;
                let (start, end) = (*start, *end);
                step(&TransferVideo { page, session, video, start, end }, graph)
            }
            Self::Finish { session, .. } => {
                let own: FacebookOptions = options::read(graph.platform, content)?;
                let (title, description) = (own.title.as_deref(), content.text.as_str());
                step(&FinishVideo { page, session, title, description }, graph)
            }
            Self::Short { short } => short.next(graph, cx),
            Self::Processing { video, poll } => match wait(cx.now, poll.at) {
                Some(time) => Ok(Step::Wait(time)),
                None => step(&ReadVideo { video }, graph),
            },
            Self::Done { id, seen } => Ok(Step::Done(published(Some(id), None, *seen))),
            Self::Look { id, poll, then, .. } => match wait(cx.now, poll.at) {
                Some(time) => Ok(Step::Wait(time)),
                None if matches!(**then, Self::Finish { .. }) => {
                    step(&ReadVideo { video: id }, graph)
                }
                None => step(&ReadPost { post: id }, graph),
            },
            Self::Absent { then } => Ok(Step::Absent(FlowState::of(graph.platform, then)?)),
            Self::Unknown => Ok(Step::Unknown),
        }
    }

    pub(super) fn on_response(
        self,
        graph: &Graph<'_>,
        cx: &FlowContext<'_>,
        response: &Response,
    ) -> Result<Self, PlatformError> {
        let page = cx.auth.remote_id.as_str();
        let (content, now) = (cx.content, cx.now);
        match self {
            Self::Photo { mut made, round } => {
                let photo = media(graph.platform, content, made.len())?;
                made.push(UploadPhoto { page, photo }.parse(graph, response)?.id);
                if made.len() < content.media.len() {
                    Ok(Self::Photo { made, round })
                } else {
                    Ok(Self::Create { photos: made, round })
                }
            }
            Self::Create { photos, round } => {
                let endpoint = CreatePost { page, message: "", link: None, photos: &photos };
                match endpoint.parse(graph, response) {
                    Ok(post) => Ok(Self::Publish { post: post.id }),
                    // A post of these photos was made before, and its answer was lost: nobody sees
                    // that one, and it cannot be found. Other photos make another.
                    Err(error) if is_used(&error) && round < ROUNDS => {
                        Ok(Self::Photo { made: Vec::new(), round: round + 1 })
                    }
                    Err(error) => Err(error),
                }
            }
            Self::Publish { post } => {
                let answer = PublishPost { post: &post }.parse(graph, response)?;
                succeeded(graph.platform, &answer)?;
                Ok(Self::Done { id: post, seen: now })
            }
            Self::Start => {
                let size = media(graph.platform, content, 0)?.bytes;
                let made = StartVideo { page, size }.parse(graph, response)?;
                Ok(transfer(made.upload_session_id, made.video_id, &made.range))
            }
            Self::Transfer { session, video, start, end } => {
                if let Some(range) = goes_on_at(response)
                    && (range.start_offset, range.end_offset) != (start, end)
                {
                    return Ok(transfer(session, video, &range));
                }
                let file = media(graph.platform, content, 0)?;
                let endpoint = TransferVideo { page, session: &session, video: file, start, end };
                let range = endpoint.parse(graph, response)?;
                Ok(transfer(session, video, &range))
            }
            Self::Finish { session, video } => {
                let endpoint =
                    FinishVideo { page, session: &session, title: None, description: "" };
                let answer = endpoint.parse(graph, response)?;
                succeeded(graph.platform, &answer)?;
                Ok(Self::Processing { video, poll: Poll::first(now) })
            }
            Self::Processing { video, poll } => {
                let read = ReadVideo { video: &video }.parse(graph, response)?;
                if read.is_broken() {
                    return Err(broken(graph.platform));
                }
                if poll.count >= POLLS {
                    return Err(worked_a_day(graph.platform));
                }
                Ok(if read.is_shown() {
                    Self::Done { id: video, seen: now }
                } else {
                    Self::Processing { video, poll: poll.again(now) }
                })
            }
            Self::Look { id, last, absent, poll, then } => {
                let shown = match shown(&id, &then, graph, response) {
                    Ok(shown) => shown,
                    Err(error)
                        if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Rejected) =>
                    {
                        if poll.count >= MISSES {
                            return Ok(Self::Unknown);
                        }
                        return Ok(Self::Look { id, last, absent, poll: poll.again(now), then });
                    }
                    Err(error) => return Err(error),
                };
                Ok(match shown {
                    Shown::Yes if matches!(*then, Self::Finish { .. }) => {
                        Self::Processing { video: id, poll: Poll { count: 0, at: now } }
                    }
                    Shown::Yes => Self::Done { id, seen: now },
                    Shown::Never => Self::Absent { then: Box::new(Self::begin(cx)) },
                    Shown::No if absent => Self::Absent { then },
                    Shown::No => {
                        let at = now.max(last) + SECOND_LOOK;
                        let poll = Poll { count: poll.count + 1, at };
                        Self::Look { id, last, absent: true, poll, then }
                    }
                })
            }
            Self::Short { short } => {
                short.on_response(graph, cx, response).map(|short| Self::Short { short })
            }
            Self::Done { .. } | Self::Absent { .. } | Self::Unknown => Ok(self),
        }
    }
}

/// Whether something can be seen.
enum Shown {
    Yes,
    No,
    /// It cannot and never will.
    Never,
}

fn shown(
    id: &str,
    then: &Flow,
    graph: &Graph<'_>,
    response: &Response,
) -> Result<Shown, PlatformError> {
    if !matches!(then, Flow::Finish { .. }) {
        let post = ReadPost { post: id }.parse(graph, response)?;
        return Ok(if post.is_published { Shown::Yes } else { Shown::No });
    }
    let video = ReadVideo { video: id }.parse(graph, response)?;
    Ok(if video.is_broken() {
        Shown::Never
    } else if video.is_finished() {
        Shown::Yes
    } else {
        Shown::No
    })
}

fn transfer(session: String, video: String, range: &Range) -> Flow {
    if range.start_offset == range.end_offset {
        return Flow::Finish { session, video };
    }
    Flow::Transfer { session, video, start: range.start_offset, end: range.end_offset }
}

/// Whether the photos already belong to a post (1366051).
fn is_used(error: &PlatformError) -> bool {
    error.subcode.as_deref() == Some("1366051")
}

pub(super) fn succeeded(platform: &Platform, answer: &Success) -> Result<(), PlatformError> {
    if answer.success {
        return Ok(());
    }
    let detail = "Facebook answered that it had no success, and not why";
    Err(PlatformError::new(platform.clone(), ErrorKind::OutcomeUnknown, detail).action(LOOK))
}

pub(super) fn worked_a_day(platform: &Platform) -> PlatformError {
    let detail = "Facebook has worked on the clip for a day";
    PlatformError::new(platform.clone(), ErrorKind::OutcomeUnknown, detail).action(LOOK)
}

pub(super) fn broken(platform: &Platform) -> PlatformError {
    let detail = "Facebook could not make anything of the clip";
    PlatformError::new(platform.clone(), ErrorKind::MediaRejected, detail)
        .action("Convert the clip to MP4 with H.264 and AAC, and try again.")
}

pub(super) fn media<'a>(
    platform: &Platform,
    content: &'a Content,
    index: usize,
) -> Result<&'a ContentMedia, PlatformError> {
    content.media.get(index).ok_or_else(|| {
        PlatformError::new(platform.clone(), ErrorKind::Rejected, "a picture or clip is missing")
            .action("Add the picture or clip to the post.")
    })
}
