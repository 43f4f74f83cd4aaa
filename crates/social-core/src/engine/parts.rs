//! All that the use cases stand on, in one place.

use std::sync::Arc;

use super::{EngineConfig, Flights, Registry};
use crate::ports::{
    BlobStore, Clock, EventSink, IdSource, JobQueue, MediaPipeline, RateLimiter, Sealer, Store,
};

/// The ports that the use cases stand on. Cheap to clone; built once by whoever wires the app.
#[derive(Debug, Clone)]
pub struct Ports {
    /// Where rows are kept.
    pub store: Arc<dyn Store>,
    /// Hands out jobs.
    pub queue: Arc<dyn JobQueue>,
    /// Where the bytes of media are kept.
    pub blobs: Arc<dyn BlobStore>,
    /// Fits media.
    pub media: Arc<dyn MediaPipeline>,
    /// Seals secrets.
    pub sealer: Arc<dyn Sealer>,
    /// Knows which network wants to be left alone.
    pub limiter: Arc<dyn RateLimiter>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids and randomness.
    pub ids: Arc<dyn IdSource>,
    /// Hears what is going on.
    pub events: Arc<dyn EventSink>,
    /// The networks.
    pub platforms: Registry,
    /// Keeps workers of this process from doing the same media work at once.
    pub flights: Flights,
    /// How patient the engine is.
    pub config: EngineConfig,
}
