//! Writing down each step, without secrets.

use sha2::{Digest as _, Sha256};

use super::Run;
use crate::domain::{Attempt, AttemptId, AttemptState, RequestTrace};
use crate::flow::Call;
use crate::ports::{BodyPart, Request};

impl Run<'_> {
    /// The row of a step that is about to leave.
    pub(super) fn attempt(&self, call: &Call) -> Attempt {
        let now = self.now();
        Attempt {
            id: AttemptId::from_uuid(self.ports.ids.uuid(now)),
            workspace_id: self.delivery.workspace_id,
            delivery_id: self.delivery.id,
            operation: call.operation.to_owned(),
            effect: call.effect,
            state: AttemptState::Sending,
            request: trace(&call.request),
            status: None,
            failure: None,
            started_at: now,
            ended_at: None,
        }
    }
}

/// What is kept of a request. Queries carry tokens and signatures, so they are left out.
fn trace(request: &Request) -> RequestTrace {
    let uri = request.uri();
    let address = format!("{}{}", uri.host().unwrap_or_default(), uri.path());
    let mut hash = Sha256::new();
    hash.update(request.method().as_str());
    hash.update(&address);
    for part in &request.body().parts {
        match part {
            BodyPart::Bytes(bytes) => hash.update(bytes),
            BodyPart::Blob { key, offset, len } => {
                hash.update(format!("{key}:{offset}:{len}"));
            }
        }
    }
    RequestTrace {
        method: request.method().to_string(),
        address,
        fingerprint: hex::encode(hash.finalize()),
    }
}
