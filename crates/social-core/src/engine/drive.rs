//! Publishing in one call, without a store.

use crate::domain::Published;
use crate::error::{ErrorKind, PlatformError, Retry};
use crate::flow::{Content, Effect, FlowContext, Step};
use crate::measure::PlatformRequest;
use crate::ports::{AccountAuth, PlatformApi};

/// How often a step that surely had no effect is tried.
const TRIES: u32 = 3;

/// Drives a flow to its end.
pub(crate) async fn drive<P: PlatformApi + ?Sized>(
    api: &P,
    auth: &AccountAuth,
    content: &Content,
) -> Result<Published, PlatformError> {
    let context = || FlowContext { auth, content, now: api.clock().now(), again: false };
    let mut state = api.begin(&context())?;
    let mut tries = 0;
    loop {
        let call = match api.next(&context(), &state)? {
            Step::Done(published) => return Ok(published),
            Step::Wait(time) => {
                api.clock().sleep_until(api.clock().now() + time).await;
                continue;
            }
            Step::Absent(_) | Step::Repeat(_) | Step::Unknown => {
                return Err(PlatformError::new(
                    api.platform().clone(),
                    ErrorKind::Malformed,
                    "a publishing flow ended as only a reconciling one may",
                ));
            }
            Step::Send(call) => call,
        };
        let effect = call.effect;
        let asked = PlatformRequest::begin(api.platform(), call.operation);
        let answer = api.transport().send(call.request).await;
        asked.end(answer.as_ref());
        let outcome = match answer {
            Ok(response) => api.advance(&context(), &state, &response),
            Err(error) => Err(PlatformError::transport(api.platform().clone(), error)),
        };
        match outcome {
            Ok(next) => {
                state = next;
                tries = 0;
            }
            Err(error) => {
                tries += 1;
                let again = match error.retry {
                    Retry::Never => None,
                    Retry::After(time) => Some(time),
                    Retry::Backoff => Some(std::time::Duration::from_secs(1 << tries)),
                    // Nothing but a Commit does harm when it is done twice.
                    Retry::ReconcileFirst if effect == Effect::Commit => None,
                    Retry::ReconcileFirst => Some(std::time::Duration::from_secs(1 << tries)),
                };
                match again {
                    Some(time) if tries < TRIES => {
                        api.clock().sleep_until(api.clock().now() + time).await;
                    }
                    _ => return Err(error),
                }
            }
        }
    }
}
