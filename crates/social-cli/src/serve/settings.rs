//! What a server goes by: flags before environment before file, checked as a whole.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum as _;
use secrecy::SecretString;
use social::core::engine::{AgentGateway, EngineConfig};
use social::platforms::transport::PrivateHost;
use url::Url;

use super::file::{File, Network, Oidc, TlsFiles};
use super::limits::Limits;
use super::media::Room;
use super::model::Model;
use crate::args::{LogFormat, Serve, Storage};

/// The address that is listened on where nothing else is said: this machine alone.
const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// What a server goes by.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) data: PathBuf,
    pub(crate) storage: Storage,
    pub(crate) listen: SocketAddr,
    pub(crate) public_url: Option<Url>,
    pub(crate) log: String,
    pub(crate) log_format: LogFormat,
    pub(crate) simulators: bool,
    pub(crate) sandbox: bool,
    pub(crate) concurrency: Option<usize>,
    pub(crate) platform_total: Option<u32>,
    pub(crate) undo: Option<Duration>,
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) metrics_token: Option<SecretString>,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) traces: Option<Url>,
    pub(crate) limits: Limits,
    pub(crate) networks: Vec<Network>,
    pub(crate) oidc: Option<Oidc>,
    pub(crate) agent: Option<AgentGateway>,
    pub(crate) model: Option<Model>,
    pub(crate) private_hosts: Vec<PrivateHost>,
    /// How much room what is made of media may take.
    pub(crate) room: Room,
}

impl Settings {
    /// Gathers everything, or says all that is wrong.
    pub(crate) fn gather(options: &Serve, filter: Option<&str>) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let file = File::read(options.config.as_deref(), &mut problems);
        let first = |flag: &Option<String>, file: &Option<String>| {
            flag.clone().filter(|text| !text.is_empty()).or_else(|| file.clone())
        };
        let data = first(&options.data, &file.data).unwrap_or_else(|| "social-data".to_owned());
        let listen = first(&options.listen, &file.listen);
        let public_url = first(&options.public_url, &file.public_url);
        let log = filter.map(str::to_owned).or(file.log).unwrap_or_else(|| "info".to_owned());
        let log_format = first(&options.log_format, &file.log_format);
        let platform_total = first(&options.platform_total, &None);
        let sandbox = options.sandbox || file.sandbox;
        let settings = Self {
            data: PathBuf::from(data),
            storage: options.storage.clone().or(file.storage),
            listen: check(listen.as_deref(), LISTEN, &mut problems, address),
            public_url: check(public_url.as_deref(), None, &mut problems, |text| {
                public(text).map(Some)
            }),
            log_format: check(log_format.as_deref(), LogFormat::Text, &mut problems, |text| {
                LogFormat::from_str(text, false)
                    .map_err(|_| format!("log_format: `{text}` is neither text nor json"))
            }),
            log,
            simulators: options.simulators || file.simulators || sandbox,
            sandbox,
            concurrency: file.concurrency,
            platform_total: check(
                platform_total.as_deref(),
                file.platform_total,
                &mut problems,
                |text| total(text).map(Some),
            ),
            undo: file.undo,
            allowed_hosts: file.allowed_hosts,
            allowed_origins: file.allowed_origins,
            metrics_token: file.metrics_token,
            tls: file.tls,
            traces: file.traces,
            limits: file.limits,
            networks: file.networks,
            oidc: file.oidc,
            agent: file.agent,
            model: file.model,
            private_hosts: file.private_hosts,
            room: file.room,
        };
        settings.check_together(&mut problems);
        if problems.is_empty() { Ok(settings) } else { Err(problems) }
    }

    /// Tells an engine how much it may do at once, and how patient it is to be.
    pub(super) fn tune(&self, config: &mut EngineConfig) {
        if let Some(concurrency) = self.concurrency {
            config.concurrency = concurrency;
            // As much of the whole as by default.
            config.platform_concurrency = (concurrency * 3).div_ceil(4);
        }
        config.platform_total = self.platform_total;
        if let Some(undo) = self.undo {
            config.undo = undo;
        }
        self.room.set(config);
    }

    /// The address under which people reach the server, which this machine reaches at `address`.
    pub(super) fn public_url(&self, address: &Url) -> Url {
        self.public_url.clone().unwrap_or_else(|| address.clone())
    }

    fn check_together(&self, problems: &mut Vec<String>) {
        if self.data.exists() && !self.data.is_dir() {
            problems.push(format!("data: {} is no folder", self.data.display()));
        }
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&self.log) {
            problems.push(format!("log: `{}` is no filter: {error}", self.log));
        }
        for origin in &self.allowed_origins {
            let url: Option<Url> = origin.parse().ok();
            if url.is_none_or(|url| url.origin().ascii_serialization() != *origin) {
                problems.push(format!(
                    "allowed_origins: `{origin}` is no origin; one looks like \
                     https://app.example.com, without a path"
                ));
            }
        }
        if self.simulators && !self.networks.is_empty() {
            problems.push(
                "simulators: posts go to the simulators in place of the networks, so leave out \
                 either simulators and sandbox, or [networks]"
                    .to_owned(),
            );
        }
        let fetches = |network: &&Network| {
            [social::Platform::INSTAGRAM, social::Platform::TIKTOK].contains(&network.platform)
        };
        if self.public_url.is_none()
            && let Some(network) = self.networks.iter().find(fetches)
        {
            problems.push(format!(
                "public_url: {} fetches media from this server, so say under which https address \
                 it is reached",
                network.platform
            ));
        }
    }
}

fn check<T>(
    text: Option<&str>,
    default: T,
    problems: &mut Vec<String>,
    parse: impl Fn(&str) -> Result<T, String>,
) -> T {
    match text.map(parse) {
        None => default,
        Some(Ok(value)) => value,
        Some(Err(problem)) => {
            problems.push(problem);
            default
        }
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let text = text.replace("localhost:", "127.0.0.1:");
    text.parse()
        .map_err(|_| format!("listen: `{text}` is no address; one looks like 127.0.0.1:8080"))
}

fn total(text: &str) -> Result<u32, String> {
    let count = text.parse().ok().filter(|count| *count > 0);
    count.ok_or_else(|| format!("platform_total: `{text}` must be a number from 1 on"))
}

fn public(text: &str) -> Result<Url, String> {
    let wrong = |why: &str| Err(format!("public_url: `{text}` {why}"));
    let Ok(mut url) = text.parse::<Url>() else {
        return wrong("is no address; one looks like https://social.example.com/");
    };
    let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if url.scheme() != "https" && !(url.scheme() == "http" && loopback) {
        return wrong("must begin with https://");
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return wrong("must be without a user, a query and a fragment");
    }
    // Addresses are joined to it: without the slash its last part would be lost.
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(file: &str, flag: Option<&str>) -> Option<u32> {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("social.toml");
        std::fs::write(&config, file).unwrap();
        let flag = flag.map(str::to_owned);
        let options = Serve { config: Some(config), platform_total: flag, ..Serve::default() };
        let mut tuned = EngineConfig::default();
        Settings::gather(&options, None).unwrap().tune(&mut tuned);
        tuned.platform_total
    }

    #[test]
    fn the_cap_over_all_workers_reaches_the_engine() {
        assert_eq!(total("", None), None);
        assert_eq!(total("platform_total = 12", None), Some(12));
        assert_eq!(total("platform_total = 12", Some("3")), Some(3));
        // An environment that sets the variable to nothing says nothing.
        assert_eq!(total("platform_total = 12", Some("")), Some(12));
    }
}
