//! Being told to stop.

use std::io;

/// The signals by which a person or a supervisor says stop.
pub(super) struct Signals {
    #[cfg(unix)]
    term: tokio::signal::unix::Signal,
    #[cfg(unix)]
    int: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Listens from now on.
    pub(super) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { term: signal(SignalKind::terminate())?, int: signal(SignalKind::interrupt())? })
    }

    /// Returns at the next one.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.term.recv() => {}
            _ = self.int.recv() => {}
        }
    }

    /// The signal that says read your files again.
    pub(super) fn hang_up(&self) -> io::Result<HangUp> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(HangUp(signal(SignalKind::hangup())?))
    }
}

/// The signal that says read your files again.
#[cfg(unix)]
pub(super) struct HangUp(tokio::signal::unix::Signal);

#[cfg(unix)]
impl HangUp {
    /// Returns at the next one.
    pub(super) async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    /// Listens from now on.
    #[allow(clippy::unnecessary_wraps, reason = "it may fail on other systems")]
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Returns at the next one.
    pub(super) async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// There is none here.
    #[allow(clippy::unnecessary_wraps, reason = "it may fail on other systems")]
    pub(super) fn hang_up(&self) -> io::Result<HangUp> {
        Ok(HangUp)
    }
}

/// There is no such signal here.
#[cfg(not(unix))]
pub(super) struct HangUp;

#[cfg(not(unix))]
impl HangUp {
    /// Never returns.
    pub(super) async fn next(&mut self) {
        std::future::pending::<()>().await;
    }
}
