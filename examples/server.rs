//! The HTTP API on loopback over simulated networks: all that a client can do, with no account
//! anywhere. It prints its address and a key; connect an account at `/docs`, and post.

use std::net::SocketAddr;
use std::sync::Arc;

use secrecy::ExposeSecret as _;
use social::Social;
use social::core::engine::{Keys, NewKey};
use social::core::ports::SystemClock;
use social::http::{Api, ApiConfig};
use social::sim::{Sim, SimConfig, SimServer};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
#[allow(clippy::print_stdout, reason = "an example tells what it does")]
pub(crate) async fn main() -> Result<()> {
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    let told = |base: &str, key: &str| {
        println!("read {base}docs, or:\nexport SOCIAL_BASE_URL={base} SOCIAL_API_TOKEN={key}");
        Ok(())
    };
    serve("127.0.0.1:8080".parse()?, stop, told).await
}

/// Serves until `stop`; `ready` is told the address and a key.
pub(crate) async fn serve(
    address: SocketAddr,
    stop: impl Future<Output = ()> + Send + 'static,
    ready: impl FnOnce(&str, &str) -> Result<()>,
) -> Result<()> {
    let networks = Sim::new(SimConfig::default(), Arc::new(SystemClock::new()));
    let networks = SimServer::start(Arc::new(networks), "127.0.0.1:0".parse()?).await?;
    let listener = tokio::net::TcpListener::bind(address).await?;
    let base = format!("http://{}/", listener.local_addr()?);

    let folder = tempfile::tempdir()?;
    let social = Social::builder()
        .data_dir(folder.path())
        .public_url(base.parse()?)
        .simulators(&networks.base_url)
        .build()
        .await?;
    let worker = social.start();
    let keys = Keys::new(social.ports().clone());
    let (_, secret) = keys.create(social.workspace(), NewKey::for_agent("example")).await?;

    let app = Api::builder(social.ports().clone(), ApiConfig::new(base.parse()?))
        .content(social.content().clone())
        .build();
    ready(&base, secret.expose_secret())?;
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app).with_graceful_shutdown(stop).await?;

    worker.stop().await;
    networks.stop().await;
    Ok(())
}
