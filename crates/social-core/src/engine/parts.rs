//! All that the use cases stand on, in one place.

use std::sync::Arc;

use super::{EngineConfig, Flights, Registry, Throttle};
use crate::ports::{
    BlobStore, Clock, EventSink, IdSource, JobQueue, MediaPipeline, PasswordHasher, RateLimiter,
    Sealer, Store, Transport,
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
    /// Hashes passwords.
    pub passwords: Arc<dyn PasswordHasher>,
    /// Knows which network wants to be left alone.
    pub limiter: Arc<dyn RateLimiter>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids and randomness.
    pub ids: Arc<dyn IdSource>,
    /// Hears what is going on.
    pub events: Arc<dyn EventSink>,
    /// The way to addresses that came from users. Whoever wires it keeps such requests out of the
    /// private network.
    pub outbound: Arc<dyn Transport>,
    /// The networks.
    pub platforms: Registry,
    /// Keeps workers of this process from doing the same media work at once.
    pub flights: Flights,
    /// Slows down who guesses passwords at this process.
    pub throttle: Throttle,
    /// How patient the engine is.
    pub config: EngineConfig,
}
