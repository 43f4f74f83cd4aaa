//! Where the server calls to by itself: the agent's gateway, and which private hosts it may call.

use serde_json::Value;
use social::core::engine::AgentGateway;
use social::platforms::transport::PrivateHost;
use url::Url;

use super::file::{from_env, from_file};
use super::reader::Reader;

/// Where an agent's gateway listens where nothing else is said.
const GATEWAY: &str = "http://127.0.0.1:18789";

/// Reads `[agent]`.
pub(super) fn agent(value: Value, problems: &mut Vec<String>) -> Option<AgentGateway> {
    if value.is_null() {
        return None;
    }
    let mut reader = Reader::new("agent", value, problems);
    let gateway = reader.text("gateway").unwrap_or_else(|| GATEWAY.to_owned());
    let token = reader.text("token");
    let env = reader.text("token_env");
    let file = reader.text("token_file");
    let token = match (token, env, file) {
        (Some(token), None, None) => Ok(token),
        (None, Some(env), None) => from_env(&env),
        (None, None, Some(file)) => from_file(&file),
        _ => Err("needs one of token, token_env and token_file".to_owned()),
    };
    let url = match gateway.parse::<Url>() {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Some(url),
        _ => {
            reader.problem(format!("`agent.gateway`: `{gateway}` is no http address"));
            None
        }
    };
    if let Err(why) = &token {
        reader.problem(format!("`agent` {why}"));
    }
    reader.end();
    Some(AgentGateway { url: url?, token: token.ok()?.into() })
}

/// Reads `[outbound]`: the private hosts that webhooks and media may be at.
pub(super) fn private_hosts(value: Value, problems: &mut Vec<String>) -> Vec<PrivateHost> {
    let mut reader = Reader::new("outbound", value, problems);
    let mut hosts = Vec::new();
    for text in reader.texts("allow").unwrap_or_default() {
        match text.parse() {
            Ok(host) => hosts.push(host),
            Err(error) => reader.problem(format!("`outbound.allow`: {error}")),
        }
    }
    reader.end();
    hosts
}
