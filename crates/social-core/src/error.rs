//! What goes wrong, and what is to be done about it.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::Platform;
use crate::ports::{Sent, TransportError};

/// Any cause.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What kind of thing went wrong at a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The token no longer works: a person must sign in again.
    Auth,
    /// The token works and does not allow this.
    Permission,
    /// Too much in too short a time.
    RateLimited,
    /// The network read the request and refuses what it asks.
    Rejected,
    /// The network refuses the media.
    MediaRejected,
    /// The network says this very content is there already.
    Duplicate,
    /// What the request names does not exist (any more).
    NotFound,
    /// What was prepared is not ready yet.
    NotReady,
    /// What was prepared has expired and must be made anew.
    Expired,
    /// The network is not well.
    Unavailable,
    /// A request may or may not have had its effect.
    OutcomeUnknown,
    /// The answer is not what the network documents.
    Malformed,
    /// This is not possible as the account or the app is set up.
    Unsupported,
}

/// What to do about an error. Exhaustive on purpose: whoever decides must decide on all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Doing the same again gives the same.
    Never,
    /// The request had no effect; do it again after this time.
    After(Duration),
    /// The request had no effect; do it again, each time waiting longer.
    Backoff,
    /// The request may have had its effect: find out before doing anything again.
    ReconcileFirst,
}

/// What went wrong at a network. A struct and no enum of sources, so that a client library behind
/// it can change without anybody noticing.
#[derive(Debug)]
pub struct PlatformError {
    /// What kind of thing went wrong.
    pub kind: ErrorKind,
    /// What to do about it.
    pub retry: Retry,
    /// Where.
    pub platform: Platform,
    /// The network's own code.
    pub code: Option<String>,
    /// The network's own finer code.
    pub subcode: Option<String>,
    /// What happened, for a person, without secrets.
    pub detail: String,
    /// What the person can do about it; empty where there is nothing.
    pub action: String,
    /// The cause.
    pub source: Option<BoxError>,
}

impl PlatformError {
    /// An error with the advice that fits its kind where a request had no effect.
    pub fn new(platform: Platform, kind: ErrorKind, detail: impl Into<String>) -> Self {
        let retry = match kind {
            ErrorKind::RateLimited | ErrorKind::Unavailable => Retry::Backoff,
            ErrorKind::NotReady => Retry::After(Duration::from_secs(5)),
            ErrorKind::OutcomeUnknown => Retry::ReconcileFirst,
            ErrorKind::Auth
            | ErrorKind::Permission
            | ErrorKind::Rejected
            | ErrorKind::MediaRejected
            | ErrorKind::Duplicate
            | ErrorKind::NotFound
            | ErrorKind::Expired
            | ErrorKind::Malformed
            | ErrorKind::Unsupported => Retry::Never,
        };
        Self {
            kind,
            retry,
            platform,
            code: None,
            subcode: None,
            detail: detail.into(),
            action: String::new(),
            source: None,
        }
    }

    /// No answer came.
    #[must_use]
    pub fn transport(platform: Platform, error: TransportError) -> Self {
        let kind = match error.sent {
            Sent::No => ErrorKind::Unavailable,
            Sent::Maybe => ErrorKind::OutcomeUnknown,
        };
        Self { source: Some(Box::new(error)), ..Self::new(platform, kind, "no answer came") }
    }

    /// The same with other advice.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// The same, of a request that surely had no effect and works when it is sent again now.
    #[must_use]
    pub fn again_at_once(mut self) -> Self {
        self.kind = ErrorKind::NotReady;
        self.retry = Retry::After(Duration::from_secs(1));
        self
    }

    /// The same with the network's codes.
    #[must_use]
    pub fn code(mut self, code: impl fmt::Display, subcode: Option<impl fmt::Display>) -> Self {
        self.code = Some(code.to_string());
        self.subcode = subcode.map(|code| code.to_string());
        self
    }

    /// The same with a sentence that tells the person what to do.
    #[must_use]
    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.action = action.into();
        self
    }

    /// What of it is stored with a delivery.
    #[must_use]
    pub fn failure(&self) -> Failure {
        let mut message = self.detail.clone();
        if let Some(source) = &self.source {
            message = format!("{message}: {source}");
        }
        Failure {
            kind: self.kind,
            code: self.code.clone(),
            subcode: self.subcode.clone(),
            message,
            action: self.action.clone(),
        }
    }
}

impl fmt::Display for PlatformError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.platform, self.detail)?;
        if let Some(code) = &self.code {
            write!(f, " (code {code}")?;
            if let Some(subcode) = &self.subcode {
                write!(f, "/{subcode}")?;
            }
            f.write_str(")")?;
        }
        if !self.action.is_empty() {
            write!(f, ". {}", self.action)?;
        }
        Ok(())
    }
}

impl std::error::Error for PlatformError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Why a delivery is not visible, as it is stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What kind of thing went wrong.
    pub kind: ErrorKind,
    /// The network's own code.
    pub code: Option<String>,
    /// The network's own finer code.
    pub subcode: Option<String>,
    /// What happened.
    pub message: String,
    /// What the person can do about it.
    pub action: String,
}
