//! Publishing on Instagram: containers are made, become ready, and one is published.
//!
//! Meta, "Content publishing". A container that was published says so, and a second publish of it
//! does nothing good: therefore its status decides after a lost answer.

use serde::{Deserialize, Serialize};
use social_core::domain::PostKind;
use social_core::flow::{CommitTrace, Content, FlowContext, FlowState, Step};
use social_core::ports::Response;
use social_core::{ErrorKind, PlatformError, Timestamp};
use url::Url;

use super::endpoints::{Code, CreateContainer, ListMedia, Publish, ReadContainer, UploadBytes};
use super::errors;
use super::fields::{child, is_sent, media, whole};
use crate::endpoint::{Endpoint as _, step};
use crate::meta::graph::Graph;
use crate::meta::rupload::{self, Upload, Uploaded};
use crate::state::{Poll, SECOND_LOOK, candidates, only, published, wait};

/// How often an upload is taken up again before the container is given up.
const RESUMES: u32 = 5;

/// How often a listing is read for the new post.
const LISTINGS: u32 = 3;

/// How often a container may not be found, or be busy, before nobody can tell.
const LOOKS: u32 = 12;

/// Where publishing, or finding out about it, stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(super) enum Flow {
    /// The next item of a carousel gets its container.
    Child { made: Vec<String> },
    /// The items become ready, one after the other.
    Children { made: Vec<String>, ready: usize, poll: Poll },
    /// The post itself gets its container; `made` are its items, if it is a carousel.
    Create { made: Vec<String> },
    /// The clip goes up.
    Upload {
        container: String,
        uri: Url,
        offset: u64,
        resumes: u32,
        /// Whether it was asked how much had arrived.
        #[serde(default)]
        asked: bool,
    },
    /// How much of the clip has arrived?
    Arrived { container: String, uri: Url, resumes: u32 },
    /// The container becomes ready.
    Ready { container: String, poll: Poll },
    /// It is published: the Commit.
    Publish { container: String },
    /// It is visible.
    Done { media: Option<String>, seen: Timestamp },
    /// Was it published? Its container knows.
    Look { container: String, trace: Trace, finished: bool, poll: Poll },
    /// It was, as which post?
    Find { trace: Trace, listings: u32, not_before: Timestamp },
    /// It was not; publishing goes on there.
    Absent { then: Box<Flow> },
    /// Nobody can tell.
    Unknown,
}

/// The part of a [`CommitTrace`] that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Trace {
    first: Timestamp,
    last: Timestamp,
}

impl Flow {
    pub(super) fn begin(content: &Content) -> Self {
        match content.kind {
            PostKind::Carousel => Self::Child { made: Vec::new() },
            _ => Self::Create { made: Vec::new() },
        }
    }

    pub(super) fn reconcile(self, now: Timestamp, trace: &CommitTrace) -> Self {
        let kept = Trace { first: trace.first_sent_at, last: trace.last_sent_at };
        match self {
            Self::Publish { container } => {
                let poll = Poll { count: 0, at: now };
                Self::Look { container, trace: kept, finished: false, poll }
            }
            // Nothing was committed from any other state.
            other => Self::Absent { then: Box::new(other) },
        }
    }

    pub(super) fn next(
        &self,
        graph: &Graph<'_>,
        cx: &FlowContext<'_>,
    ) -> Result<Step, PlatformError> {
        let account = cx.auth.remote_id.as_str();
        match self {
            Self::Child { made } => step(
                &CreateContainer {
                    account,
                    fields: child(graph.platform, cx.content, made.len())?,
                },
                graph,
            ),
            Self::Children { made, ready, poll } => match wait(cx.now, poll.at) {
                Some(time) => Ok(Step::Wait(time)),
                None => {
                    step(&ReadContainer { container: made.get(*ready).map_or("", |id| id) }, graph)
                }
            },
            Self::Create { made } => {
                step(&CreateContainer { account, fields: whole(graph, cx.content, made)? }, graph)
            }
            Self::Upload { container, asked: false, .. } if cx.again => {
                step(&ReadContainer { container }, graph)
            }
            Self::Upload { uri, offset, .. } => {
                let item = media(graph.platform, cx.content, 0)?;
                let (key, size) = (&item.key, item.bytes);
                step(&UploadBytes(Upload { uri, key, offset: *offset, size }), graph)
            }
            Self::Arrived { container, .. } => step(&ReadContainer { container }, graph),
            Self::Ready { container, poll } | Self::Look { container, poll, .. } => {
                match wait(cx.now, poll.at) {
                    Some(time) => Ok(Step::Wait(time)),
                    None => step(&ReadContainer { container }, graph),
                }
            }
            Self::Publish { container } => step(&Publish { account, container }, graph),
            Self::Find { not_before, .. } => match wait(cx.now, *not_before) {
                Some(time) => Ok(Step::Wait(time)),
                None => step(&ListMedia { account, stories: is_story(cx.content) }, graph),
            },
            Self::Done { media, seen } => Ok(Step::Done(published(media.as_deref(), None, *seen))),
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
        let (now, platform) = (cx.now, graph.platform);
        let account = cx.auth.remote_id.as_str();
        let asked = match self {
            Self::Upload { container, uri, resumes, asked: false, .. } if cx.again => {
                Self::Arrived { container, uri, resumes }
            }
            other => other,
        };
        match asked {
            Self::Child { mut made } => {
                let endpoint = CreateContainer { account, fields: Vec::new() };
                made.push(endpoint.parse(graph, response)?.id);
                if made.len() < cx.content.media.len() {
                    return Ok(Self::Child { made });
                }
                Ok(Self::Children { made, ready: 0, poll: Poll::first(now) })
            }
            Self::Children { made, ready, poll } => {
                let status = ReadContainer { container: "" }.parse(graph, response)?;
                match status.status_code {
                    Code::Finished if ready + 1 == made.len() => Ok(Self::Create { made }),
                    Code::Finished | Code::Published => {
                        let poll = Poll { count: 0, at: now };
                        Ok(Self::Children { made, ready: ready + 1, poll })
                    }
                    Code::InProgress => Ok(Self::Children { made, ready, poll: poll.again(now) }),
                    Code::Expired => Ok(Self::begin(cx.content)),
                    Code::Error => Err(errors::container_failed(platform, &status.status)),
                }
            }
            Self::Create { .. } => {
                let endpoint = CreateContainer { account, fields: Vec::new() };
                let made = endpoint.parse(graph, response)?;
                Ok(match (is_sent(graph, cx.content)?, made.uri) {
                    (true, Some(uri)) => {
                        let (container, offset, resumes) = (made.id, 0, 0);
                        Self::Upload { container, uri, offset, resumes, asked: false }
                    }
                    (true, None) => {
                        return Err(PlatformError::new(
                            platform.clone(),
                            ErrorKind::Malformed,
                            "no address for the clip came with its container",
                        ));
                    }
                    _ => Self::Ready { container: made.id, poll: Poll::first(now) },
                })
            }
            Self::Upload { container, uri, resumes, .. } => {
                match rupload::parse(graph, response)? {
                    Uploaded::Whole => Ok(Self::Ready { container, poll: Poll::first(now) }),
                    Uploaded::Elsewhere if resumes < RESUMES => {
                        Ok(Self::Arrived { container, uri, resumes: resumes + 1 })
                    }
                    Uploaded::Elsewhere => Err(rupload::failed(platform, graph.table, response)),
                }
            }
            Self::Arrived { container, uri, resumes } => {
                let status = ReadContainer { container: &container }.parse(graph, response)?;
                let size = media(platform, cx.content, 0)?.bytes;
                Ok(match (status.status_code, status.missing_from()) {
                    (Code::Error, _) => {
                        return Err(errors::container_failed(platform, &status.status));
                    }
                    (Code::Expired, _) => Self::begin(cx.content),
                    (_, Some(offset)) if offset < size => {
                        Self::Upload { container, uri, offset, resumes, asked: true }
                    }
                    _ => Self::Ready { container, poll: Poll::first(now) },
                })
            }
            Self::Ready { container, poll } => {
                let status = ReadContainer { container: &container }.parse(graph, response)?;
                match status.status_code {
                    Code::Finished => Ok(Self::Publish { container }),
                    Code::Published => Ok(Self::Done { media: None, seen: now }),
                    Code::InProgress => Ok(Self::Ready { container, poll: poll.again(now) }),
                    Code::Expired => Ok(Self::begin(cx.content)),
                    Code::Error => Err(errors::container_failed(platform, &status.status)),
                }
            }
            Self::Publish { container } => {
                let made = Publish { account, container: &container }.parse(graph, response)?;
                Ok(Self::Done { media: Some(made.id), seen: now })
            }
            Self::Look { container, trace, finished, poll } => {
                look(graph, cx, response, container, trace, finished, poll)
            }
            Self::Find { trace, listings, .. } => Ok(find(graph, cx, response, trace, listings)),
            other @ (Self::Done { .. } | Self::Absent { .. } | Self::Unknown) => Ok(other),
        }
    }
}

/// What the container of a publish without an answer says.
fn look(
    graph: &Graph<'_>,
    cx: &FlowContext<'_>,
    response: &Response,
    container: String,
    trace: Trace,
    finished: bool,
    poll: Poll,
) -> Result<Flow, PlatformError> {
    let now = cx.now;
    let again = |container, finished, poll: Poll| {
        if poll.count >= LOOKS {
            return Flow::Unknown;
        }
        Flow::Look { container, trace, finished, poll }
    };
    let status = match (ReadContainer { container: &container }).parse(graph, response) {
        Ok(status) => status,
        // Reads of containers are known to miss them now and then.
        Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Rejected) => {
            return Ok(again(container, finished, poll.again(now)));
        }
        Err(error) => return Err(error),
    };
    Ok(match status.status_code {
        Code::Published => Flow::Find { trace, listings: 0, not_before: now },
        Code::Finished if finished => Flow::Absent { then: Box::new(Flow::Publish { container }) },
        Code::Finished => {
            let at = now.max(trace.last) + SECOND_LOOK;
            again(container, true, Poll { count: poll.count + 1, at })
        }
        Code::InProgress => again(container, finished, poll.again(now)),
        Code::Expired | Code::Error => Flow::Absent { then: Box::new(Flow::begin(cx.content)) },
    })
}

/// It is published; a listing that cannot be read must not make that uncertain again.
fn find(
    graph: &Graph<'_>,
    cx: &FlowContext<'_>,
    response: &Response,
    trace: Trace,
    listings: u32,
) -> Flow {
    let (account, stories) = (cx.auth.remote_id.as_str(), is_story(cx.content));
    let seen = ListMedia { account, stories }.parse(graph, response).unwrap_or_default();
    let text = if stories { "" } else { &cx.content.text };
    let found = candidates(seen, text, trace.first);
    match only(&found) {
        None if found.is_empty() && listings + 1 < LISTINGS => Flow::Find {
            trace,
            listings: listings + 1,
            not_before: Poll { count: 2, at: cx.now }.again(cx.now).at,
        },
        one => Flow::Done { media: one.cloned(), seen: cx.now },
    }
}

fn is_story(content: &Content) -> bool {
    content.kind == PostKind::Story
}
