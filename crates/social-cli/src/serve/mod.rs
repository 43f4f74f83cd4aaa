//! `social serve`: the whole engine as one process.

mod app;
mod file;
mod first_admin;
mod first_key;
mod limits;
mod listen;
mod media;
mod model;
mod numbers;
mod outward;
mod paced;
mod reader;
mod sandbox;
mod settings;
mod stop;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;
use social::core::engine::EngineConfig;
use social::core::ports::Clock;
use social::platforms::transport::PrivateHost;
use social::{Builder, RunningWorker, Social};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use url::Url;

use crate::args::Serve;
use crate::failure::Failure;
use crate::log;
use crate::memory;
use crate::output::{Output, say, say_json};
use crate::traces::Traces;
use sandbox::Networks;
pub(crate) use settings::Settings;
use stop::{HangUp, Signals};
use tls::Tls;

/// How long connections may take to end after the work has ended.
const LINGER: Duration = Duration::from_secs(5);

/// How often it is looked whether the certificate changed, and numbers are folded.
const ROUND: Duration = Duration::from_secs(30);

/// Serves as the configuration says, until it is told to stop.
pub(crate) async fn run(options: &Serve, filter: Option<&str>) -> Result<(), Failure> {
    let settings = gathered(options, filter)?;
    if options.check {
        return checked(&settings);
    }
    let traces = Traces::to(settings.traces.as_ref())?;
    log::begin(&settings.log, settings.log_format, &traces);
    let outcome = serve(settings).await;
    traces.end().await;
    outcome
}

/// Says what is wrong with the addresses, which nobody goes to for that: `social doctor` does.
fn checked(settings: &Settings) -> Result<(), Failure> {
    let wrong = builder(settings, EngineConfig::default()).check_addresses();
    if wrong.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = wrong.iter().map(|error| format!("  - {error}")).collect();
    Err(Failure::input(format!("the configuration cannot be used:\n{}", list.join("\n"))))
}

/// What the configuration says.
pub(crate) fn gathered(options: &Serve, filter: Option<&str>) -> Result<Settings, Failure> {
    Settings::gather(options, filter).map_err(|problems| {
        let count = problems.len();
        let list: Vec<String> = problems.into_iter().map(|line| format!("  - {line}")).collect();
        let noun = if count == 1 { "problem" } else { "problems" };
        Failure::input(format!("the configuration has {count} {noun}:\n{}", list.join("\n")))
    })
}

async fn serve(settings: Settings) -> Result<(), Failure> {
    // Before anything is begun, so that no signal finds nobody listening.
    let mut signals = Signals::listen()?;
    let listener = TcpListener::bind(settings.listen).await.map_err(|error| {
        let fix = "choose another by --listen or SOCIAL_LISTEN";
        Failure::input(format!("{} cannot be listened on: {error}; {fix}", settings.listen))
    })?;
    let tls = settings.tls.as_ref().map(|files| Tls::load(files.clone())).transpose()?;
    let address = own_address(listener.local_addr()?, tls.is_some())?;
    let numbers = numbers::begin()?;
    let networks = Networks::start(&settings).await?;
    let social = build(&settings, &networks, &address).await?;
    if settings.sandbox {
        networks.connect(&social, &address).await?;
    }
    social.webhooks().set_agent(social.workspace(), settings.agent.clone()).await?;
    let worker = social.start();
    let closing = CancellationToken::new();
    let router = app::router(&social, &settings, &address, closing.clone(), numbers.clone())?;
    let served = listen::serve(listener, router, tls.clone(), settings.limits, closing.clone());
    let server = tokio::spawn(served);
    let clock = social.ports().clock.clone();
    let upkeep =
        AbortOnDropHandle::new(tokio::spawn(keep_up(clock, numbers, tls, signals.hang_up()?)));
    announce(&address, &networks);
    first_admin::offer(&social, &settings.public_url(&address)).await?;
    first_key::offer(&social).await?;
    memory::give_back();

    signals.next().await;
    tracing::info!("stopping: what was begun is ended first; again stops at once");
    tokio::select! {
        () = finish(&social, worker, closing, server) => tracing::info!("stopped"),
        () = signals.next() => tracing::warn!("stopped at once; what was cut off is looked up"),
    }
    drop(upkeep);
    networks.stop().await;
    Ok(())
}

/// What comes round while the server runs: numbers are folded, and a renewed certificate is taken.
async fn keep_up(
    clock: Arc<dyn Clock>,
    numbers: PrometheusHandle,
    tls: Option<Arc<Tls>>,
    mut hang_up: HangUp,
) {
    loop {
        let told = tokio::select! {
            () = hang_up.next() => true,
            () = clock.sleep_until(clock.now() + ROUND) => false,
        };
        numbers.run_upkeep();
        if let Some(tls) = &tls {
            tls.refresh(told);
        }
    }
}

async fn build(settings: &Settings, networks: &Networks, address: &Url) -> Result<Social, Failure> {
    let mut builder = builder(settings, EngineConfig::default());
    if let Some(base) = networks.base_url() {
        // The simulators are on this machine, so they reach it here if nothing else was said.
        let public_url = settings.public_url.clone().unwrap_or_else(|| address.clone());
        builder = builder.simulators(base).public_url(public_url);
    }
    Ok(builder.build().await?)
}

/// An engine as the configuration says, for all who work on the same rows.
pub(crate) fn builder(settings: &Settings, mut config: EngineConfig) -> Builder {
    settings.tune(&mut config);
    let builder = Social::builder().data_dir(&settings.data).config(config);
    let mut builder = settings.storage.clone().tell(builder);
    if let Some(url) = &settings.public_url {
        builder = builder.public_url(url.clone());
    }
    let gateway = settings.agent.as_ref().and_then(|agent| PrivateHost::of(&agent.url));
    for host in settings.private_hosts.iter().cloned().chain(gateway) {
        builder = builder.allow_private(host);
    }
    for network in &settings.networks {
        builder = builder.app(network.platform.clone(), network.app.clone());
        if let Some(versions) = &network.versions {
            builder = builder.versions(network.platform.clone(), versions.clone());
        }
        if let Some(scopes) = &network.scopes {
            builder = builder.scopes(network.platform.clone(), scopes);
        }
    }
    builder
}

/// Ends the work while media are still served: a network may be fetching one for a step under way.
async fn finish(
    social: &Social,
    worker: RunningWorker,
    closing: CancellationToken,
    server: tokio::task::JoinHandle<()>,
) {
    worker.stop().await;
    closing.cancel();
    let clock = &social.ports().clock;
    tokio::select! {
        ended = server => match ended {
            Ok(()) => {}
            Err(error) => tracing::error!(%error, "the server ended by a panic"),
        },
        () = clock.sleep_until(clock.now() + LINGER) => {
            tracing::info!("connections that were still open are closed");
        }
    }
}

/// Where this machine reaches the server.
fn own_address(bound: SocketAddr, tls: bool) -> Result<Url, Failure> {
    let scheme = if tls { "https" } else { "http" };
    let host = match bound {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => "127.0.0.1".to_owned(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => "[::1]".to_owned(),
        SocketAddr::V4(v4) => v4.ip().to_string(),
        SocketAddr::V6(v6) => format!("[{}]", v6.ip()),
    };
    format!("{scheme}://{host}:{}/", bound.port())
        .parse()
        .map_err(|error| Failure::input(format!("{bound} makes no address: {error}")))
}

fn announce(address: &Url, networks: &Networks) {
    let feeds = networks.base_url().map(|base| format!("{base}__sim/"));
    match Output::choose(false) {
        Output::Json => say_json(&json!({"listening": address.as_str(), "feeds": feeds})),
        Output::Text => {
            say(format!("Listening at {address}"));
            if let Some(feeds) = feeds {
                say(format!("The simulated networks are at {feeds}"));
            }
            say("Stop with Ctrl-C.");
        }
    }
    tracing::info!(%address, "listening");
}
