//! Endpoints as values: what is sent and how the answer is read, without sending anything.

use social_core::domain::Platform;
use social_core::flow::{Effect, Step};
use social_core::measure::PlatformRequest;
use social_core::ports::{Request, Response, Sent, Transport, TransportError};
use social_core::{ErrorKind, PlatformError};

/// One endpoint of a network with its parameters; `W` knows the hosts and the token.
pub(crate) trait Endpoint<W> {
    /// What the answer says.
    type Output;
    /// Its name in the journal.
    const OPERATION: &'static str;

    /// What it may do.
    fn effect(&self) -> Effect;

    /// What is sent.
    fn request(&self, wire: &W) -> Result<Request, PlatformError>;

    /// What came back means.
    fn parse(&self, wire: &W, response: &Response) -> Result<Self::Output, PlatformError>;
}

/// The step of a flow that sends `endpoint`.
pub(crate) fn step<W, E: Endpoint<W>>(endpoint: &E, wire: &W) -> Result<Step, PlatformError> {
    Ok(Step::send(E::OPERATION, endpoint.effect(), endpoint.request(wire)?))
}

/// Sends `endpoint` and reads its answer.
pub(crate) async fn call<W: Sync, E: Endpoint<W> + Sync>(
    transport: &dyn Transport,
    platform: &Platform,
    wire: &W,
    endpoint: &E,
) -> Result<E::Output, PlatformError> {
    let request = endpoint.request(wire)?;
    let answer = send(transport, platform, E::OPERATION, request).await;
    endpoint.parse(wire, &answer.map_err(|error| no_answer(platform, endpoint, error))?)
}

/// Sends a request that no flow sends, and measures it as `operation`.
pub(crate) async fn send(
    transport: &dyn Transport,
    platform: &Platform,
    operation: &'static str,
    request: Request,
) -> Result<Response, TransportError> {
    let asked = PlatformRequest::begin(platform, operation);
    let answer = transport.send(request).await;
    asked.end(answer.as_ref());
    answer
}

fn no_answer<W, E: Endpoint<W>>(
    platform: &Platform,
    endpoint: &E,
    error: TransportError,
) -> PlatformError {
    if error.sent == Sent::Maybe && matches!(endpoint.effect(), Effect::Read | Effect::Upload) {
        // It did nothing, whether or not it arrived.
        let fresh = PlatformError::new(platform.clone(), ErrorKind::Unavailable, "no answer came");
        return PlatformError { source: Some(Box::new(error)), ..fresh };
    }
    PlatformError::transport(platform.clone(), error)
}
