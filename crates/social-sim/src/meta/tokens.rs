//! What hangs on a token: the user, the pages, the scopes.

use http::Method;
use serde_json::{Value, json};
use social_core::Timestamp;

use super::auth::{self, viewer};
use super::errors::{GraphError, GraphResult};
use super::fields::select;
use super::{oauth, paging, success};
use crate::call::Call;
use crate::reply;
use crate::state::State;
use crate::tokens::{DAY, Issuer};

/// `GET /me` with a user's token.
pub(crate) fn me(state: &State, call: &Call) -> GraphResult {
    let token = viewer(state, call)?;
    let user = state
        .cfg
        .meta
        .users
        .iter()
        .find(|user| user.id == token.user)
        .ok_or_else(|| GraphError::unreachable("get", &token.user))?;
    let object = json!({"id": user.id, "name": user.name});
    Ok(reply::json(200, &select(&object, call.params.get("fields"), &["name"])))
}

/// `GET /me/accounts`: the pages with a token each. A page's token taken from a long-lived token
/// never ends; one from a short-lived token ends with it.
pub(crate) fn accounts(state: &mut State, call: &Call) -> GraphResult {
    let token = viewer(state, call)?;
    auth::require(&token, 200, &["pages_show_list"])?;
    let pages: Vec<_> = auth::pages(state, &token).cloned().collect();
    let mut rows = Vec::new();
    for page in pages {
        let end = if token.long_lived { None } else { token.expires_at };
        let text = oauth::mint(
            state,
            call.now,
            &token.client,
            &token.user,
            Some(&page.id),
            token.scopes.clone(),
            end,
            token.long_lived,
        );
        let mut row = json!({
            "access_token": text,
            "category": page.category,
            "category_list": [{"id": "197871390225897", "name": page.category}],
            "name": page.name,
            "id": page.id,
            "tasks": ["ANALYZE", "ADVERTISE", "MODERATE", "CREATE_CONTENT", "MANAGE"],
            "followers_count": page.followers,
            "fan_count": page.followers,
            "picture": {"data": {"url": state.url("__sim/avatar.svg"), "is_silhouette": false}},
            "link": state.url(&format!("__sim/feed/facebook/{}", page.id)),
        });
        if let Some(ig) = &page.instagram {
            row["instagram_business_account"] = crate::instagram::account_fields(state, ig);
        }
        let usual = ["access_token", "category", "category_list", "name", "tasks"];
        rows.push(select(&row, call.params.get("fields"), &usual));
    }
    Ok(reply::json(200, &paging::whole(&rows)))
}

/// `GET /me/permissions`.
pub(crate) fn permissions(state: &State, call: &Call) -> GraphResult {
    let token = viewer(state, call)?;
    let rows: Vec<Value> = token
        .scopes
        .iter()
        .map(|scope| json!({"permission": scope, "status": "granted"}))
        .collect();
    Ok(reply::json(200, &json!({ "data": rows })))
}

/// `DELETE /me/permissions[/{name}]`.
pub(crate) fn revoke(state: &mut State, call: &Call) -> GraphResult {
    let token = viewer(state, call)?;
    debug_assert_eq!(call.method, Method::DELETE);
    let named = call.path.iter().skip_while(|part| *part != "permissions").nth(1);
    match named.map(String::as_str).or_else(|| call.params.filled("permission")) {
        Some(name) => {
            for other in state.tokens.access.values_mut() {
                if other.issuer == Issuer::Meta && other.user == token.user {
                    other.scopes.retain(|scope| scope != name);
                }
            }
        }
        None => state.tokens.revoke_user(Issuer::Meta, &token.client, &token.user),
    }
    success()
}

/// `GET /debug_token`: asked with the app's token or any valid one. An invalid input token is no
/// error, it is `is_valid: false`.
pub(crate) fn debug(state: &State, call: &Call) -> GraphResult {
    let asker = call.token().unwrap_or_default();
    let by_app = asker.split_once('|').is_some_and(|(id, secret)| {
        state.cfg.client(id).is_some_and(|client| client.secret == secret)
    });
    if !by_app {
        viewer(state, call)?;
    }
    let input =
        call.params.filled("input_token").ok_or_else(|| GraphError::missing("input_token"))?;
    let Some(token) = state.tokens.access.get(input).filter(|t| t.issuer == Issuer::Meta) else {
        let error = json!({"code": 190, "message": "Invalid OAuth access token."});
        return Ok(reply::json(
            200,
            &json!({"data": {"error": error, "is_valid": false, "scopes": []}}),
        ));
    };
    let valid = auth::check(state, call, input);
    let name = state.cfg.client(&token.client).map_or("", |client| client.name.as_str());
    let mut data = json!({
        "app_id": token.client,
        "type": if token.page.is_some() { "PAGE" } else { "USER" },
        "application": name,
        "data_access_expires_at": (token.issued_at + DAY * 90).as_secs(),
        "expires_at": token.expires_at.map_or(0, Timestamp::as_secs),
        "is_valid": valid.is_ok(),
        "issued_at": token.issued_at.as_secs(),
        "scopes": token.scopes,
        "granular_scopes": token.scopes.iter().map(|s| json!({"scope": s})).collect::<Vec<_>>(),
        "user_id": token.user,
    });
    if let Some(page) = &token.page {
        data["profile_id"] = page.as_str().into();
    }
    if let Err(error) = valid {
        data["error"] =
            json!({"code": error.code, "message": error.message, "subcode": error.subcode});
    }
    Ok(reply::json(200, &json!({ "data": data })))
}
