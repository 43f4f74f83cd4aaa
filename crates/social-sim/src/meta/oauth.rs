//! Facebook Login: dialog, code, short-lived and long-lived tokens.
//! <https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow>

use std::time::Duration;

use http::Method;
use serde_json::json;
use social_core::Timestamp;

use super::errors::{GraphError, GraphResult};
use crate::call::Call;
use crate::consent::{self, Asked, BadRequest};
use crate::network::Network;
use crate::reply::{self, Answer};
use crate::state::State;
use crate::tokens::{Code, Issuer, Token};

/// Every scope that the simulated dialog knows.
pub(crate) const SCOPES: &[&str] = &[
    "public_profile",
    "email",
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_posts",
    "pages_manage_engagement",
    "pages_read_user_content",
    "pages_manage_metadata",
    "publish_video",
    "read_insights",
    "business_management",
    "ads_management",
    "ads_read",
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_comments",
    "instagram_manage_insights",
    "instagram_manage_contents",
];

const SHORT: Duration = Duration::from_secs(5_400);
const LONG: Duration = Duration::from_secs(5_183_944);
const CODE: Duration = Duration::from_secs(600);

/// `GET` shows the page, `POST` decides.
pub(crate) fn dialog(state: &mut State, call: &Call) -> Answer {
    let network = Network::Facebook;
    let query = |name: &str| consent::query(call, name);
    let redirect_uri = query("redirect_uri");
    let client = match consent::client(state, &query("client_id"), &redirect_uri) {
        Ok(client) => client.clone(),
        Err(BadRequest::Client) => {
            return consent::refuse(network, 400, "Invalid App ID: the app does not exist.");
        }
        Err(BadRequest::Redirect) => {
            return consent::refuse(
                network,
                400,
                "URL Blocked: this redirect failed because the redirect URI is not whitelisted in \
                 the app's Client OAuth Settings.",
            );
        }
    };
    let scopes: Vec<String> = query("scope")
        .split([',', ' '])
        .filter(|scope| !scope.is_empty())
        .map(str::to_owned)
        .collect();
    if let Some(bad) = scopes.iter().find(|scope| !SCOPES.contains(&scope.as_str())) {
        return consent::refuse(network, 400, &format!("Invalid Scopes: {bad}."));
    }
    let people =
        state.cfg.meta.users.iter().map(|user| (user.id.clone(), user.name.clone())).collect();
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
                ("error_code", "200"),
                ("error_reason", "user_denied"),
                ("error_description", "Permissions error"),
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
            expires_at: call.now + CODE,
            used: false,
        },
    );
    consent::back(&redirect_uri, &[("code", &code), ("state", &given)])
}

/// `/oauth/access_token`: for a code, for a short-lived token, or for the app itself.
pub(crate) fn token(state: &mut State, call: &Call) -> GraphResult {
    let want = |name: &str| {
        call.params
            .filled(name)
            .ok_or_else(|| GraphError::new(101, format!("Missing {name} parameter.")))
    };
    let client_id = want("client_id")?.to_owned();
    let client = state.cfg.client(&client_id).ok_or_else(|| {
        GraphError::new(101, "Error validating application. Invalid application ID.")
    })?;
    if client.secret != want("client_secret")? {
        return Err(GraphError::new(1, "Error validating client secret."));
    }
    match call.params.get("grant_type").unwrap_or("authorization_code") {
        "fb_exchange_token" => exchange(state, call, &client_id, want("fb_exchange_token")?),
        "client_credentials" => {
            let text = format!("{client_id}|{}", client.secret);
            Ok(reply::json(200, &json!({"access_token": text, "token_type": "bearer"})))
        }
        _ => {
            let (text, redirect_uri) = (want("code")?, want("redirect_uri")?.to_owned());
            redeem(state, call, &client_id, text, &redirect_uri)
        }
    }
}

fn redeem(
    state: &mut State,
    call: &Call,
    client: &str,
    text: &str,
    redirect_uri: &str,
) -> GraphResult {
    let bad = |message: &str, subcode| Err(GraphError::new(100, message).sub(subcode));
    let Some(code) = state.tokens.codes.get_mut(text).filter(|code| code.issuer == Issuer::Meta)
    else {
        return bad("Invalid verification code format.", 36_007);
    };
    if code.client != client || code.redirect_uri != redirect_uri {
        return bad(
            "Error validating verification code. Please make sure your redirect_uri is identical \
             to the one you used in the OAuth dialog request",
            36_008,
        );
    }
    if code.used {
        return bad("This authorization code has been used.", 36_009);
    }
    if call.now >= code.expires_at {
        return bad("This authorization code has expired.", 36_007);
    }
    code.used = true;
    let (user, scopes) = (code.user.clone(), code.scopes.clone());
    Ok(issue(state, call.now, client, &user, scopes, false))
}

fn exchange(state: &mut State, call: &Call, client: &str, text: &str) -> GraphResult {
    let token = super::auth::check(state, call, text)?;
    Ok(issue(state, call.now, client, &token.user, token.scopes, true))
}

fn issue(
    state: &mut State,
    now: Timestamp,
    client: &str,
    user: &str,
    scopes: Vec<String>,
    long_lived: bool,
) -> Answer {
    let life = if long_lived { LONG } else { SHORT };
    let text = mint(state, now, client, user, None, scopes, Some(now + life), long_lived);
    reply::json(
        200,
        &json!({"access_token": text, "token_type": "bearer", "expires_in": life.as_secs()}),
    )
}

#[allow(clippy::too_many_arguments, reason = "the fields of a token, once")]
pub(crate) fn mint(
    state: &mut State,
    now: Timestamp,
    client: &str,
    user: &str,
    page: Option<&str>,
    mut scopes: Vec<String>,
    expires_at: Option<Timestamp>,
    long_lived: bool,
) -> String {
    if !scopes.iter().any(|scope| scope == "public_profile") {
        scopes.push("public_profile".to_owned());
    }
    let text = format!("EAA{}", state.ids.secret("token"));
    state.tokens.access.insert(
        text.clone(),
        Token {
            issuer: Issuer::Meta,
            client: client.to_owned(),
            user: user.to_owned(),
            page: page.map(str::to_owned),
            scopes,
            issued_at: now,
            expires_at,
            revoked: false,
            long_lived,
        },
    );
    text
}

/// A page's token that never ends, for the page or the Instagram account `account_id`.
pub(crate) fn grant(
    state: &mut State,
    client: &str,
    account_id: &str,
    now: Timestamp,
) -> Option<String> {
    let (user, page) = state.cfg.meta.users.iter().find_map(|user| {
        let page = user.pages.iter().find(|page| {
            page.id == account_id || page.instagram.as_ref().is_some_and(|ig| ig.id == account_id)
        })?;
        Some((user.id.clone(), page.id.clone()))
    })?;
    let scopes = SCOPES.iter().map(|scope| (*scope).to_owned()).collect();
    Some(mint(state, now, client, &user, Some(&page), scopes, None, true))
}
