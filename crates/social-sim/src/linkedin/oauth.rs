//! OAuth 2.0, three-legged.
//! <https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow>

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use social_core::Timestamp;

use crate::call::Call;
use crate::config::SimClient;
use crate::consent::{self, Asked, BadRequest};
use crate::network::Network;
use crate::reply::{self, Answer};
use crate::state::State;
use crate::tokens::{Code, DAY, Issuer, Refresh, Token};

const SCOPES: &[&str] = &[
    "openid",
    "profile",
    "email",
    "w_member_social",
    "w_organization_social",
    "r_organization_social",
    "rw_organization_admin",
    "r_organization_admin",
    "r_organization_followers",
    "w_member_social_feed",
    "w_organization_social_feed",
    "r_member_postAnalytics",
    "r_member_profileAnalytics",
    "r_basicprofile",
    "r_1st_connections_size",
];

const ACCESS: Duration = Duration::from_secs(5_184_000);

pub(crate) fn authorize(state: &mut State, call: &Call) -> Answer {
    let network = Network::Linkedin;
    let query = |name: &str| consent::query(call, name);
    let redirect_uri = query("redirect_uri");
    let client = match consent::client(state, &query("client_id"), &redirect_uri) {
        Ok(client) => client.clone(),
        Err(BadRequest::Client) => {
            return consent::refuse(network, 401, "Client_id doesn't match");
        }
        Err(BadRequest::Redirect) => {
            return consent::refuse(network, 401, "Redirect_uri doesn't match");
        }
    };
    let given = query("state");
    if query("response_type") != "code" {
        return consent::refuse(network, 400, "The parameter response_type must be code");
    }
    // Separated by spaces: a comma makes one unknown scope of all.
    let scopes: Vec<String> = query("scope").split_whitespace().map(str::to_owned).collect();
    if scopes.is_empty() || scopes.iter().any(|scope| !SCOPES.contains(&scope.as_str())) {
        return consent::back(
            &redirect_uri,
            &[
                ("error", "unauthorized_scope_error"),
                ("error_description", "Invalid scope"),
                ("state", &given),
            ],
        );
    }
    let members = &state.cfg.linkedin.members;
    let people = members.iter().map(|m| (m.sub.clone(), m.name())).collect();
    let asked = Asked { network, client: &client, scopes, people };
    if call.method != Method::POST {
        return consent::ask(&asked);
    }
    let decision = consent::decided(call, &asked);
    if !decision.allowed {
        return consent::back(
            &redirect_uri,
            &[
                ("error", "user_cancelled_authorize"),
                ("error_description", "The user cancelled the authorization"),
                ("state", &given),
            ],
        );
    }
    let code = format!("AQT{}", state.ids.secret("code"));
    state.tokens.codes.insert(
        code.clone(),
        Code {
            issuer: Issuer::Linkedin,
            client: client.id.clone(),
            redirect_uri: redirect_uri.clone(),
            scopes: decision.scopes,
            user: decision.user,
            challenge: None,
            expires_at: call.now + Duration::from_secs(1_800),
            used: false,
        },
    );
    consent::back(&redirect_uri, &[("code", &code), ("state", &given)])
}

/// An OAuth error: the status, its name, what is wrong.
struct Refusal(u16, &'static str, String);

impl Refusal {
    fn answer(&self) -> Answer {
        reply::json(self.0, &json!({"error": self.1, "error_description": self.2}))
    }
}

fn refuse(status: u16, error: &'static str, description: &str) -> Refusal {
    Refusal(status, error, description.to_owned())
}

/// The client whose id and secret the form carries.
fn client(state: &State, call: &Call, wanted: &[&str]) -> Result<SimClient, Refusal> {
    for name in ["client_id", "client_secret"].iter().chain(wanted) {
        if call.params.filled(name).is_none() {
            let text = format!("A required parameter \"{name}\" is missing");
            return Err(refuse(400, "invalid_request", &text));
        }
    }
    let id = call.params.get("client_id").unwrap_or_default();
    let secret = call.params.get("client_secret").unwrap_or_default();
    state
        .cfg
        .client(id)
        .filter(|client| client.secret == secret)
        .cloned()
        .ok_or_else(|| refuse(401, "invalid_client", "Client authentication failed"))
}

pub(crate) fn token(state: &mut State, call: &Call) -> Answer {
    let result = match call.params.get("grant_type") {
        Some("authorization_code") => redeem(state, call),
        Some("refresh_token") => refresh(state, call),
        _ => Err(refuse(400, "invalid_request", "A required parameter \"grant_type\" is missing")),
    };
    result.unwrap_or_else(|refusal| refusal.answer())
}

fn redeem(state: &mut State, call: &Call) -> Result<Answer, Refusal> {
    let client = client(state, call, &["code", "redirect_uri"])?;
    let text = call.params.get("code").unwrap_or_default();
    let Some(code) = state.tokens.codes.get_mut(text).filter(|c| c.issuer == Issuer::Linkedin)
    else {
        let why = "Unable to retrieve access token: authorization code not found";
        return Err(refuse(401, "invalid_request", why));
    };
    let mismatch = code.client != client.id
        || call.params.get("redirect_uri") != Some(code.redirect_uri.as_str());
    if mismatch || code.used || call.now >= code.expires_at {
        let why = "Unable to retrieve access token: appid/redirect uri/code verifier does not \
                   match authorization code. Or authorization code expired. Or external member \
                   binding exists";
        return Err(refuse(400, "invalid_redirect_uri", why));
    }
    code.used = true;
    let (user, scopes) = (code.user.clone(), code.scopes.clone());
    // Asking for other scopes than before ends the earlier tokens.
    for token in state.tokens.access.values_mut() {
        let same = token.issuer == Issuer::Linkedin && token.user == user;
        if same && token.client == client.id && token.scopes != scopes {
            token.revoked = true;
        }
    }
    let refresh = state.cfg.linkedin.refresh_tokens.then(|| {
        let text = format!("AQX{}", state.ids.secret("refresh"));
        let refresh = Refresh {
            issuer: Issuer::Linkedin,
            client: client.id.clone(),
            user: user.clone(),
            scopes: scopes.clone(),
            expires_at: call.now + DAY * 365,
            dead: false,
        };
        state.tokens.refresh.insert(text.clone(), refresh);
        text
    });
    Ok(issue(state, call.now, &client.id, &user, scopes, refresh))
}

fn refresh(state: &mut State, call: &Call) -> Result<Answer, Refusal> {
    let client = client(state, call, &["refresh_token"])?;
    let text = call.params.get("refresh_token").unwrap_or_default();
    let found = state.tokens.refresh.get(text).filter(|refresh| {
        refresh.issuer == Issuer::Linkedin
            && refresh.client == client.id
            && !refresh.dead
            && call.now < refresh.expires_at
    });
    let Some(found) = found.cloned() else {
        let why =
            "The provided authorization grant or refresh token is invalid, expired or revoked";
        return Err(refuse(400, "invalid_request", why));
    };
    Ok(issue(state, call.now, &client.id, &found.user, found.scopes, Some(text.to_owned())))
}

fn mint(
    state: &mut State,
    now: Timestamp,
    client: &str,
    user: &str,
    scopes: Vec<String>,
) -> String {
    // Real ones have about 500 characters; a column that is too short shows up here.
    let text = format!(
        "AQ{}{}{}{}{}{}{}",
        state.ids.secret("a"),
        state.ids.secret("b"),
        state.ids.secret("c"),
        state.ids.secret("d"),
        state.ids.secret("e"),
        state.ids.secret("f"),
        state.ids.secret("g")
    );
    let token = Token {
        issuer: Issuer::Linkedin,
        client: client.to_owned(),
        user: user.to_owned(),
        page: None,
        scopes,
        issued_at: now,
        expires_at: Some(now + ACCESS),
        revoked: false,
        long_lived: true,
    };
    state.tokens.access.insert(text.clone(), token);
    text
}

fn issue(
    state: &mut State,
    now: Timestamp,
    client: &str,
    user: &str,
    scopes: Vec<String>,
    refresh: Option<String>,
) -> Answer {
    let scope = scopes.join(",");
    let text = mint(state, now, client, user, scopes);
    let mut body = json!({
        "access_token": text,
        "expires_in": ACCESS.as_secs(),
        "scope": scope,
        "token_type": "Bearer",
    });
    if let Some(refresh) = refresh {
        // The life of a refresh token does not start anew when it is used.
        let end = state.tokens.refresh.get(&refresh).map_or(now, |found| found.expires_at);
        body["refresh_token_expires_in"] = end.since(now).as_secs().into();
        body["refresh_token"] = refresh.into();
    }
    reply::json(200, &body)
}

pub(crate) fn introspect(state: &State, call: &Call) -> Answer {
    let client = match client(state, call, &["token"]) {
        Ok(client) => client,
        Err(refusal) => return refusal.answer(),
    };
    let text = call.params.get("token").unwrap_or_default();
    let token = state.tokens.access.get(text).filter(|t| t.issuer == Issuer::Linkedin);
    let body: Value = match token.filter(|token| token.client == client.id) {
        None => json!({ "active": false }),
        Some(token) => {
            let status = if token.revoked {
                "revoked"
            } else if token.expired(call.now) {
                "expired"
            } else {
                "active"
            };
            json!({
                "active": status == "active",
                "client_id": token.client,
                "authorized_at": token.issued_at.as_secs(),
                "created_at": token.issued_at.as_secs(),
                "status": status,
                "expires_at": token.expires_at.map(Timestamp::as_secs),
                "scope": token.scopes.join(","),
                "auth_type": "3L",
            })
        }
    };
    reply::json(200, &body)
}

pub(crate) fn revoke(state: &mut State, call: &Call) -> Answer {
    if let Err(refusal) = client(state, call, &["token"]) {
        return refusal.answer();
    }
    let text = call.params.get("token").unwrap_or_default();
    if let Some(token) = state.tokens.access.get_mut(text) {
        token.revoked = true;
    }
    reply::empty(200)
}

/// A token with every scope for the member who is, or runs, `account`.
pub(crate) fn grant(
    state: &mut State,
    client: &str,
    account: &str,
    now: Timestamp,
) -> Option<(String, Option<String>)> {
    let members = &state.cfg.linkedin.members;
    let user = members
        .iter()
        .find(|m| m.urn() == account || m.organizations.iter().any(|org| org.urn() == account))?
        .sub
        .clone();
    let scopes = SCOPES.iter().map(|scope| (*scope).to_owned()).collect();
    Some((mint(state, now, client, &user, scopes), None))
}
