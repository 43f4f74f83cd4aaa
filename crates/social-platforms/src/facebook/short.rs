//! Reels and stories: bytes to the upload host, then one request that shows them.
//!
//! Meta, "Reels publishing" and "Page stories". The answer to the last request is only an
//! acknowledgement; the clip itself, or the list of stories, tells whether it is there.

use serde::{Deserialize, Serialize};
use social_core::domain::PostKind;
use social_core::flow::{CommitTrace, FlowContext, FlowState, Step};
use social_core::ports::Response;
use social_core::rules::options::FacebookOptions;
use social_core::{ErrorKind, PlatformError, Timestamp};
use url::Url;

use super::endpoints::{
    FinishClip, ListStories, PublishPhotoStory, ReadVideo, StartClip, UploadClip, UploadPhoto,
};
use super::flow::{broken, media, succeeded, worked_a_day};
use crate::endpoint::{Endpoint as _, step};
use crate::meta::graph::Graph;
use crate::meta::rupload::{self, Upload, Uploaded};
use crate::options;
use crate::state::{Poll, SECOND_LOOK, published, wait};

/// How often an upload is taken up again before the clip is given up.
const RESUMES: u32 = 5;

/// How often something may not be found before nobody can tell.
const MISSES: u32 = 5;

/// How often an accepted clip is asked about: a day.
const POLLS: u32 = 1445;

/// Where publishing, or finding out about it, stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(super) enum Short {
    /// A clip's upload begins.
    Start,
    /// The clip goes up.
    Upload {
        video: String,
        uri: Url,
        offset: u64,
        resumes: u32,
        /// Whether it was asked how much had arrived.
        #[serde(default)]
        asked: bool,
    },
    /// How much of the clip has arrived?
    Arrived { video: String, uri: Url, resumes: u32 },
    /// The clip is shown: the Commit.
    Finish { video: String },
    /// Facebook works on the clip, which nobody sees before.
    Processing { video: String, poll: Poll },
    /// A picture goes up, unseen.
    Photo,
    /// The picture becomes a story: the Commit.
    Publish { photo: String },
    /// It is visible.
    Done { id: String, seen: Timestamp },
    /// Is the clip? It knows itself.
    LookClip { video: String, last: Timestamp, absent: bool, poll: Poll },
    /// Is the picture a story? Their list tells.
    LookStory { photo: String, last: Timestamp, absent: bool, poll: Poll },
    /// It is not; publishing goes on there.
    Absent { then: Box<Short> },
    /// Nobody can tell.
    Unknown,
}

impl Short {
    pub(super) fn begin(cx: &FlowContext<'_>) -> Self {
        let clip = cx.content.media.first().is_some_and(|item| item.mime.starts_with("video/"));
        if clip { Self::Start } else { Self::Photo }
    }

    pub(super) fn reconcile(self, now: Timestamp, trace: &CommitTrace) -> Self {
        let (poll, last) = (Poll { count: 0, at: now }, trace.last_sent_at);
        match self {
            Self::Finish { video } => Self::LookClip { video, last, absent: false, poll },
            Self::Processing { video, .. } => Self::Processing { video, poll },
            Self::Publish { photo } => Self::LookStory { photo, last, absent: false, poll },
            // Nothing was committed from any other state.
            other => Self::Absent { then: Box::new(other) },
        }
    }

    pub(super) fn next(
        &self,
        graph: &Graph<'_>,
        cx: &FlowContext<'_>,
    ) -> Result<Step, PlatformError> {
        let page = cx.auth.remote_id.as_str();
        let edge = edge(cx);
        match self {
            Self::Start => step(&StartClip { page, edge }, graph),
            Self::Upload { video, asked: false, .. } if cx.again => {
                step(&ReadVideo { video }, graph)
            }
            Self::Upload { uri, offset, .. } => {
                let item = media(graph.platform, cx.content, 0)?;
                let (key, size) = (&item.key, item.bytes);
                step(&UploadClip(Upload { uri, key, offset: *offset, size }), graph)
            }
            Self::Arrived { video, .. } => step(&ReadVideo { video }, graph),
            Self::Finish { video } => {
                let own: FacebookOptions = options::read(graph.platform, cx.content)?;
                let title = own.title.as_deref();
                let description = &cx.content.text;
                step(&FinishClip { page, edge, video, title, description }, graph)
            }
            Self::Processing { video, poll } | Self::LookClip { video, poll, .. } => {
                match wait(cx.now, poll.at) {
                    Some(time) => Ok(Step::Wait(time)),
                    None => step(&ReadVideo { video }, graph),
                }
            }
            Self::Photo => {
                let photo = media(graph.platform, cx.content, 0)?;
                step(&UploadPhoto { page, photo }, graph)
            }
            Self::Publish { photo } => step(&PublishPhotoStory { page, photo }, graph),
            Self::LookStory { poll, .. } => match wait(cx.now, poll.at) {
                Some(time) => Ok(Step::Wait(time)),
                None => step(&ListStories { page }, graph),
            },
            Self::Done { id, seen } => Ok(Step::Done(published(Some(id), None, *seen))),
            Self::Absent { then } => {
                let then = super::flow::Flow::Short { short: (**then).clone() };
                Ok(Step::Absent(FlowState::of(graph.platform, &then)?))
            }
            Self::Unknown => Ok(Step::Unknown),
        }
    }

    pub(super) fn on_response(
        self,
        graph: &Graph<'_>,
        cx: &FlowContext<'_>,
        response: &Response,
    ) -> Result<Self, PlatformError> {
        let (page, now, platform) = (cx.auth.remote_id.as_str(), cx.now, graph.platform);
        let asked = match self {
            Self::Upload { video, uri, resumes, asked: false, .. } if cx.again => {
                Self::Arrived { video, uri, resumes }
            }
            other => other,
        };
        match asked {
            Self::Start => {
                let made = StartClip { page, edge: edge(cx) }.parse(graph, response)?;
                Ok(Self::Upload {
                    video: made.video_id,
                    uri: made.upload_url,
                    offset: 0,
                    resumes: 0,
                    asked: false,
                })
            }
            Self::Upload { video, uri, resumes, .. } => match rupload::parse(graph, response)? {
                Uploaded::Whole => Ok(Self::Finish { video }),
                Uploaded::Elsewhere if resumes < RESUMES => {
                    Ok(Self::Arrived { video, uri, resumes: resumes + 1 })
                }
                Uploaded::Elsewhere => Err(rupload::failed(platform, graph.table, response)),
            },
            Self::Arrived { video, uri, resumes } => {
                let read = ReadVideo { video: &video }.parse(graph, response)?;
                let size = media(platform, cx.content, 0)?.bytes;
                Ok(match read.status.uploading_phase.missing_from() {
                    Some(offset) if offset < size => {
                        Self::Upload { video, uri, offset, resumes, asked: true }
                    }
                    _ => Self::Finish { video },
                })
            }
            Self::Finish { video } => {
                let endpoint =
                    FinishClip { page, edge: "", video: "", title: None, description: "" };
                succeeded(platform, &endpoint.parse(graph, response)?)?;
                Ok(Self::Processing { video, poll: Poll::first(now) })
            }
            Self::Processing { video, poll } => {
                let read = ReadVideo { video: &video }.parse(graph, response)?;
                if read.is_broken() {
                    return Err(broken(platform));
                }
                if poll.count >= POLLS {
                    return Err(worked_a_day(platform));
                }
                Ok(if read.is_shown() {
                    Self::Done { id: read.post_id.unwrap_or(video), seen: now }
                } else {
                    Self::Processing { video, poll: poll.again(now) }
                })
            }
            Self::Photo => {
                let photo = media(platform, cx.content, 0)?;
                Ok(Self::Publish { photo: UploadPhoto { page, photo }.parse(graph, response)?.id })
            }
            Self::Publish { photo } => {
                let story = PublishPhotoStory { page, photo: "" }.parse(graph, response)?;
                succeeded(platform, &crate::meta::endpoints::Success { success: story.success })?;
                Ok(Self::Done { id: story.post_id.unwrap_or(photo), seen: now })
            }
            Self::LookClip { video, last, absent, poll } => {
                let read = match (ReadVideo { video: &video }).parse(graph, response) {
                    Ok(read) => read,
                    Err(error) => {
                        let next = Self::LookClip { video, last, absent, poll: poll.again(now) };
                        return missed(error, poll, next);
                    }
                };
                Ok(if read.is_broken() {
                    Self::Absent { then: Box::new(Self::begin(cx)) }
                } else if read.is_finished() {
                    Self::Processing { video, poll: Poll { count: 0, at: now } }
                } else if absent {
                    Self::Absent { then: Box::new(Self::Finish { video }) }
                } else {
                    let poll = second(now, last, poll);
                    Self::LookClip { video, last, absent: true, poll }
                })
            }
            Self::LookStory { photo, last, absent, poll } => {
                let stories = match (ListStories { page }).parse(graph, response) {
                    Ok(stories) => stories,
                    Err(error) => {
                        let next = Self::LookStory { photo, last, absent, poll: poll.again(now) };
                        return missed(error, poll, next);
                    }
                };
                let found = stories.into_iter().find(|story| story.media_id == photo);
                Ok(match found {
                    Some(story) => Self::Done { id: story.post_id, seen: now },
                    None if absent => Self::Absent { then: Box::new(Self::Publish { photo }) },
                    None => {
                        let poll = second(now, last, poll);
                        Self::LookStory { photo, last, absent: true, poll }
                    }
                })
            }
            other @ (Self::Done { .. } | Self::Absent { .. } | Self::Unknown) => Ok(other),
        }
    }
}

/// The edge of the page that takes such clips.
fn edge(cx: &FlowContext<'_>) -> &'static str {
    if cx.content.kind == PostKind::Reel { "video_reels" } else { "video_stories" }
}

/// When to look at something a second time that seemed absent.
fn second(now: Timestamp, last: Timestamp, poll: Poll) -> Poll {
    Poll { count: poll.count + 1, at: now.max(last) + SECOND_LOOK }
}

/// A look that found nothing: another, unless there were enough.
fn missed(error: PlatformError, poll: Poll, next: Short) -> Result<Short, PlatformError> {
    match error.kind {
        ErrorKind::NotFound | ErrorKind::Rejected if poll.count >= MISSES => Ok(Short::Unknown),
        ErrorKind::NotFound | ErrorKind::Rejected => Ok(next),
        _ => Err(error),
    }
}
