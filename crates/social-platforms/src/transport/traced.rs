//! A span for every request.

use std::sync::Arc;

use crate::http::redact;
use async_trait::async_trait;
use social_core::ports::{Clock, Request, Response, Sent, Transport, TransportError};
use tracing::{Instrument as _, debug, info_span, warn};

/// Tells `tracing` of every request: its method, host and path, the bytes, the status, how long it
/// took. Never a query string, a header or a body, which carry secrets; of a path, the parts that
/// may be one are cut.
#[derive(Debug)]
pub struct Traced {
    inner: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
}

impl Traced {
    /// Traces what goes through `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self { inner, clock }
    }
}

#[async_trait]
impl Transport for Traced {
    fn check(&self, uri: &http::Uri) -> Result<(), TransportError> {
        self.inner.check(uri)
    }

    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let span = info_span!(
            "http.request",
            method = %request.method(),
            host = request.uri().host().unwrap_or_default(),
            path = redact(request.uri().path()),
            bytes_out = request.body().len(),
        );
        async {
            let start = self.clock.now();
            let outcome = self.inner.send(request).await;
            let millis = u64::try_from(self.clock.now().since(start).as_millis()).unwrap_or(0);
            match &outcome {
                Ok(response) => {
                    let status = response.status().as_u16();
                    debug!(status, millis, bytes_in = response.body().len(), "answered");
                }
                Err(error) => {
                    let maybe_sent = error.sent == Sent::Maybe;
                    warn!(maybe_sent, millis, error = %error, "no answer");
                }
            }
            outcome
        }
        .instrument(span)
        .await
    }
}
