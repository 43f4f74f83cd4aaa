//! Instagram Login: dialog, code, short-lived and long-lived tokens, on hosts of their own.
//! <https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login>

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::auth;
use super::errors::{GraphError, GraphResult};
use super::oauth::mint;
use crate::call::Call;
use crate::consent::{self, Asked};
use crate::network::Network;
use crate::reply::{self, Answer};
use crate::state::State;
use crate::tokens::{Code, DAY, Issuer};

/// Every scope that the simulated dialog knows.
const SCOPES: &[&str] = &[
    "instagram_business_basic",
    "instagram_business_content_publish",
    "instagram_business_manage_comments",
    "instagram_business_manage_insights",
    "instagram_business_manage_messages",
];

const HOUR: Duration = Duration::from_secs(3_600);
const LONG: Duration = Duration::from_secs(5_183_944);

/// `GET` shows the page, `POST` decides.
pub(crate) fn dialog(state: &mut State, call: &Call) -> Answer {
    let network = Network::Instagram;
    let query = |name: &str| consent::query(call, name);
    let redirect_uri = query("redirect_uri");
    let client = match consent::client(state, &query("client_id"), &redirect_uri) {
        Ok(client) => client.clone(),
        Err(_) => {
            return consent::refuse(network, 400, "Invalid platform app or redirect_uri.");
        }
    };
    let scopes: Vec<String> = query("scope")
        .split([',', ' '])
        .filter(|scope| !scope.is_empty())
        .map(str::to_owned)
        .collect();
    if let Some(bad) = scopes.iter().find(|scope| !SCOPES.contains(&scope.as_str())) {
        return consent::refuse(network, 400, &format!("Invalid scope: {bad}."));
    }
    let pages = state.cfg.meta.users.iter().flat_map(|user| &user.pages);
    let people = pages
        .filter_map(|page| page.instagram.as_ref())
        .map(|ig| (ig.id.clone(), ig.username.clone()))
        .collect();
    let asked = Asked { network, client: &client, scopes, people };
    if call.method != Method::POST {
        return consent::ask(&asked);
    }
    let decision = consent::decided(call, &asked);
    let given = query("state");
    if !decision.allowed {
        return consent::back(
            &redirect_uri,
            &[
                ("error", "access_denied"),
                ("error_reason", "user_denied"),
                ("error_description", "The user denied your request."),
                ("state", &given),
            ],
        );
    }
    let code = format!("AQ{}", state.ids.secret("code"));
    state.tokens.codes.insert(
        code.clone(),
        Code {
            issuer: Issuer::Meta,
            client: client.id.clone(),
            redirect_uri: redirect_uri.clone(),
            scopes: decision.scopes,
            user: decision.user,
            challenge: None,
            expires_at: call.now + HOUR,
            used: false,
        },
    );
    consent::back(&redirect_uri, &[("code", &code), ("state", &given)])
}

/// This host has a shape of its own for errors.
fn refused(message: &str) -> Answer {
    reply::json(
        400,
        &json!({"error_type": "OAuthException", "code": 400, "error_message": message}),
    )
}

/// `POST /oauth/access_token`: a token of an hour for a code.
pub(crate) fn token(state: &mut State, call: &Call) -> Answer {
    let get = |name: &str| call.params.get(name).unwrap_or_default().to_owned();
    let (client, text) = (get("client_id"), get("code"));
    if state.cfg.client(&client).is_none_or(|known| known.secret != get("client_secret")) {
        return refused("Invalid platform app");
    }
    if get("grant_type") != "authorization_code" {
        return refused("Invalid grant_type");
    }
    let redirect_uri = get("redirect_uri");
    let Some(code) = state.tokens.codes.get_mut(&text).filter(|code| {
        code.client == client
            && code.redirect_uri == redirect_uri
            && !code.used
            && call.now < code.expires_at
            && code.scopes.iter().any(|scope| scope.starts_with("instagram_business_"))
    }) else {
        return refused("This authorization code has been used, has expired or is unknown");
    };
    code.used = true;
    let (ig, scopes) = (code.user.clone(), code.scopes.clone());
    let Some((user, page)) = owner(state, &ig) else { return refused("No such account") };
    let end = Some(call.now + HOUR);
    let text = mint(state, call.now, &client, &user, Some(&page), scopes.clone(), end, false);
    let user_id: u64 = ig.parse().unwrap_or(0);
    // The documentation nests it, clients in the field saw it flat.
    if state.cfg.meta.nested_tokens {
        let row = json!({"access_token": text, "user_id": ig, "permissions": scopes.join(",")});
        return reply::json(200, &json!({ "data": [row] }));
    }
    reply::json(200, &json!({"access_token": text, "user_id": user_id, "permissions": scopes}))
}

/// The Facebook user and Page behind an account.
fn owner(state: &State, ig: &str) -> Option<(String, String)> {
    state.cfg.meta.users.iter().find_map(|user| {
        let is_it = |page: &&crate::people::FacebookPage| {
            page.instagram.as_ref().is_some_and(|account| account.id == ig)
        };
        let page = user.pages.iter().find(is_it)?;
        Some((user.id.clone(), page.id.clone()))
    })
}

/// `GET /access_token` for a short-lived token, `GET /refresh_access_token` for a long-lived one
/// that is at least a day old.
pub(crate) fn long(state: &mut State, call: &Call, path: &str) -> GraphResult {
    let token = auth::viewer(state, call)?;
    let grant = call.params.get("grant_type").unwrap_or_default();
    match (path, grant) {
        ("access_token", "ig_exchange_token") => {
            let secret = call.params.get("client_secret").unwrap_or_default();
            if state.cfg.client(&token.client).is_none_or(|client| client.secret != secret) {
                return Err(GraphError::new(1, "Error validating client secret."));
            }
            if token.long_lived {
                return Err(GraphError::param("The token is long-lived already"));
            }
        }
        ("refresh_access_token", "ig_refresh_token") => {
            if !token.long_lived || call.now < token.issued_at + DAY {
                return Err(GraphError::param("The token is not old enough to be refreshed"));
            }
        }
        _ => return Err(GraphError::param("Invalid grant_type")),
    }
    let scopes: Vec<String> =
        token.scopes.iter().filter(|scope| *scope != "public_profile").cloned().collect();
    let (page, end) = (token.page.as_deref(), Some(call.now + LONG));
    let text = mint(state, call.now, &token.client, &token.user, page, scopes.clone(), end, true);
    let mut body: Value =
        json!({"access_token": text, "token_type": "bearer", "expires_in": LONG.as_secs()});
    body["permissions"] = scopes.join(",").into();
    Ok(reply::json(200, &body))
}
