//! Tokens, scopes and the limits per minute.

use std::time::Duration;

use super::envelope::{TtError, too_fast};
use crate::call::Call;
use crate::people::TiktokCreator;
use crate::state::State;
use crate::tokens::{Issuer, Token};

/// The token's text, the token, and the creator behind it.
pub(super) fn viewer(
    state: &State,
    call: &Call,
    scopes: &[&str],
) -> Result<(Token, TiktokCreator), TtError> {
    let invalid = || {
        TtError::new(
            401,
            "access_token_invalid",
            "The access token is invalid or not found in the request.",
        )
    };
    let text = call.bearer().ok_or_else(invalid)?;
    let token = state
        .tokens
        .access
        .get(text)
        .filter(|token| token.issuer == Issuer::Tiktok)
        .filter(|token| !token.revoked && !token.expired(call.now))
        .ok_or_else(invalid)?;
    if !scopes.iter().any(|scope| token.allows(scope)) {
        return Err(TtError::new(
            401,
            "scope_not_authorized",
            "The user did not authorize the scope required for completing this request.",
        ));
    }
    let creator = state.cfg.tiktok.creators.iter().find(|c| c.open_id == token.user);
    Ok((token.clone(), creator.ok_or_else(invalid)?.clone()))
}

/// Counts a request against the sliding minute of its client and endpoint, which has room for 600.
pub(super) fn pace_client(
    state: &mut State,
    call: &Call,
    endpoint: &'static str,
    token: &Token,
) -> Result<(), TtError> {
    count(state, call, &token.client, endpoint, 600)
}

/// Counts a request against the sliding minute of its token and endpoint.
/// <https://developers.tiktok.com/doc/tiktok-api-v2-rate-limit>
pub(super) fn pace(
    state: &mut State,
    call: &Call,
    endpoint: &'static str,
    per_minute: usize,
) -> Result<(), TtError> {
    let token = call.bearer().unwrap_or_default();
    count(state, call, token, endpoint, per_minute)
}

fn count(
    state: &mut State,
    call: &Call,
    who: &str,
    endpoint: &'static str,
    per_minute: usize,
) -> Result<(), TtError> {
    if !state.cfg.tiktok.minute_limits {
        return Ok(());
    }
    let seen = state.tiktok.minutes.entry((who.to_owned(), endpoint)).or_default();
    while seen.front().is_some_and(|at| *at + Duration::from_secs(60) <= call.now) {
        seen.pop_front();
    }
    if seen.len() >= per_minute {
        return Err(too_fast());
    }
    seen.push_back(call.now);
    Ok(())
}
