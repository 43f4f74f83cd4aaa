//! The ports: what the engine asks of the world, and what an app may ask of the engine.
pub mod blob_store;
pub mod clock;
pub mod id_source;
pub mod media_pipeline;
pub mod transport;

pub use blob_store::{BlobError, BlobKey, BlobStore};
pub use clock::{Clock, ManualClock, SystemClock};
pub use id_source::{IdSource, SeededIds, SystemIds};
pub use media_pipeline::{
    MediaError, MediaErrorKind, MediaPipeline, MediaSource, Processed, Progress, ThumbnailAt,
};
pub use transport::{Body, BodyPart, Request, Response, Sent, Transport, TransportError};
