//! The configuration's file: what may stand in it.
//!
//! ```toml
//! data = "social-data"
//! listen = "127.0.0.1:8080"
//! public_url = "https://social.example.com/"
//! log = "info"
//! log_format = "json"
//! simulators = false
//! sandbox = false
//! concurrency = 16
//!
//! [networks.instagram]
//! client_id = "1234"
//! client_secret_file = "/run/secrets/instagram"   # or client_secret_env = "INSTAGRAM_SECRET"
//! scopes = ["instagram_basic"]                    # default: what posting needs
//! ```

use std::path::Path;

use serde_json::{Map, Value};
use social::{AppCredentials, Platform};

use super::reader::Reader;

/// Looked for in the current folder where no file is named.
const USUAL: &str = "social.toml";

/// What a file said, not checked against the rest yet.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) data: Option<String>,
    pub(super) listen: Option<String>,
    pub(super) public_url: Option<String>,
    pub(super) log: Option<String>,
    pub(super) log_format: Option<String>,
    pub(super) simulators: bool,
    pub(super) sandbox: bool,
    pub(super) concurrency: Option<usize>,
    pub(super) networks: Vec<Network>,
}

/// An app at a network.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) platform: Platform,
    pub(crate) app: AppCredentials,
    pub(crate) scopes: Option<Vec<String>>,
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
            listen: reader.text("listen"),
            public_url: reader.text("public_url"),
            log: reader.text("log"),
            log_format: reader.text("log_format"),
            simulators: reader.flag("simulators").unwrap_or_default(),
            sandbox: reader.flag("sandbox").unwrap_or_default(),
            concurrency: reader.count("concurrency"),
            networks: Vec::new(),
        };
        let networks = match reader.raw("networks") {
            Value::Object(networks) => networks,
            Value::Null => Map::new(),
            _ => {
                reader.problem("`networks` must be a table");
                Map::new()
            }
        };
        reader.end();
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

fn network(
    platform: &Platform,
    name: &str,
    value: Value,
    problems: &mut Vec<String>,
) -> Option<Network> {
    let place = format!("networks.{name}");
    let mut reader = Reader::new(&place, value, problems);
    let client_id = reader.text("client_id");
    let env = reader.text("client_secret_env");
    let file = reader.text("client_secret_file");
    let scopes = reader.texts("scopes");
    let secret = match (env, file) {
        (Some(env), None) => from_env(&env),
        (None, Some(file)) => from_file(&file),
        _ => Err("needs either client_secret_env or client_secret_file".to_owned()),
    };
    if client_id.is_none() {
        reader.problem(format!("`{place}` needs a client_id"));
    }
    let secret = match secret {
        Ok(secret) => Some(secret),
        Err(why) => {
            reader.problem(format!("`{place}` {why}"));
            None
        }
    };
    reader.end();
    let app = AppCredentials::new(client_id?, secret?);
    Some(Network { platform: platform.clone(), app, scopes })
}

#[allow(clippy::disallowed_methods, reason = "the configuration names the variable")]
fn from_env(name: &str) -> Result<String, String> {
    match std::env::var(name) {
        Ok(secret) if !secret.trim().is_empty() => Ok(secret.trim().to_owned()),
        _ => Err(format!("names the environment variable {name}, which is not set")),
    }
}

fn from_file(path: &str) -> Result<String, String> {
    match std::fs::read_to_string(path) {
        Ok(secret) if !secret.trim().is_empty() => Ok(secret.trim().to_owned()),
        Ok(_) => Err(format!("names the file {path}, which is empty")),
        Err(error) => Err(format!("names the file {path}, which cannot be read: {error}")),
    }
}
