//! Bodies that must keep their pace.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures::StreamExt as _;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};
use tokio_util::sync::CancellationToken;

/// The least that a client must send, in bytes a second, once its allowance is used up.
const LEAST: u64 = 1024;

/// A request's body that fails when it comes too slowly: with a byte now and then a client could
/// hold a connection, and the memory behind it, for ever.
#[derive(Debug)]
pub(super) struct Paced {
    inner: Incoming,
    begun: Instant,
    allowance: Duration,
    received: u64,
    late: Pin<Box<Sleep>>,
}

impl Paced {
    /// A body that may take `allowance`, and a second more for each KiB.
    pub(super) fn new(inner: Incoming, allowance: Duration) -> Self {
        let begun = Instant::now();
        let late = Box::pin(tokio::time::sleep_until(begun + allowance));
        Self { inner, begun, allowance, received: 0, late }
    }
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                self.received += bytes as u64;
                let earned = Duration::from_secs(self.received / LEAST);
                let until = self.begun + self.allowance + earned;
                self.late.as_mut().reset(until);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(other) => Poll::Ready(other.map(|frame| frame.map_err(Into::into))),
            Poll::Pending => {
                std::task::ready!(self.late.as_mut().poll(cx));
                Poll::Ready(Some(Err("the body came too slowly".into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The same body, which ends when `closing` is told.
pub(super) fn until(body: Body, closing: CancellationToken) -> Body {
    Body::from_stream(body.into_data_stream().take_until(closing.cancelled_owned()))
}
