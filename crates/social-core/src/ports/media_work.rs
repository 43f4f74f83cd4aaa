//! What a pipeline is busy with, to be shown to people.

use std::time::Duration;

use serde::Serialize;

/// A piece of media work that waits or runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MediaWork {
    /// Pictures or clips.
    pub kind: MediaWorkKind,
    /// How many pieces of its kind come before it; 0 for one that runs.
    pub ahead: usize,
    /// The part that is done, 0.0 to 1.0; `None` for one that waits.
    pub done: Option<f64>,
    /// How long it will still take, where enough is done to say so.
    pub left: Option<Duration>,
}

/// Kinds of media work, each of which waits for its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaWorkKind {
    /// On pictures and stills.
    Picture,
    /// On clips.
    Clip,
}
