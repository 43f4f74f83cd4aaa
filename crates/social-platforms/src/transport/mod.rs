//! The way to the network: HTTP by reqwest, and decorators over any [`Transport`].
//!
//! [`Transport`]: social_core::ports::Transport

mod body;
mod guarded;
mod public;
mod real;
mod traced;

pub use guarded::{BadPrivateHost, Guarded, PrivateHost};
pub use real::{BuildError, ReqwestTransport, ReqwestTransportBuilder};
pub use traced::Traced;
