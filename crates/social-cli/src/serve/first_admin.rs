//! The way in for the first person.

use secrecy::ExposeSecret as _;
use serde_json::json;
use social::Social;
use social::http::ApiConfig;
use url::Url;

use crate::failure::Failure;
use crate::output::{Output, say, say_json};

/// Where there is no Admin yet: makes a link to become one, and shows it on standard output. It is
/// not logged, is good once and for a day, and the next start makes another, so that whoever runs
/// the server can always get in, and nobody by an old log.
pub(super) async fn offer(social: &Social, public_url: &Url) -> Result<(), Failure> {
    let Some(link) = social.people().first_admin(social.workspace()).await? else { return Ok(()) };
    let url = ApiConfig::new(public_url.clone()).welcome(link.secret.expose_secret());
    let until = link.invitation.expires_at;
    match Output::choose(false) {
        Output::Json => {
            say_json(&json!({"first_admin": {"link": url, "expires_at": until}}));
        }
        Output::Text => say(format!(
            "\nThere is no Admin yet. Open this link within a day to become the first; it is good \
             once:\n\n  {url}\n"
        )),
    }
    tracing::warn!("there is no Admin yet: open the link that stands on standard output");
    Ok(())
}
