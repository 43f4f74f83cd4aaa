//! The configuration's file: what may stand in it.
//!
//! ```toml
//! data = "social-data"
//! database = "postgres://social@db/social"          # or database_file; default: social.db in data
//! redis = "redis://127.0.0.1"                       # or redis_file; default: none
//! bucket_file = "/run/secrets/bucket"               # or bucket; default: the folder media in data
//! listen = "127.0.0.1:8080"
//! public_url = "https://social.example.com/"
//! log = "info"
//! log_format = "json"
//! simulators = false
//! sandbox = false
//! concurrency = 16                                  # jobs of each worker
//! platform_total = 12                               # posts to one network, of all workers; default: no cap
//! undo_seconds = 0                                  # how long a post for now can be called off
//! allowed_hosts = ["social.lan"]                    # besides public_url's and this machine's own
//! allowed_origins = ["https://app.example.com"]     # pages that may ask from a browser (CORS)
//! metrics_token_file = "/run/secrets/metrics"       # default: /metrics for this machine alone
//!
//! [tls]                                             # default: plain HTTP
//! cert = "/etc/social/fullchain.pem"                # read anew when it changes, or on SIGHUP
//! key = "/etc/social/privkey.pem"
//!
//! [otel]                                            # default: none; needs the feature `otel`
//! endpoint = "http://127.0.0.1:4318/v1/traces"
//!
//! [limits]                                          # these are the defaults
//! connections = 1024
//! header_seconds = 15                               # for a request's head, and between requests
//! body_seconds = 30                                 # for its body, and one more for each KiB
//! request_seconds = 30                              # for an answer; an upload may take longer
//! json_bytes = 1_048_576
//! upload_bytes = 1_073_741_824                      # for one file
//! uploads_bytes = 4_294_967_296                     # for all that come in pieces at a time
//! requests_at_once = 512
//! requests_per_minute = 300                         # by one key
//! address_requests_per_minute = 600                 # by one address
//!
//! [media]                                           # these are the defaults
//! renditions_days = 30                              # unused for so long, they are let go
//! renditions_gb = 20                                # of all of them together
//! free_mb = 512                                     # of the disk: below, no media are taken in
//!
//! [networks.instagram]
//! client_id = "1234"
//! client_secret_file = "/run/secrets/instagram"   # or client_secret_env = "INSTAGRAM_SECRET"
//! scopes = ["instagram_basic"]                    # default: what posting needs
//! versions = ["v26.0 until 2028-07-29", "v27.0"]  # default: the newest that this release knows
//!
//! [oidc]                                          # people sign in by an OpenID provider
//! name = "Example"                                # as people know it
//! issuer = "https://login.example.com"
//! client_id = "1234"
//! client_secret_file = "/run/secrets/oidc"        # or client_secret_env = "OIDC_SECRET"
//! newcomers = "invited"                           # or a role: client, manager, admin
//! domains = ["example.com"]                       # default: any
//!
//! [model]                                         # writes suggestions; default: none, offline
//! url = "https://api.example.com/v1"              # any endpoint that speaks OpenAI's protocol
//! name = "small"
//! key_file = "/run/secrets/model"                 # or key_env
//! sees = false                                    # whether it takes pictures
//! schema = true                                   # whether it holds to a JSON schema
//! input_price = 150_000                           # of a million tokens, in millionths of the currency
//! output_price = 600_000
//! daily_budget = 2_000_000                        # of a workspace, in the same; default: none
//!
//! [agent]                                         # its gateway is told what an agent waits for
//! gateway = "http://127.0.0.1:18789"              # the default
//! token_file = "/run/secrets/agent"               # or token_env, or token
//!
//! [outbound]
//! allow = ["10.0.0.7:8080"]                       # private hosts that webhooks and media may be at
//! ```

use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Map, Value};
use social::core::domain::Role;
use social::core::engine::{AgentGateway, Newcomers};
use social::platforms::ApiVersion;
use social::platforms::transport::PrivateHost;
use social::{AppCredentials, Platform};
use url::Url;

use super::limits::Limits;
use super::media::Room;
use super::model::Model;
use super::outward;
use super::reader::Reader;
use crate::args::Storage;

/// Looked for in the current folder where no file is named.
const USUAL: &str = "social.toml";

/// What a file said, not checked against the rest yet.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) data: Option<String>,
    pub(super) storage: Storage,
    pub(super) listen: Option<String>,
    pub(super) public_url: Option<String>,
    pub(super) log: Option<String>,
    pub(super) log_format: Option<String>,
    pub(super) simulators: bool,
    pub(super) sandbox: bool,
    pub(super) concurrency: Option<usize>,
    pub(super) platform_total: Option<u32>,
    pub(super) undo: Option<Duration>,
    pub(super) allowed_hosts: Vec<String>,
    pub(super) allowed_origins: Vec<String>,
    pub(super) metrics_token: Option<SecretString>,
    pub(super) tls: Option<TlsFiles>,
    pub(super) traces: Option<Url>,
    pub(super) limits: Limits,
    pub(super) networks: Vec<Network>,
    pub(super) oidc: Option<Oidc>,
    pub(super) agent: Option<AgentGateway>,
    pub(super) model: Option<Model>,
    pub(super) private_hosts: Vec<PrivateHost>,
    pub(super) room: Room,
}

/// Where the certificate and its key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    pub(crate) cert: PathBuf,
    pub(crate) key: PathBuf,
}

/// An app at a network.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) platform: Platform,
    pub(crate) app: AppCredentials,
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) versions: Option<Vec<ApiVersion>>,
}

/// The OpenID provider that people sign in by.
#[derive(Debug)]
pub(crate) struct Oidc {
    pub(crate) name: String,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: SecretString,
    pub(crate) newcomers: Newcomers,
    pub(crate) domains: Vec<String>,
}

const KNOWN: [(&str, Platform); 4] = [
    ("instagram", Platform::INSTAGRAM),
    ("facebook", Platform::FACEBOOK),
    ("linkedin", Platform::LINKEDIN),
    ("tiktok", Platform::TIKTOK),
];

impl File {
    /// Reads the named file, or the usual one where it exists.
    pub(super) fn read(path: Option<&Path>, problems: &mut Vec<String>) -> Self {
        let usual = Path::new(USUAL);
        let path = match path {
            Some(path) => path,
            None if usual.exists() => usual,
            None => return Self::default(),
        };
        let name = path.display();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                problems.push(format!("{name} cannot be read: {error}"));
                return Self::default();
            }
        };
        let json = path.extension().is_some_and(|extension| extension == "json");
        let parsed = if json {
            serde_json::from_str(&text).map_err(|error| error.to_string())
        } else {
            toml::from_str(&text).map_err(|error| error.to_string())
        };
        match parsed {
            Ok(value) => Self::take(value, problems),
            Err(error) => {
                problems.push(format!("{name}: {}", error.trim_end().replace('\n', "\n    ")));
                Self::default()
            }
        }
    }

    fn take(value: Value, problems: &mut Vec<String>) -> Self {
        let mut reader = Reader::new("", value, problems);
        let mut file = Self {
            data: reader.text("data"),
            storage: storage(&mut reader),
            listen: reader.text("listen"),
            public_url: reader.text("public_url"),
            log: reader.text("log"),
            log_format: reader.text("log_format"),
            simulators: reader.flag("simulators").unwrap_or_default(),
            sandbox: reader.flag("sandbox").unwrap_or_default(),
            concurrency: reader.count("concurrency"),
            platform_total: reader
                .count("platform_total")
                .map(|n| u32::try_from(n).unwrap_or(u32::MAX)),
            undo: reader.number("undo_seconds").map(Duration::from_secs),
            allowed_hosts: reader.texts("allowed_hosts").unwrap_or_default(),
            allowed_origins: reader.texts("allowed_origins").unwrap_or_default(),
            metrics_token: None,
            tls: None,
            traces: None,
            limits: Limits::default(),
            networks: Vec::new(),
            oidc: None,
            agent: None,
            model: None,
            private_hosts: Vec::new(),
            room: Room::default(),
        };
        if let Some(path) = reader.text("metrics_token_file") {
            match from_file(&path) {
                Ok(token) => file.metrics_token = Some(token.into()),
                Err(why) => reader.problem(format!("`metrics_token_file` {why}")),
            }
        }
        let (tls, limits) = (reader.raw("tls"), reader.raw("limits"));
        let otel = reader.raw("otel");
        let networks = match reader.raw("networks") {
            Value::Object(networks) => networks,
            Value::Null => Map::new(),
            _ => {
                reader.problem("`networks` must be a table");
                Map::new()
            }
        };
        let provider = reader.raw("oidc");
        let gateway = reader.raw("agent");
        let model = reader.raw("model");
        let outbound = reader.raw("outbound");
        let media = reader.raw("media");
        reader.end();
        file.tls = tls_files(tls, problems);
        file.traces = collector(otel, problems);
        file.limits = Limits::read(limits, problems);
        file.agent = outward::agent(gateway, problems);
        file.model = Model::read(model, problems);
        file.private_hosts = outward::private_hosts(outbound, problems);
        file.room = Room::read(media, problems);
        if !provider.is_null() {
            file.oidc = oidc(provider, problems);
        }
        for (name, value) in networks {
            match KNOWN.iter().find(|(known, _)| *known == name) {
                Some((_, platform)) => {
                    file.networks.extend(network(platform, &name, value, problems));
                }
                None => {
                    let known = KNOWN.map(|(known, _)| known).join(", ");
                    problems.push(format!("`networks.{name}` is no network; there are {known}"));
                }
            }
        }
        file
    }
}

/// Addresses that may hold passwords stand in the file, or in files of their own.
fn storage(reader: &mut Reader<'_>) -> Storage {
    let mut address = |name: &'static str, file: &'static str| {
        let here = reader.text(name);
        let Some(path) = reader.text(file) else { return here.map(SecretString::from) };
        match from_file(&path) {
            Ok(_) if here.is_some() => reader.problem(format!("give either `{name}` or `{file}`")),
            Ok(address) => return Some(address.into()),
            Err(why) => reader.problem(format!("`{file}` {why}")),
        }
        None
    };
    Storage {
        database: address("database", "database_file"),
        redis: address("redis", "redis_file"),
        bucket: address("bucket", "bucket_file"),
    }
}

fn tls_files(value: Value, problems: &mut Vec<String>) -> Option<TlsFiles> {
    if value.is_null() {
        return None;
    }
    let mut reader = Reader::new("tls", value, problems);
    let (cert, key) = (reader.text("cert"), reader.text("key"));
    if cert.is_none() || key.is_none() {
        reader.problem("`tls` needs a cert and a key");
    }
    reader.end();
    Some(TlsFiles { cert: cert?.into(), key: key?.into() })
}

fn collector(value: Value, problems: &mut Vec<String>) -> Option<Url> {
    if value.is_null() {
        return None;
    }
    let mut reader = Reader::new("otel", value, problems);
    let endpoint = reader.text("endpoint").and_then(|text| text.parse().ok());
    if endpoint.is_none() {
        reader.problem("`otel` needs an endpoint such as http://127.0.0.1:4318/v1/traces");
    }
    reader.end();
    endpoint
}

fn network(
    platform: &Platform,
    name: &str,
    value: Value,
    problems: &mut Vec<String>,
) -> Option<Network> {
    let place = format!("networks.{name}");
    let mut reader = Reader::new(&place, value, problems);
    let scopes = reader.texts("scopes");
    let versions = versions(&place, &mut reader);
    let client = client(&place, &mut reader);
    reader.end();
    let (id, secret) = client?;
    let (platform, app) = (platform.clone(), AppCredentials::new(id, secret));
    Some(Network { platform, app, scopes, versions })
}

/// Versions of a network's API, oldest first, each with the day of its end where that is known.
fn versions(place: &str, reader: &mut Reader<'_>) -> Option<Vec<ApiVersion>> {
    let texts = reader.texts("versions")?;
    let mut versions = Vec::new();
    for text in &texts {
        let (name, end) = match text.split_once(" until ") {
            Some((name, day)) => (name, Some(format!("{}T00:00:00Z", day.trim()).parse())),
            None => (text.as_str(), None),
        };
        match end.transpose() {
            Ok(end) if !name.trim().is_empty() => versions.push(ApiVersion::new(name.trim(), end)),
            _ => reader.problem(format!(
                "`{place}.versions` has `{text}`: write 202609, or 202609 until 2027-09-15"
            )),
        }
    }
    (!versions.is_empty()).then_some(versions)
}

/// The id and the secret of an app, as all who let others sign in give them out.
fn client(place: &str, reader: &mut Reader<'_>) -> Option<(String, String)> {
    let client_id = reader.text("client_id");
    let env = reader.text("client_secret_env");
    let file = reader.text("client_secret_file");
    let secret = match (env, file) {
        (Some(env), None) => from_env(&env),
        (None, Some(file)) => from_file(&file),
        _ => Err("needs either client_secret_env or client_secret_file".to_owned()),
    };
    if client_id.is_none() {
        reader.problem(format!("`{place}` needs a client_id"));
    }
    match secret {
        Ok(secret) => client_id.map(|id| (id, secret)),
        Err(why) => {
            reader.problem(format!("`{place}` {why}"));
            None
        }
    }
}

fn oidc(value: Value, problems: &mut Vec<String>) -> Option<Oidc> {
    let mut reader = Reader::new("oidc", value, problems);
    let issuer = reader.text("issuer");
    if issuer.is_none() {
        reader.problem("`oidc` needs an issuer, such as https://login.example.com");
    }
    let name = reader.text("name").or_else(|| issuer.clone());
    let newcomers = match reader.text("newcomers").as_deref() {
        None | Some("invited") => Newcomers::Invited,
        Some(role) => match Role::ALL.into_iter().find(|known| known.as_str() == role) {
            Some(role) => Newcomers::As(role),
            None => {
                let fix = "write invited, client, manager or admin";
                reader.problem(format!("`oidc.newcomers` is `{role}`: {fix}"));
                Newcomers::Invited
            }
        },
    };
    let domains = reader.texts("domains").unwrap_or_default();
    if domains.is_empty() && newcomers != Newcomers::Invited {
        let fix = "name the `domains` of your people, or let in who was invited alone";
        reader.problem(format!("`oidc` would let in whoever has an account there: {fix}"));
    }
    let client = client("oidc", &mut reader);
    reader.end();
    let (client_id, secret) = client?;
    let client_secret = secret.into();
    Some(Oidc { name: name?, issuer: issuer?, client_id, client_secret, newcomers, domains })
}

#[allow(clippy::disallowed_methods, reason = "the configuration names the variable")]
pub(super) fn from_env(name: &str) -> Result<String, String> {
    match std::env::var(name) {
        Ok(secret) if !secret.trim().is_empty() => Ok(secret.trim().to_owned()),
        _ => Err(format!("names the environment variable {name}, which is not set")),
    }
}

pub(super) fn from_file(path: &str) -> Result<String, String> {
    match std::fs::read_to_string(path) {
        Ok(secret) if !secret.trim().is_empty() => Ok(secret.trim().to_owned()),
        Ok(_) => Err(format!("names the file {path}, which is empty")),
        Err(error) => Err(format!("names the file {path}, which cannot be read: {error}")),
    }
}
