//! Login Kit: `client_key`, commas between scopes, a PKCE challenge in hex.
//! <https://developers.tiktok.com/doc/oauth-user-access-token-management>

use std::time::Duration;

use http::Method;
use serde_json::json;
use social_core::Timestamp;

use super::envelope::log_id;
use crate::call::Call;
use crate::consent::{self, Asked, BadRequest};
use crate::ids::sha256_hex;
use crate::network::Network;
use crate::reply::{self, Answer};
use crate::state::State;
use crate::tokens::{Code, DAY, Issuer, Refresh, Token};

const SCOPES: &[&str] = &[
    "user.info.basic",
    "user.info.profile",
    "user.info.stats",
    "video.list",
    "video.publish",
    "video.upload",
];

pub(crate) fn authorize(state: &mut State, call: &Call) -> Answer {
    let network = Network::Tiktok;
    let query = |name: &str| consent::query(call, name);
    let redirect_uri = query("redirect_uri");
    let client = match consent::client(state, &query("client_key"), &redirect_uri) {
        Ok(client) => client.clone(),
        Err(BadRequest::Client) => return consent::refuse(network, 400, "client_key is invalid"),
        Err(BadRequest::Redirect) => {
            return consent::refuse(network, 400, "redirect_uri is invalid");
        }
    };
    let given = query("state");
    let scopes: Vec<String> =
        query("scope").split(',').filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
    let failure = |error: &str, description: &str| {
        consent::back(
            &redirect_uri,
            &[("error", error), ("error_description", description), ("state", &given)],
        )
    };
    if query("response_type") != "code" {
        return failure("unsupported_response_type", "response_type must be code");
    }
    if scopes.is_empty() || scopes.iter().any(|scope| !SCOPES.contains(&scope.as_str())) {
        return failure("invalid_scope", "The requested scope is invalid or unknown");
    }
    let challenge = Some(query("code_challenge")).filter(|challenge| !challenge.is_empty());
    if challenge.is_some() && query("code_challenge_method") != "S256" {
        return failure("invalid_request", "code_challenge_method must be S256");
    }
    let creators = &state.cfg.tiktok.creators;
    let people = creators.iter().map(|c| (c.open_id.clone(), c.nickname.clone())).collect();
    let asked = Asked { network, client: &client, scopes, people };
    if call.method != Method::POST {
        return consent::ask(&asked);
    }
    let decision = consent::decided(call, &asked);
    if !decision.allowed {
        return failure("access_denied", "The user denied the request");
    }
    let granted = decision.scopes.join(",");
    // The star needs decoding, which a client that passes the code on as it came forgets.
    let code = format!("{}*0!sim", state.ids.secret("code"));
    state.tokens.codes.insert(
        code.clone(),
        Code {
            issuer: Issuer::Tiktok,
            client: client.id.clone(),
            redirect_uri: redirect_uri.clone(),
            scopes: decision.scopes,
            user: decision.user,
            challenge,
            expires_at: call.now + Duration::from_secs(600),
            used: false,
        },
    );
    consent::back(&redirect_uri, &[("code", &code), ("scopes", &granted), ("state", &given)])
}

/// OAuth errors have no envelope, and often HTTP 200.
fn refuse(state: &mut State, error: &str, description: &str) -> Answer {
    let status = state.cfg.tiktok.oauth_error_status;
    let log_id = log_id(state);
    reply::json(
        status,
        &json!({"error": error, "error_description": description, "log_id": log_id}),
    )
}

/// A token of the client itself, which posts nothing.
fn client_token(state: &mut State, call: &Call) -> Answer {
    let get = |name: &str| call.params.get(name).unwrap_or_default();
    if state.cfg.client(get("client_key")).is_none_or(|it| it.secret != get("client_secret")) {
        return refuse(state, "invalid_client", "Client key or secret is incorrect.");
    }
    let text = format!("clt.{}", state.ids.secret("client"));
    let body = json!({"access_token": text, "expires_in": 7_200, "token_type": "Bearer"});
    reply::json(200, &body)
}

pub(crate) fn token(state: &mut State, call: &Call) -> Answer {
    if call.params.get("grant_type") == Some("client_credentials") {
        return client_token(state, call);
    }
    match grant_of(state, call) {
        Ok((client, user, scopes)) => issue(state, call.now, &client, &user, &scopes),
        Err((error, description)) => refuse(state, error, description),
    }
}

type Granted = (String, String, Vec<String>);
type Refusal = (&'static str, &'static str);

/// Who gets which scopes, for a code or a refresh token.
fn grant_of(state: &mut State, call: &Call) -> Result<Granted, Refusal> {
    let form = call.header("content-type").unwrap_or_default();
    if !form.starts_with("application/x-www-form-urlencoded") {
        return Err(("invalid_request", "Only `application/x-www-form-urlencoded` is supported"));
    }
    let get = |name: &str| call.params.get(name).unwrap_or_default();
    let client = state
        .cfg
        .client(get("client_key"))
        .filter(|client| client.secret == get("client_secret"))
        .ok_or(("invalid_client", "Client key or secret is incorrect."))?
        .id
        .clone();
    match get("grant_type") {
        "authorization_code" => {
            let code = state
                .tokens
                .codes
                .get_mut(get("code"))
                .filter(|code| code.issuer == Issuer::Tiktok && code.client == client)
                .filter(|code| !code.used && call.now < code.expires_at)
                .ok_or(("invalid_grant", "Authorization code is invalid or expired."))?;
            if code.redirect_uri != get("redirect_uri") {
                return Err((
                    "invalid_grant",
                    "Redirect_uri is not matched with the uri when \
                    requesting code.",
                ));
            }
            // Hex, unlike everyone else's base64url.
            if code
                .challenge
                .as_ref()
                .is_some_and(|challenge| *challenge != sha256_hex(get("code_verifier").as_bytes()))
            {
                return Err(("invalid_grant", "Code verifier or code challenge is invalid."));
            }
            code.used = true;
            Ok((client, code.user.clone(), code.scopes.clone()))
        }
        "refresh_token" => {
            let rotate = state.cfg.tiktok.rotate_refresh;
            let refresh = state
                .tokens
                .refresh
                .get_mut(get("refresh_token"))
                .filter(|refresh| refresh.issuer == Issuer::Tiktok && refresh.client == client)
                .filter(|refresh| !refresh.dead && call.now < refresh.expires_at)
                .ok_or(("invalid_grant", "Refresh token is invalid or expired."))?;
            refresh.dead = rotate;
            Ok((client, refresh.user.clone(), refresh.scopes.clone()))
        }
        _ => Err(("unsupported_grant_type", "The grant type is not supported.")),
    }
}

fn mint(
    state: &mut State,
    now: Timestamp,
    client: &str,
    user: &str,
    scopes: &[String],
) -> (String, String) {
    let access = format!("act.{}", state.ids.secret("access"));
    let refresh = format!("rft.{}", state.ids.secret("refresh"));
    state.tokens.access.insert(
        access.clone(),
        Token {
            issuer: Issuer::Tiktok,
            client: client.to_owned(),
            user: user.to_owned(),
            page: None,
            scopes: scopes.to_vec(),
            issued_at: now,
            expires_at: Some(now + DAY),
            revoked: false,
            long_lived: false,
        },
    );
    state.tokens.refresh.insert(
        refresh.clone(),
        Refresh {
            issuer: Issuer::Tiktok,
            client: client.to_owned(),
            user: user.to_owned(),
            scopes: scopes.to_vec(),
            expires_at: now + DAY * 365,
            dead: false,
        },
    );
    (access, refresh)
}

fn issue(state: &mut State, now: Timestamp, client: &str, user: &str, scopes: &[String]) -> Answer {
    let (access, refresh) = mint(state, now, client, user, scopes);
    reply::json(
        200,
        &json!({
            "access_token": access,
            "expires_in": 86_400,
            "open_id": user,
            "refresh_expires_in": 31_536_000,
            "refresh_token": refresh,
            "scope": scopes.join(","),
            "token_type": "Bearer",
        }),
    )
}

pub(crate) fn revoke(state: &mut State, call: &Call) -> Answer {
    let get = |name: &str| call.params.get(name).unwrap_or_default();
    let known =
        state.cfg.client(get("client_key")).is_some_and(|c| c.secret == get("client_secret"));
    if !known {
        return refuse(state, "invalid_client", "Client key or secret is incorrect.");
    }
    let owner = state.tokens.access.get(get("token")).map(|token| token.user.clone());
    match owner {
        Some(user) => {
            state.tokens.revoke_user(Issuer::Tiktok, get("client_key"), &user);
            reply::empty(200)
        }
        None => refuse(state, "invalid_request", "The token is invalid."),
    }
}

/// Both tokens with every scope.
pub(crate) fn grant(
    state: &mut State,
    client: &str,
    user: &str,
    now: Timestamp,
) -> (String, Option<String>) {
    let scopes: Vec<String> = SCOPES.iter().map(|scope| (*scope).to_owned()).collect();
    let (access, refresh) = mint(state, now, client, user, &scopes);
    (access, Some(refresh))
}
