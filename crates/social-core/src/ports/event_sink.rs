//! What happens while it happens, for progress bars and logs.

use std::fmt::Debug;

use crate::Timestamp;
use crate::domain::{AccountId, DeliveryId, DeliveryStatus, Platform};

/// Something that is going on. Nothing depends on it: what must not be missed is in the outbox.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Activity {
    /// A delivery's media item is being worked.
    Rendering {
        /// Of which delivery.
        delivery: DeliveryId,
        /// For which network.
        platform: Platform,
        /// Which item, from 0.
        item: usize,
        /// The part done, from 0.0 to 1.0.
        done: f64,
    },
    /// A step of a delivery was taken.
    Step {
        /// Of which delivery.
        delivery: DeliveryId,
        /// On which network.
        platform: Platform,
        /// In the network's words.
        operation: &'static str,
        /// When.
        at: Timestamp,
    },
    /// A delivery's status changed.
    Status {
        /// Of which delivery.
        delivery: DeliveryId,
        /// On which account.
        account: AccountId,
        /// On which network.
        platform: Platform,
        /// How it stands now.
        status: DeliveryStatus,
        /// When.
        at: Timestamp,
    },
}

/// Hears what is going on. It must return at once.
pub trait EventSink: Debug + Send + Sync + 'static {
    /// Something is going on.
    fn emit(&self, activity: &Activity);
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl EventSink for Silent {
    fn emit(&self, _: &Activity) {}
}
