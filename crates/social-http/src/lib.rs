//! The axum adapter over the engine.
