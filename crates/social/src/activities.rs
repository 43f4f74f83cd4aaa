//! What is going on, told to whoever listens.

use std::sync::Arc;

use social_core::ports::{Activity, EventSink, Silent};
use tokio::sync::broadcast;

/// Passes what is going on to the app's own sink and to all who subscribed.
#[derive(Debug)]
pub(crate) struct Activities {
    own: Arc<dyn EventSink>,
    all: broadcast::Sender<Activity>,
}

impl Activities {
    pub(crate) fn new(own: Option<Arc<dyn EventSink>>) -> Self {
        Self { own: own.unwrap_or_else(|| Arc::new(Silent)), all: broadcast::Sender::new(1024) }
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Activity> {
        self.all.subscribe()
    }

    /// Returns after the next change of a status, or where some changes may have been missed.
    pub(crate) async fn status_change(activities: &mut broadcast::Receiver<Activity>) {
        while let Ok(activity) = activities.recv().await {
            if matches!(activity, Activity::Status { .. }) {
                return;
            }
        }
    }
}

impl EventSink for Activities {
    fn emit(&self, activity: &Activity) {
        self.own.emit(activity);
        // Nobody listening is no failure.
        let _ = self.all.send(activity.clone());
    }
}
