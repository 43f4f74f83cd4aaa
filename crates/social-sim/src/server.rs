//! The simulator over HTTP.
//!
//! It stands on hyper itself and not on a web framework, since a lost answer is a connection that
//! closes without one, which a framework has no word for.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

use crate::reply::Outcome;
use crate::sim::Sim;

/// A simulator that listens. Dropping it stops it.
#[derive(Debug)]
pub struct SimServer {
    /// The simulator behind it.
    pub sim: Arc<Sim>,
    /// Where it listens.
    pub base_url: Url,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address is taken, or not this machine's.
    #[error("the simulator cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the machine says.
        source: std::io::Error,
    },
    /// The address makes no URL.
    #[error("the simulator's address makes no URL: {0}")]
    Address(#[from] url::ParseError),
}

/// The answer was lost on purpose.
#[derive(Debug, thiserror::Error)]
#[error("the answer is lost")]
struct Lost;

impl SimServer {
    /// Listens on `address`; port 0 takes a free one. The simulator hands out addresses under
    /// the one it then has.
    ///
    /// # Errors
    /// [`StartError::Listen`] where the address is taken.
    pub async fn start(sim: Arc<Sim>, address: SocketAddr) -> Result<Self, StartError> {
        let listen = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let bound = listener.local_addr().map_err(listen)?;
        let base_url = Url::parse(&format!("http://{bound}/"))?;
        sim.set_base_url(base_url.clone());
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(accept(listener, sim.clone(), stopped));
        tracing::info!(%base_url, "simulated networks are up");
        Ok(Self { sim, base_url, stop, task })
    }

    /// Stops listening and closes all connections.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        drop((&mut self.task).await);
    }

    /// Returns when the server has stopped.
    pub async fn stopped(&self) {
        self.stop.closed().await;
    }
}

impl Drop for SimServer {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// Returns when the server is told to stop, or is gone.
async fn told(stopped: &mut watch::Receiver<bool>) {
    drop(stopped.wait_for(|stop| *stop).await);
}

async fn accept(listener: TcpListener, sim: Arc<Sim>, mut stopped: watch::Receiver<bool>) {
    loop {
        let stream = tokio::select! {
            () = told(&mut stopped) => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::task::yield_now().await;
                    continue;
                }
            },
        };
        tokio::spawn(connection(stream, sim.clone(), stopped.clone()));
    }
}

async fn connection(stream: TcpStream, sim: Arc<Sim>, mut stopped: watch::Receiver<bool>) {
    let service = service_fn(move |request| respond(sim.clone(), request));
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        () = told(&mut stopped) => {}
        result = served => if let Err(error) = result {
            tracing::debug!(%error, "a connection ended");
        }
    }
}

async fn respond(sim: Arc<Sim>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Lost> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, sim.max_body()).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => {
            tracing::debug!(error, "a body was not read");
            let mut answer = Response::new(Full::new(Bytes::from_static(b"the body is too large")));
            *answer.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            return Ok(answer);
        }
    };
    let reply = sim.handle(Request::from_parts(parts, body)).await;
    sim.hold(reply.delay).await;
    match reply.outcome {
        Outcome::Answer(answer) => Ok(answer.map(Full::new)),
        // An error of the service makes hyper close the connection without a byte.
        Outcome::NoAnswer => Err(Lost),
    }
}
