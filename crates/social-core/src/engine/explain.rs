//! One delivery's story: what was sent, what came back, is it live, what now.

use serde::Serialize;

use super::{Error, Missing, Ports};
use crate::domain::{Attempt, AttemptState, Delivery, DeliveryId, DeliveryStatus, WorkspaceId};
use crate::flow::Effect;

/// One delivery's story.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// How it stands and what to do, in a sentence or two.
    pub summary: String,
    /// The delivery.
    pub delivery: Delivery,
    /// Each step as it happened.
    pub attempts: Vec<Attempt>,
}

/// Tells a delivery's story from its journal.
///
/// # Errors
/// Where there is no such delivery, or of the store.
pub async fn explain(ports: &Ports, ws: WorkspaceId, id: DeliveryId) -> Result<Explanation, Error> {
    let mut unit = ports.store.begin().await?;
    let found = unit.deliveries().get(ws, id).await?;
    let delivery = found.ok_or_else(|| Error::NotFound(Missing::Delivery(id)))?;
    let attempts = unit.attempts().of_delivery(ws, id).await?;
    Ok(Explanation { summary: summary(&delivery, &attempts), delivery, attempts })
}

fn summary(delivery: &Delivery, attempts: &[Attempt]) -> String {
    let why = delivery.failure.as_ref().map_or_else(String::new, |failure| {
        format!(" {} {}", failure.message, failure.action).trim_end().to_owned()
    });
    let doubted = attempts.iter().any(|a| {
        a.effect == Effect::Commit
            && a.state == AttemptState::Resolved
            && a.operation != super::comments::OPERATION
    });
    match delivery.status {
        DeliveryStatus::Draft => "A draft: nothing was sent.".into(),
        DeliveryStatus::PendingApproval => "It waits for a person's approval.".into(),
        DeliveryStatus::Scheduled if delivery.failures > 0 => {
            format!("It is not visible and is tried again by itself.{why}")
        }
        DeliveryStatus::Scheduled => format!("It waits for {}.", delivery.due_at),
        DeliveryStatus::Publishing => {
            format!("It was sent, and the outcome is being found out; it is not sent again.{why}")
        }
        DeliveryStatus::Published => {
            let link = delivery.published.as_ref().and_then(|p| p.permalink.as_ref());
            let link = link.map_or_else(String::new, |link| format!(" See {link}."));
            if let Some(at) = delivery.removed_at {
                return format!("It was live, and was taken away from the network at {at}.");
            }
            let doubt = if doubted { " An answer was lost on the way; it was found." } else { "" };
            format!("It is live.{link}{doubt}")
        }
        DeliveryStatus::Failed => format!("It is not visible.{why} Then retry the post."),
        DeliveryStatus::Unconfirmed => format!(
            "Nobody can tell whether it is visible.{why} \
             Look at the account, then confirm whether it is there; it is not sent again by itself."
        ),
        DeliveryStatus::Cancelled => "It was called off; nothing became visible.".into(),
    }
}
