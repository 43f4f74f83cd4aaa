//! From the path to the network, and back with its answer.

use crate::call::Call;
use crate::network::Network;
use crate::reply::Answer;
use crate::state::State;
use crate::{linkedin, meta, tiktok};

/// What a request is.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub network: Network,
    pub operation: &'static str,
    /// The id that the path names, if any.
    pub id: String,
}

impl Route {
    pub(crate) fn new(network: Network, operation: &'static str, id: impl Into<String>) -> Self {
        Self { network, operation, id: id.into() }
    }
}

/// The operation, or `None` for the simulator's own pages.
pub(crate) fn route(state: &State, call: &Call) -> Option<Route> {
    match call.host.as_str() {
        "graph" | "graph-video" | "rupload" | "facebook" | "instagram" | "instagram-oauth"
        | "instagram-graph" => Some(meta::route(state, call)),
        "linkedin" | "linkedin-api" | "linkedin-upload" => Some(linkedin::route(call)),
        "tiktok" | "tiktok-api" | "tiktok-upload" => Some(tiktok::route(call)),
        _ => None,
    }
}

/// Performs the operation.
pub(crate) fn run(state: &mut State, call: &Call, route: &Route) -> Answer {
    match route.network {
        Network::Instagram | Network::Facebook => meta::run(state, call, route),
        Network::Linkedin => linkedin::run(state, call, route),
        Network::Tiktok => tiktok::run(state, call, route),
    }
}

/// The addresses that the operation makes the network fetch.
pub(crate) fn addresses(call: &Call, route: &Route) -> Vec<String> {
    match route.network {
        Network::Instagram | Network::Facebook => meta::addresses(call, route),
        Network::Linkedin => Vec::new(),
        Network::Tiktok => tiktok::addresses(call, route),
    }
}

/// The network's own way to fail.
pub(crate) fn server_error(state: &mut State, route: &Route, status: u16) -> Answer {
    match route.network {
        Network::Instagram | Network::Facebook => meta::server_error(state, status),
        Network::Linkedin => linkedin::server_error(status),
        Network::Tiktok => tiktok::server_error(state, status),
    }
}

/// The network's own way to say "too fast".
pub(crate) fn rate_limited(state: &mut State, route: &Route, minutes: u32) -> Answer {
    match route.network {
        Network::Instagram | Network::Facebook => meta::rate_limited(state, route, minutes),
        Network::Linkedin => linkedin::rate_limited(),
        Network::Tiktok => tiktok::rate_limited(state),
    }
}
