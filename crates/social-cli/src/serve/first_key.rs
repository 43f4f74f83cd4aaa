//! The first key, so that a fresh server can be used at all.

use std::io::IsTerminal as _;

use secrecy::ExposeSecret as _;
use social::Social;
use social::core::engine::{Keys, NewKey};

use crate::failure::Failure;
use crate::output::{complain, say};

/// Where there is no key yet: makes one for an agent and shows it, to a terminal alone. Output
/// that goes into a file or a log would keep the secret there.
pub(super) async fn offer(social: &Social) -> Result<(), Failure> {
    let keys = Keys::new(social.ports().clone());
    if !keys.list(social.workspace()).await?.is_empty() {
        return Ok(());
    }
    let show: fn(String) = if std::io::stdout().is_terminal() {
        |line| say(line)
    } else if std::io::stderr().is_terminal() {
        |line| complain(line)
    } else {
        tracing::warn!("there is no API key yet: make one by `social key create`");
        return Ok(());
    };
    let (key, secret) = keys.create(social.workspace(), NewKey::for_agent("agent")).await?;
    show(format!(
        "\nThe first API key, {}, which may do all but approve. It is shown this once:\n\n  \
         export SOCIAL_API_TOKEN={}\n",
        key.id,
        secret.expose_secret()
    ));
    Ok(())
}
