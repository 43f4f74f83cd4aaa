//! Who calls, and whether they may.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::errors::GraphError;
use crate::call::Call;
use crate::people::{FacebookPage, InstagramAccount};
use crate::state::State;
use crate::tokens::{Issuer, Token};

/// The valid token that a call carries.
pub(crate) fn viewer(state: &State, call: &Call) -> Result<Token, GraphError> {
    let text = call.token().ok_or_else(|| {
        GraphError::new(104, "An access token is required to request this resource.")
    })?;
    let token = check(state, call, text)?;
    if let Some(proof) = call.params.filled("appsecret_proof") {
        let secret = state.cfg.client(&token.client).map_or("", |client| client.secret.as_str());
        if proof != appsecret_proof(secret, text) {
            let mut error =
                GraphError::new(100, "Invalid appsecret_proof provided in the API argument");
            error.kind = "GraphMethodException";
            return Err(error);
        }
    }
    Ok(token)
}

/// The token `text`, where it is valid now.
pub(crate) fn check(state: &State, call: &Call, text: &str) -> Result<Token, GraphError> {
    let token =
        state.tokens.access.get(text).filter(|token| token.issuer == Issuer::Meta).ok_or_else(
            || GraphError::token(None, "Invalid OAuth access token - Cannot parse access token"),
        )?;
    if token.revoked {
        return Err(GraphError::token(
            Some(458),
            "Error validating access token: The user has not authorized application.",
        ));
    }
    // The tokens of the two logins work on their own hosts alone.
    if token.by_instagram() != (call.host == "instagram-graph") {
        return Err(GraphError::token(
            None,
            "Invalid OAuth access token - Cannot parse access token",
        ));
    }
    if token.expired(call.now) {
        return Err(GraphError::token(
            Some(463),
            "Error validating access token: Session has expired. The current time is later than \
             the expiry.",
        ));
    }
    Ok(token.clone())
}

/// `hex(HMAC-SHA256(app secret, token))`.
pub(crate) fn appsecret_proof(secret: &str, token: &str) -> String {
    Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map(|mut mac| {
            mac.update(token.as_bytes());
            hex::encode(mac.finalize().into_bytes())
        })
        .unwrap_or_default()
}

/// Whether the token grants all of `scopes`; `code` is 10 on Instagram and 200 on pages.
pub(crate) fn require(token: &Token, code: i64, scopes: &[&str]) -> Result<(), GraphError> {
    let named = |scope: &str| match scope {
        "instagram_basic" => "instagram_business_basic".to_owned(),
        other => other.replace("instagram_", "instagram_business_"),
    };
    let allows = |scope: &&str| match token.by_instagram() {
        true => token.allows(&named(scope)),
        false => token.allows(scope),
    };
    if scopes.iter().all(allows) { Ok(()) } else { Err(GraphError::permission(code)) }
}

/// The pages that a token reaches: its own, or all of its user.
pub(crate) fn pages<'a>(
    state: &'a State,
    token: &'a Token,
) -> impl Iterator<Item = &'a FacebookPage> {
    state
        .cfg
        .meta
        .users
        .iter()
        .filter(|user| user.id == token.user)
        .flat_map(|user| &user.pages)
        .filter(|page| token.page.as_ref().is_none_or(|own| *own == page.id))
}

/// The Instagram account that a token of Instagram Login belongs to.
pub(crate) fn own_instagram(state: &State, token: &Token) -> String {
    let mut accounts = pages(state, token).filter_map(|page| page.instagram.as_ref());
    accounts.next().map(|ig| ig.id.clone()).unwrap_or_default()
}

/// The page `id`, where the token reaches it.
pub(crate) fn page<'a>(state: &'a State, token: &'a Token, id: &str) -> Option<&'a FacebookPage> {
    pages(state, token).find(|page| page.id == id)
}

/// The Instagram account `id`, where the token reaches it.
pub(crate) fn instagram<'a>(
    state: &'a State,
    token: &'a Token,
    id: &str,
) -> Option<&'a InstagramAccount> {
    pages(state, token).filter_map(|page| page.instagram.as_ref()).find(|ig| ig.id == id)
}
