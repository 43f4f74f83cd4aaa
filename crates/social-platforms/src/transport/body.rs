//! Bodies that are read from the blob store while they are sent.

use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, TryStreamExt as _};
use social_core::ports::{BlobError, BlobStore, Body, BodyPart, TransportError};

/// What is sent of a body.
pub(super) enum Outgoing {
    /// All of it is at hand.
    Whole(Bytes),
    /// It comes from the blob store.
    Stream(BoxStream<'static, Result<Bytes, BlobError>>),
}

/// Opens `body`, so far that what cannot be read at all fails before anything is sent.
pub(super) async fn open(
    body: Body,
    blobs: Option<&Arc<dyn BlobStore>>,
) -> Result<Outgoing, TransportError> {
    let mut pieces = Vec::with_capacity(body.parts.len());
    let mut streamed = false;
    for part in body.parts {
        pieces.push(match part {
            BodyPart::Bytes(bytes) => stream::once(async { Ok(bytes) }).boxed(),
            BodyPart::Blob { key, offset, len } => {
                streamed = true;
                let store = blobs.ok_or_else(|| {
                    TransportError::not_sent("the transport was built without a blob store")
                })?;
                let unreadable = |error| {
                    TransportError::not_sent(format!("the file `{key}` cannot be read"))
                        .because(error)
                };
                let has = store.len(&key).await.map_err(unreadable)?;
                let end = offset.saturating_add(len);
                if has.is_none_or(|has| has < end) {
                    return Err(TransportError::not_sent(format!(
                        "the file `{key}` has {} bytes and {end} are needed",
                        has.unwrap_or(0)
                    )));
                }
                let mut chunks = store.read(&key, offset..end).await.map_err(unreadable)?;
                let first = chunks.try_next().await.map_err(unreadable)?;
                stream::iter(first.map(Ok)).chain(chunks).boxed()
            }
        });
    }
    if streamed {
        return Ok(Outgoing::Stream(stream::iter(pieces).flatten().boxed()));
    }
    let read = stream::iter(pieces).flatten().try_collect::<Vec<Bytes>>().await;
    let whole = read.map_err(|error| TransportError::not_sent("no body").because(error))?;
    Ok(Outgoing::Whole(whole.concat().into()))
}
