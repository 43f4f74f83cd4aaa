//! The member, the organisations, their followers.

use serde_json::{Value, json};

use super::errors::{LiError, LiResult};
use super::{auth, read};
use crate::call::Call;
use crate::reply;
use crate::state::State;

/// `GET /v2/userinfo` (OpenID Connect).
pub(super) fn userinfo(state: &State, call: &Call) -> LiResult {
    let (token, member) = auth::viewer(state, call)?;
    auth::require(&token, call, &["openid"], ("userinfo", "GET"))?;
    let mut body = json!({
        "sub": member.sub,
        "name": member.name(),
        "given_name": member.given_name,
        "family_name": member.family_name,
        "picture": state.url("__sim/avatar.svg"),
        "locale": {"country": "US", "language": "en"},
    });
    if token.allows("email") {
        body["email"] = member.email.as_str().into();
        body["email_verified"] = true.into();
    }
    Ok(reply::json(200, &body))
}

const ADMIN: &[&str] = &["rw_organization_admin", "r_organization_admin"];

pub(super) fn acls(state: &State, call: &Call) -> LiResult {
    let (token, member) = auth::viewer(state, call)?;
    let social = [
        "rw_organization_admin",
        "r_organization_admin",
        "r_organization_social",
        "w_organization_social",
    ];
    auth::require(&token, call, &social, ("organizationAcls", "FINDER-roleAssignee"))?;
    let role = call.params.get("role");
    let elements: Vec<Value> = member
        .organizations
        .iter()
        .filter(|org| role.is_none_or(|role| role == org.role))
        .map(|org| {
            json!({
                "organization": org.urn(),
                "organizationTarget": org.urn(),
                "role": org.role,
                "roleAssignee": member.urn(),
                "state": "APPROVED",
            })
        })
        .collect();
    Ok(reply::json(200, &read::list(&elements, 0, 10)))
}

pub(super) fn organization(state: &State, call: &Call, id: &str) -> LiResult {
    let (token, member) = auth::viewer(state, call)?;
    auth::require(&token, call, ADMIN, ("organizations", "GET"))?;
    let org = member
        .organizations
        .iter()
        .find(|org| org.id.to_string() == id)
        .ok_or_else(|| LiError::not_found(id))?;
    Ok(reply::json(
        200,
        &json!({
            "id": org.id,
            "localizedName": org.name,
            "vanityName": org.vanity,
            "localizedWebsite": "https://harbour.example/",
            "logoV2": {},
        }),
    ))
}

/// `GET /rest/networkSizes/{urn}?edgeType=COMPANY_FOLLOWED_BY_MEMBER`.
pub(super) fn network_size(state: &State, call: &Call, urn: &str) -> LiResult {
    let (token, _) = auth::viewer(state, call)?;
    auth::require(
        &token,
        call,
        &["r_organization_social", "rw_organization_admin"],
        ("networkSizes", "GET"),
    )?;
    let org = state
        .accounts()
        .into_iter()
        .find(|account| account.id == urn && urn.starts_with("urn:li:organization:"))
        .ok_or_else(|| LiError::not_found(urn))?;
    Ok(reply::json(200, &json!({ "firstDegreeSize": org.followers })))
}

pub(super) fn followers(state: &State, call: &Call) -> LiResult {
    let (token, member) = auth::viewer(state, call)?;
    auth::require(
        &token,
        call,
        &["r_member_profileAnalytics"],
        ("memberFollowersCount", "FINDER-me"),
    )?;
    let urn = member.urn();
    let count = state.accounts().into_iter().find(|a| a.id == urn).map_or(0, |a| a.followers);
    Ok(reply::json(200, &read::list(&[json!({ "memberFollowersCount": count })], 0, 10)))
}
