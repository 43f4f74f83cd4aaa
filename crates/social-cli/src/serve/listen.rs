//! Connections: as many as may be, over TLS where there is a certificate, and none for whoever
//! dawdles.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Request, Response, header};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tower::Service as _;

use super::limits::Limits;
use super::paced::{Paced, until};
use super::tls::Tls;

/// How long a client may leave an answer unread, and a handshake may take.
const STALLED: Duration = Duration::from_secs(30);

/// How long to wait after a connection could not be taken, as when there are too many open files.
const AFTER_FAILURE: Duration = Duration::from_millis(100);

/// What serves a connection.
#[derive(Clone)]
struct Served {
    router: Router,
    tls: Option<Arc<Tls>>,
    limits: Limits,
    graceful: Arc<GracefulShutdown>,
    closing: CancellationToken,
}

/// Serves `router` until `closing`; returns when the last connection has ended.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<Arc<Tls>>,
    limits: Limits,
    closing: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = Arc::new(GracefulShutdown::new());
    let served =
        Served { router, tls, limits, graceful: graceful.clone(), closing: closing.clone() };
    loop {
        let accepted = async {
            // One more waits in the kernel until a place is free.
            let place = places.clone().acquire_owned().await;
            (listener.accept().await, place)
        };
        let (accepted, place) = tokio::select! {
            () = closing.cancelled() => break,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let served = served.clone();
                tokio::spawn(async move {
                    served.connection(stream, peer).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep_until(tokio::time::Instant::now() + AFTER_FAILURE).await;
            }
        }
    }
    drop((listener, served));
    // Connections under way hold the rest of it, and let it go one by one.
    if let Some(graceful) = Arc::into_inner(graceful) {
        graceful.shutdown().await;
    }
}

impl Served {
    async fn connection(self, stream: TcpStream, peer: SocketAddr) {
        // Answers are small, and wait for nothing to be sent along.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(STALLED));
        let stream = Box::pin(stream);
        match self.tls.clone() {
            None => self.http1(stream, peer).await,
            Some(tls) => match tokio::time::timeout(STALLED, tls.accept(stream)).await {
                Ok(Ok(stream)) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => {
                    self.http2(stream, peer).await;
                }
                Ok(Ok(stream)) => self.http1(stream, peer).await,
                Ok(Err(error)) => tracing::debug!(%error, %peer, "no TLS came about"),
                Err(_) => tracing::debug!(%peer, "no TLS came about in time"),
            },
        }
    }

    async fn http1(
        self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        peer: SocketAddr,
    ) {
        let service = service_fn({
            let served = self.clone();
            move |request| served.clone().answer(request, peer)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            // For the head of a request, and so for the time between two as well.
            .header_read_timeout(self.limits.header)
            .serve_connection(TokioIo::new(stream), service);
        ended(self.graceful.watch(connection).await, peer);
    }

    async fn http2(
        self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        peer: SocketAddr,
    ) {
        let service = service_fn({
            let served = self.clone();
            move |request| served.clone().answer(request, peer)
        });
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(128)
            .keep_alive_interval(self.limits.header)
            .keep_alive_timeout(STALLED)
            .serve_connection(TokioIo::new(stream), service);
        ended(self.graceful.watch(connection).await, peer);
    }

    async fn answer(
        mut self,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> Result<Response<Body>, Infallible> {
        let allowance = self.limits.body;
        let mut request = request.map(|body| Body::new(Paced::new(body, allowance)));
        // The API limits how often an address may ask.
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = self.router.call(request).await?;
        let kind = answer.headers().get(header::CONTENT_TYPE);
        if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream")) {
            // It would never end by itself.
            return Ok(answer.map(|body| until(body, self.closing)));
        }
        Ok(answer)
    }
}

fn ended(outcome: Result<(), hyper::Error>, peer: SocketAddr) {
    if let Err(error) = outcome {
        tracing::debug!(%error, %peer, "a connection ended early");
    }
}
