//! Units that were dropped and are being rolled back.

use tokio::sync::watch;

/// Counts rollbacks under way.
#[derive(Debug, Default)]
pub(super) struct Rollbacks(watch::Sender<usize>);

/// A rollback under way, until it is dropped.
pub(super) struct Rollback(watch::Sender<usize>);

impl Rollbacks {
    pub(super) fn begin(&self) -> Rollback {
        self.0.send_modify(|count| *count += 1);
        Rollback(self.0.clone())
    }

    /// Waits until none is under way, so that whoever drops a unit and looks again sees what is
    /// stored, and no lock of a unit that is over.
    pub(super) async fn settled(&self) {
        // An error would mean that nobody counts any more, which `self` does.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Drop for Rollback {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
