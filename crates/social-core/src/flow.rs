//! Publishing as a state machine that can be written down between any two steps.
//!
//! A network's flow is a pure function of the content, the account, the time and what happened so
//! far. It never does anything itself: it says what to do next, and is told what came of it. The
//! engine stores its state after each step, so a worker may die between any two and another goes
//! on. What makes a post visible is marked [`Effect::Commit`], and only there the fence stands.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::Timestamp;
use crate::domain::{Platform, PostKind, Published};
use crate::error::{ErrorKind, PlatformError};
use crate::ports::{AccountAuth, BlobKey, Request};

/// What a request may do at the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing.
    Read,
    /// Bytes arrive; sending them again does no harm.
    Upload,
    /// Something comes to be that nobody sees; if its answer is lost, another is made.
    Prepare,
    /// Something becomes visible: it must happen exactly once.
    Commit,
}

/// A request with what it is called and what it may do.
#[derive(Debug)]
pub struct Call {
    /// In the network's words, for the journal: `instagram.media_publish`.
    pub operation: &'static str,
    /// What it may do.
    pub effect: Effect,
    /// What is sent.
    pub request: Request,
}

/// What to do next.
#[derive(Debug)]
pub enum Step {
    /// Send this, and tell the flow what came back. Boxed, since a request is large.
    Send(Box<Call>),
    /// Do nothing for this long; then ask again. No worker waits meanwhile.
    Wait(Duration),
    /// It is visible.
    Done(Published),
    /// Only while reconciling: it is surely not visible, and publishing goes on from this state.
    Absent(FlowState),
    /// Only while reconciling: nobody can tell, but the network itself refuses to show the same
    /// thing twice right now. The Commit that follows from this state is sent at once; its answer
    /// tells. Only for networks that document such a refusal.
    Repeat(FlowState),
    /// Only while reconciling: nobody can tell now. Looked at again later, at most as often as
    /// the engine is configured to; then a person must look.
    Unknown,
}

impl Step {
    /// Send `request`.
    #[must_use]
    pub fn send(operation: &'static str, effect: Effect, request: Request) -> Self {
        Self::Send(Box::new(Call { operation, effect, request }))
    }
}

/// A flow's state as it is stored: the network's own business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FlowState(pub serde_json::Value);

/// What a flow knows besides its own state.
#[derive(Debug)]
pub struct FlowContext<'a> {
    /// Where it goes, and the token for it.
    pub auth: &'a AccountAuth,
    /// What is published.
    pub content: &'a Content,
    /// The current instant.
    pub now: Timestamp,
    /// Whether the step may have been begun before: a worker died over it, or it failed. The same
    /// for a step and its answer. A flow may then ask how far it came before it begins anew.
    pub again: bool,
}

/// What is published, made fit for the network.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// What kind of post it is.
    pub kind: PostKind,
    /// The text.
    pub text: String,
    /// The media, in order.
    pub media: Vec<ContentMedia>,
    /// What only this network knows.
    pub options: serde_json::Map<String, serde_json::Value>,
}

/// A media item, made fit.
#[derive(Debug, Clone, PartialEq)]
pub struct ContentMedia {
    /// Where its bytes are, to be sent.
    pub key: BlobKey,
    /// How many there are.
    pub bytes: u64,
    /// Their media type.
    pub mime: String,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// How long a clip runs.
    pub duration: Option<Duration>,
    /// What it shows, for those who cannot see it.
    pub alt: Option<String>,
    /// Where the network can fetch it, where the blob store has public addresses.
    pub url: Option<Url>,
}

/// What is known of a Commit whose answer never came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitTrace {
    /// When the first Commit of this delivery left that may have had its effect.
    pub first_sent_at: Timestamp,
    /// When the last one did.
    pub last_sent_at: Timestamp,
    /// How often we looked to the end without an answer.
    pub looks: u32,
}

impl FlowState {
    /// The stored form of a network's own state.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] where the state cannot be written as JSON.
    pub fn of(platform: &Platform, state: &impl Serialize) -> Result<Self, PlatformError> {
        serde_json::to_value(state).map(Self).map_err(|error| unreadable(platform, &error))
    }

    /// The network's own state that it is the stored form of.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] where it is none of type `S`.
    pub fn to<S: DeserializeOwned>(&self, platform: &Platform) -> Result<S, PlatformError> {
        S::deserialize(&self.0).map_err(|error| unreadable(platform, &error))
    }
}

fn unreadable(platform: &Platform, error: &serde_json::Error) -> PlatformError {
    PlatformError::new(
        platform.clone(),
        ErrorKind::Malformed,
        format!("the stored state of publishing does not fit this version: {error}"),
    )
}
