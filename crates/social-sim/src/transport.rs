//! The simulator in process, as the engine's transport: no socket, no waiting.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::TryStreamExt as _;
use social_core::ports::{BlobStore, Body, BodyPart, Request, Response, Transport, TransportError};

use crate::reply::Outcome;
use crate::sim::Sim;

/// Hands requests to a [`Sim`] in the same process.
///
/// Delays are ignored: time in a deterministic test is the clock's, and nobody waits for it.
#[derive(Debug, Clone)]
pub struct SimTransport {
    sim: Arc<Sim>,
    blobs: Option<Arc<dyn BlobStore>>,
}

impl SimTransport {
    /// A transport for requests without blobs.
    #[must_use]
    pub fn new(sim: Arc<Sim>) -> Self {
        Self { sim, blobs: None }
    }

    /// A transport that reads the blobs of bodies from `blobs`.
    #[must_use]
    pub fn with_blobs(sim: Arc<Sim>, blobs: Arc<dyn BlobStore>) -> Self {
        Self { sim, blobs: Some(blobs) }
    }

    async fn bytes(&self, body: Body) -> Result<Bytes, TransportError> {
        let mut whole = BytesMut::new();
        for part in body.parts {
            match part {
                BodyPart::Bytes(bytes) => whole.extend_from_slice(&bytes),
                BodyPart::Blob { key, offset, len } => {
                    let Some(blobs) = &self.blobs else {
                        return Err(TransportError::not_sent(
                            "no blob store to read the body from",
                        ));
                    };
                    let failed = |error| {
                        TransportError::not_sent(format!("the file `{key}` cannot be read"))
                            .because(error)
                    };
                    let mut chunks =
                        blobs.read(&key, offset..offset + len).await.map_err(failed)?;
                    let mut read = 0;
                    while let Some(chunk) = chunks.try_next().await.map_err(failed)? {
                        read += chunk.len() as u64;
                        whole.extend_from_slice(&chunk);
                    }
                    if read != len {
                        let text = format!("the file `{key}` is shorter than it should be");
                        return Err(TransportError::not_sent(text));
                    }
                }
            }
        }
        Ok(whole.freeze())
    }
}

#[async_trait]
impl Transport for SimTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let (parts, body) = request.into_parts();
        let body = self.bytes(body).await?;
        match self.sim.handle(http::Request::from_parts(parts, body)).await.outcome {
            Outcome::Answer(answer) => Ok(answer),
            Outcome::NoAnswer => Err(TransportError::no_answer("the connection was closed")),
        }
    }
}
