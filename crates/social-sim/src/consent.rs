//! The consent page, the same for all networks but for its colour and its words.

use std::fmt::Write as _;

use url::Url;

use crate::call::Call;
use crate::config::SimClient;
use crate::network::Network;
use crate::reply::{self, Answer};
use crate::state::State;
use crate::web::html::{escape, page};

/// What a valid authorise request asks for.
pub(crate) struct Asked<'a> {
    pub network: Network,
    pub client: &'a SimClient,
    pub scopes: Vec<String>,
    /// Who can give consent: id and name.
    pub people: Vec<(String, String)>,
}

/// What the person decided.
pub(crate) struct Decision {
    pub allowed: bool,
    pub user: String,
    pub scopes: Vec<String>,
}

/// The page that asks.
pub(crate) fn ask(asked: &Asked<'_>) -> Answer {
    let mut scopes = String::new();
    for scope in &asked.scopes {
        let scope = escape(scope);
        let _ = write!(
            scopes,
            "<label class=scope><input type=checkbox name=scope value=\"{scope}\" checked> \
             <code>{scope}</code></label>"
        );
    }
    let mut people = String::new();
    for (id, name) in &asked.people {
        let _ = write!(people, "<option value=\"{}\">{}</option>", escape(id), escape(name));
    }
    let label = asked.network.label();
    let body = format!(
        "<main class=consent><form method=post class=card>\
         <p class=\"badge {network}\">{label} · simulated</p>\
         <h1>{app} wants to use your account</h1>\
         <label class=field>Continue as <select name=user>{people}</select></label>\
         <fieldset><legend>It asks for</legend>{scopes}</fieldset>\
         <input type=hidden name=chosen value=1>\
         <p class=actions><button name=decision value=allow class=primary>Allow</button>\
         <button name=decision value=deny>Cancel</button></p>\
         <p class=hint>No real account is involved: this page stands in for {label}.</p>\
         </form></main>",
        network = asked.network,
        app = escape(&asked.client.name),
    );
    reply::html(200, page(&format!("{label}: allow {}?", asked.client.name), &body))
}

/// What was posted from that page. A client that posts `decision=allow` alone grants everything.
pub(crate) fn decided(call: &Call, asked: &Asked<'_>) -> Decision {
    let posted: Vec<(String, String)> = form_urlencoded::parse(&call.body).into_owned().collect();
    let value = |name: &str| posted.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    let ticked: Vec<String> = posted
        .iter()
        .filter(|(name, value)| name == "scope" && asked.scopes.contains(value))
        .map(|(_, value)| value.clone())
        .collect();
    let chosen = value("chosen").is_some() || !ticked.is_empty();
    let user = value("user").filter(|u| asked.people.iter().any(|(id, _)| id == u));
    Decision {
        allowed: value("decision").as_deref() == Some("allow"),
        user: user.or_else(|| asked.people.first().map(|(id, _)| id.clone())).unwrap_or_default(),
        scopes: if chosen { ticked } else { asked.scopes.clone() },
    }
}

/// The network's own page for a request that cannot even be sent back.
pub(crate) fn refuse(network: Network, status: u16, why: &str) -> Answer {
    let body = format!(
        "<main class=consent><div class=card><p class=\"badge {network}\">{} · simulated</p>\
         <h1>This request cannot go on</h1><p>{}</p></div></main>",
        network.label(),
        escape(why)
    );
    reply::html(status, page("Error", &body))
}

/// Back to the app. `redirect_uri` was checked before.
pub(crate) fn back(redirect_uri: &str, pairs: &[(&str, &str)]) -> Answer {
    match Url::parse(redirect_uri) {
        Ok(mut url) => {
            url.query_pairs_mut().extend_pairs(pairs.iter().filter(|(_, v)| !v.is_empty()));
            reply::redirect(url.as_str())
        }
        Err(error) => reply::html(400, escape(&error.to_string())),
    }
}

/// The parameters of an authorise request stand in the query, also when the page is posted.
pub(crate) fn query(call: &Call, name: &str) -> String {
    form_urlencoded::parse(call.raw_query.as_bytes())
        .find(|(n, _)| n == name)
        .map(|(_, v)| v.into_owned())
        .unwrap_or_default()
}

/// The client of an authorise request whose address to go back to is registered.
pub(crate) fn client<'a>(
    state: &'a State,
    id: &str,
    redirect_uri: &str,
) -> Result<&'a SimClient, BadRequest> {
    let client = state.cfg.client(id).ok_or(BadRequest::Client)?;
    if client.may_redirect(redirect_uri) { Ok(client) } else { Err(BadRequest::Redirect) }
}

/// Why an authorise request gets an error page.
pub(crate) enum BadRequest {
    Client,
    Redirect,
}
