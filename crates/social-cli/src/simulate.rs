//! `social sim`: the simulated networks alone.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use social::core::ports::SystemClock;
use social::sim::{HttpFetcher, Sim, SimConfig, SimServer};

use crate::args;
use crate::failure::Failure;
use crate::output::say;

/// Serves the simulated networks until interrupted.
pub(crate) async fn run(options: args::Sim) -> Result<(), Failure> {
    let server = start(SimConfig::default(), options.port).await?;
    say(format!("The simulated networks are at {}__sim/", server.base_url));
    say("Stop with Ctrl-C.");
    tokio::signal::ctrl_c().await?;
    server.stop().await;
    Ok(())
}

/// Starts the simulated networks on this machine alone.
pub(crate) async fn start(config: SimConfig, port: u16) -> Result<SimServer, Failure> {
    let fetcher = HttpFetcher::new(256 << 20)
        .map_err(|error| Failure::later(format!("the simulators cannot fetch media: {error}")))?;
    let sim = Sim::new(config.with_fetcher(Arc::new(fetcher)), Arc::new(SystemClock::new()));
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    SimServer::start(Arc::new(sim), address).await.map_err(|error| {
        Failure::input(format!("port {port} cannot be listened on: {error}; choose another"))
    })
}
